/** Runs the command line; the only place where its effects are run. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { runCommandLine } from "./app.ts"
import { Apps } from "./apps.ts"
import { EXIT, reportOf } from "./errors.ts"
import { layerMain } from "./layers.ts"

export const runCommand = (apps: Apps["Type"]): void => {
  const program = runCommandLine(process.argv).pipe(
    Effect.tapErrorCause((cause) => Effect.logDebug("command failed", cause)),
    Effect.provide(layerMain),
    Effect.provideService(Apps, apps)
  )
  NodeRuntime.runMain(program, {
    disableErrorReporting: true,
    disablePrettyLogger: true,
    teardown: (exit, onExit) => {
      // set by a command that was run in our place
      if (Exit.isSuccess(exit)) return onExit(Number(process.exitCode ?? EXIT.done))
      const { code, line } = reportOf(exit.cause)
      if (line !== undefined) process.stderr.write(`headroom: ${line}\n`)
      // a command that ends by being interrupted says so itself
      onExit(Exit.isInterrupted(exit) ? Number(process.exitCode ?? code) : code)
    }
  })
}
