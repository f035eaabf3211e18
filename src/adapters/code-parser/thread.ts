/** What is asked of the parser's thread, and what it answers. */
import type { Language } from "../../compressors/code/language.ts"
import type { Outline } from "../../domain/outline.ts"
import { makeThread, type Thread } from "../thread.ts"

/** load: makes the parser ready for the language. parse: parses, the language being loaded. */
export type Request =
  | { readonly _tag: "Load"; readonly language: Language }
  | { readonly _tag: "Parse"; readonly language: Language; readonly source: string }

/** What the thread answers; where the parser breaks off, it ends instead. */
export type Reply =
  | { readonly _tag: "Loaded" }
  | { readonly _tag: "Unavailable"; readonly cause: unknown }
  | { readonly _tag: "Parsed"; readonly outline: Outline }
  | { readonly _tag: "OutOfSteps" }

export const makeParserThread = (): Thread<Request, Reply> =>
  makeThread({ bundled: "code-parser.js", source: new URL("./worker.ts", import.meta.url) })
