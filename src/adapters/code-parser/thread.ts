/**
 * A thread for the parser that is started when it is first asked, thrown away when it breaks off or is given up, and keeps no process
 * alive while nobody waits for it.
 */
import { existsSync } from "node:fs"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
import { Worker } from "node:worker_threads"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as esbuild from "esbuild"
import type { Language } from "../../compressors/code/language.ts"
import type { Outline } from "../../domain/outline.ts"

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

/** The thread's source as a script: in a clone, where it stands uncompiled. */
const compile = (source: URL): string => {
  const { buildSync } = createRequire(import.meta.url)("esbuild") as typeof esbuild
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(source)],
    bundle: true,
    platform: "node",
    format: "cjs",
    write: false,
    define: { "import.meta.url": JSON.stringify(source.href) }
  })
  return outputFiles[0]?.text ?? ""
}

let compiled: string | undefined

/** The thread's code: in a package beside what this was bundled into or one folder up, else the source. */
const startWorker = (): Worker => {
  const bundled = ["./code-parser.js", "../code-parser.js"]
    .map((name) => new URL(name, import.meta.url))
    .find((url) => existsSync(fileURLToPath(url)))
  compiled ??= bundled === undefined ? compile(new URL("./worker.ts", import.meta.url)) : undefined
  // The process's own options are about its own script.
  const options = { execArgv: [] }
  const worker =
    bundled === undefined ? new Worker(compiled ?? "", { ...options, eval: true }) : new Worker(bundled, options)
  // Whoever asks hears of an error; one that nobody waits for must not end the process.
  return worker.on("error", () => undefined)
}

export interface Thread {
  /** The thread's answer; fails where the thread ends instead. */
  readonly ask: (request: Request) => Effect.Effect<Reply, unknown>
  readonly discard: () => void
}

export const makeThread = (): Thread => {
  let worker: Worker | undefined
  const discard = (): void => {
    void worker?.terminate()
    worker = undefined
  }
  const ask: Thread["ask"] = (request) =>
    Effect.async<Reply, unknown>((resume) => {
      worker ??= startWorker()
      const asked = worker
      const settle = (exit: Exit.Exit<Reply, unknown>): void => {
        asked.off("message", onMessage).off("error", onError).off("exit", onExit)
        // An idle thread keeps no process alive.
        asked.unref()
        if (Exit.isFailure(exit)) discard()
        resume(exit)
      }
      const onMessage = (reply: Reply): void => settle(Exit.succeed(reply))
      const onError = (cause: unknown): void => settle(Exit.fail(cause))
      const onExit = (code: number): void => settle(Exit.fail(`the thread ended with ${code}`))
      asked.ref()
      asked.on("message", onMessage).on("error", onError).on("exit", onExit)
      asked.postMessage(request)
      return Effect.sync(discard)
    })
  return { ask, discard }
}
