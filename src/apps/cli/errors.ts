/**
 * What can go wrong in a command, and the exit code and one line that a user gets for it: 0 done, 1 expected failure, 2 wrong usage,
 * 70 a bug of ours, 130 interrupted.
 */
import * as HelpDoc from "@effect/cli/HelpDoc"
import * as ValidationError from "@effect/cli/ValidationError"
import * as Terminal from "@effect/platform/Terminal"
import * as Cause from "effect/Cause"
import * as ConfigError from "effect/ConfigError"
import * as Data from "effect/Data"
import * as Option from "effect/Option"
import { withoutAnsi } from "./terminal.ts"

/** The command line asks for something that cannot be meant. */
export class UsageError extends Data.TaggedError("UsageError")<{ readonly message: string }> {}

/** An input, or what was asked of the store, cannot be had. */
export class CommandError extends Data.TaggedError("CommandError")<{
  readonly message: string
  /** The exit code, where it is not that of an expected failure. */
  readonly code?: number
}> {}

/** The reader of our output went away, which is its right. */
export class BrokenPipe extends Data.TaggedError("BrokenPipe") {}

export const EXIT = { done: 0, failed: 1, usage: 2, bug: 70, interrupted: 130 } as const

export interface Report {
  readonly code: number
  /** For stderr, without line break; nothing is printed without it. */
  readonly line: string | undefined
}

const oneLine = (text: string): string => withoutAnsi(text).replace(/\s+/g, " ").trim()

const messageOf = (error: unknown): string => {
  const message = typeof error === "object" && error !== null && "message" in error ? error.message : error
  return oneLine(typeof message === "string" && message !== "" ? message : String(error))
}

const settingOf = (error: ConfigError.ConfigError): string =>
  "path" in error && error.path.length > 0 ? `${error.path.join("_")}: ` : ""

const failure = (error: unknown): Report => {
  if (error instanceof BrokenPipe) return { code: EXIT.done, line: undefined }
  if (Terminal.isQuitException(error)) return { code: EXIT.interrupted, line: undefined }
  if (ValidationError.isValidationError(error)) {
    return {
      code: EXIT.usage,
      line: `${oneLine(HelpDoc.toAnsiText(error.error))} (headroom --help shows the commands)`
    }
  }
  if (error instanceof UsageError) return { code: EXIT.usage, line: messageOf(error) }
  if (ConfigError.isConfigError(error))
    return { code: EXIT.usage, line: `setting ${settingOf(error)}${messageOf(error)}` }
  const code = error instanceof CommandError ? error.code : undefined
  return { code: code ?? EXIT.failed, line: messageOf(error) }
}

/** The exit code and line of a cause. */
export const reportOf = (cause: Cause.Cause<unknown>): Report => {
  const expected = Cause.failureOption(cause)
  if (Option.isSome(expected)) return failure(expected.value)
  if (Cause.isInterruptedOnly(cause)) return { code: EXIT.interrupted, line: undefined }
  return {
    code: EXIT.bug,
    line: `this is a bug in headroom, nothing was lost: ${messageOf(Cause.squash(cause))} (HEADROOM_LOG_LEVEL=debug shows where)`
  }
}
