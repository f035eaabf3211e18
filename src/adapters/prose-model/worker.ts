/**
 * The thread in which a model reads: it keeps a processor busy for seconds, and native code that breaks off must not take a caller's event
 * loop with it.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { parentPort } from "node:worker_threads"
import { Tokenizer } from "@huggingface/tokenizers"
import { MODEL_FILE, TOKENIZER_FILES } from "./models.ts"
import { type Form, open, type Run } from "./runtime.ts"
import { embeddings, nearness, tokenMeans } from "./scoring.ts"
import type { Reply, Request } from "./thread.ts"

/** As much of the tokenizer as is used: its own types are written for another resolution of modules. */
type Encoder = new (
  tokens: unknown,
  config: unknown
) => { readonly encode: (text: string) => { readonly ids: ReadonlyArray<number> } }

interface Ready {
  readonly run: Run
  readonly form: Form
  readonly tokenize: (text: string) => ReadonlyArray<number>
}

/** Characters and tokens of a text that are read: what encoders of sentences were made for, and twice that of a model of tokens. */
const MAX_CHARACTERS = 4_000
const MAX_TOKENS: Readonly<Record<Form, number>> = { embedding: 256, "token-scores": 512 }

const tokenizerIn = (folder: string, form: Form): Ready["tokenize"] => {
  const [tokens, config] = TOKENIZER_FILES.map((name): unknown => JSON.parse(readFileSync(join(folder, name), "utf8")))
  const tokenizer = new (Tokenizer as unknown as Encoder)(tokens, config)
  return (text) => tokenizer.encode(text.slice(0, MAX_CHARACTERS)).ids.slice(0, MAX_TOKENS[form])
}

let ready: Ready | undefined

const REASONS = { NotInstalled: "not-installed", Unsupported: "unsupported", Unfit: "unfit" } as const

const load = async ({ folder, form, runtime }: Extract<Request, { readonly _tag: "Load" }>): Promise<Reply> => {
  const opened = await open(join(folder, MODEL_FILE), form, runtime)
  if (opened._tag !== "Run") return { _tag: "Failed", reason: REASONS[opened._tag], cause: opened.cause }
  try {
    ready = { run: opened.run, form, tokenize: tokenizerIn(folder, form) }
    return { _tag: "Loaded" }
  } catch (cause) {
    return { _tag: "Failed", reason: "unfit", cause }
  }
}

const score = async ({ question, passages }: Extract<Request, { readonly _tag: "Score" }>): Promise<Reply> => {
  if (ready === undefined) return { _tag: "Failed", reason: "aborted", cause: new Error("not loaded") }
  const { form, run, tokenize } = ready
  if (form === "token-scores") return { _tag: "Scored", scores: await tokenMeans(passages, tokenize, run) }
  const [asked, ...vectors] = await embeddings([question, ...passages], tokenize, run)
  return { _tag: "Scored", scores: nearness(asked as Float64Array, vectors) }
}

const reply = async (request: Request): Promise<Reply> => {
  try {
    return await (request._tag === "Load" ? load(request) : score(request))
  } catch (cause) {
    return { _tag: "Failed", reason: "aborted", cause }
  }
}

parentPort?.on("message", (request: Request) => {
  void reply(request).then((answer) => parentPort?.postMessage(answer))
})
