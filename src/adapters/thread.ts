/**
 * A thread for what may break off, hang or keep a processor busy: started when it is first asked, thrown away when it breaks off or is
 * given up, and keeping no process alive while nobody waits for it.
 */
import { existsSync } from "node:fs"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
import { Worker } from "node:worker_threads"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as esbuild from "esbuild"

/** A thread's code. */
export interface Script {
  /** The file that it was bundled into. */
  readonly bundled: string
  /** What stands in a clone, uncompiled. */
  readonly source: URL
}

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

const compiled = new Map<string, string>()

const compiledOnce = (source: URL): string => {
  const script = compiled.get(source.href) ?? compile(source)
  compiled.set(source.href, script)
  return script
}

/** The thread's code: in a package beside what this was bundled into or one folder up, else the source. */
const startWorker = ({ bundled, source }: Script): Worker => {
  const packed = [`./${bundled}`, `../${bundled}`]
    .map((name) => new URL(name, import.meta.url))
    .find((url) => existsSync(fileURLToPath(url)))
  // The process's own options are about its own script.
  const options = { execArgv: [] }
  const worker =
    packed === undefined ? new Worker(compiledOnce(source), { ...options, eval: true }) : new Worker(packed, options)
  // Whoever asks hears of an error; one that nobody waits for must not end the process.
  return worker.on("error", () => undefined)
}

export interface Thread<Request, Reply> {
  /** The thread's answer; fails where the thread ends instead. One question at a time. */
  readonly ask: (request: Request) => Effect.Effect<Reply, unknown>
  readonly discard: () => void
}

export const makeThread = <Request, Reply>(script: Script): Thread<Request, Reply> => {
  let worker: Worker | undefined
  const discard = (): void => {
    void worker?.terminate()
    worker = undefined
  }
  const ask = (request: Request): Effect.Effect<Reply, unknown> =>
    Effect.async<Reply, unknown>((resume) => {
      worker ??= startWorker(script)
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
