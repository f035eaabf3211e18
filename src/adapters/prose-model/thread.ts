/** What is asked of the model's thread, and what it answers. */
import type { ProseModelFailure } from "../../pipeline/ports/prose-model.ts"
import { makeThread, type Thread } from "../thread.ts"
import type { Manifest } from "./models.ts"

/** load: makes the model ready, its files being good. score: scores passages, the model being loaded. */
export type Request =
  | {
      readonly _tag: "Load"
      readonly folder: string
      readonly form: Manifest["form"]
      /** The package that runs models, by its name or its path. */
      readonly runtime: string
    }
  | { readonly _tag: "Score"; readonly question: string; readonly passages: ReadonlyArray<string> }

export type Reply =
  | { readonly _tag: "Loaded" }
  | { readonly _tag: "Failed"; readonly reason: ProseModelFailure; readonly cause: unknown }
  | { readonly _tag: "Scored"; readonly scores: ReadonlyArray<number> }

export const makeModelThread = (): Thread<Request, Reply> =>
  makeThread({ bundled: "prose-model.js", source: new URL("./worker.ts", import.meta.url) })
