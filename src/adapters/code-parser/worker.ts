/**
 * The thread in which sources are parsed: a grammar may break off, spoil the memory that it shares with the others, or never come to an
 * end, and none of that may reach the process; a thread is thrown away.
 */
import { parentPort } from "node:worker_threads"
import { Language, Parser } from "web-tree-sitter"
import type { Language as LanguageName } from "../../compressors/code/language.ts"
import { outlineOf } from "./declarations.ts"
import { readGrammar, readRuntime } from "./grammars.ts"
import type { Reply, Request } from "./thread.ts"

/** The parser reports every hundred steps of its own; real sources need a tenth of these reports. */
const reportsFor = (source: string): number => 1_000 + source.length / 10

const start = async (): Promise<Parser> => {
  await Parser.init({ wasmBinary: readRuntime(), printErr: () => undefined })
  return new Parser()
}

let started: Promise<Parser> | undefined
const grammars = new Map<LanguageName, Language>()

/** The parser, ready for the language. */
const load = async (name: LanguageName): Promise<Parser> => {
  started ??= start()
  const parser = await started
  const grammar = grammars.get(name) ?? (await Language.load(readGrammar(name)))
  grammars.set(name, grammar)
  return parser.setLanguage(grammar)
}

type Parse = Extract<Request, { readonly _tag: "Parse" }>

/** A part of a PHP file is text to its parser where it lacks the tag; on the same line, so that lines keep their numbers. */
const parsable = ({ source, language }: Parse): string =>
  language === "php" && !source.includes("<?") ? `<?php ${source}` : source

const parse = (parser: Parser, request: Parse): Reply => {
  const source = parsable(request)
  let left = reportsFor(source)
  const tree = parser.parse(source, null, { progressCallback: () => --left < 0 })
  if (tree === null) {
    parser.reset()
    return { _tag: "OutOfSteps" }
  }
  const outline = outlineOf(tree.rootNode, request.language, source)
  tree.delete()
  return { _tag: "Parsed", outline }
}

const reply = async (request: Request): Promise<Reply> => {
  if (request._tag === "Parse") return parse(await load(request.language), request)
  try {
    await load(request.language)
    return { _tag: "Loaded" }
  } catch (cause) {
    return { _tag: "Unavailable", cause }
  }
}

parentPort?.on("message", (request: Request) => {
  void reply(request).then((answer) => parentPort?.postMessage(answer))
})
