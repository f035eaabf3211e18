/**
 * Another command run in our place: its standard input and error are ours, its signals are passed on, and what it writes to standard
 * output is held back until it ends, where somebody is to read it smaller.
 */
import * as Effect from "effect/Effect"
import { type ChildProcess, spawn } from "node:child_process"
import { constants } from "node:os"
import { CommandError } from "./errors.ts"

/** What is held back at most; a command that prints more is passed through from there on. */
const MAX_HELD_BYTES = 64 << 20

const SIGNALS: ReadonlyArray<NodeJS.Signals> = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"]

export interface Ended {
  /** As a shell would tell it. */
  readonly code: number
  /** What it printed; undefined where that went out as it came. */
  readonly output: Uint8Array | undefined
}

const codeOf = (code: number | null, signal: NodeJS.Signals | null): number =>
  code ?? 128 + (signal === null ? 0 : constants.signals[signal])

const failure = (command: string, error: NodeJS.ErrnoException): CommandError =>
  error.code === "ENOENT"
    ? new CommandError({ message: `${command}: no such command`, code: 127 })
    : new CommandError({ message: `${command}: could not be run: ${error.message}`, code: 126 })

/** Holds the output back up to the limit, then lets all of it through. */
const hold = (child: ChildProcess): { readonly output: () => Uint8Array | undefined } => {
  let held: Array<Uint8Array> | undefined = []
  let size = 0
  child.stdout?.on("data", (chunk: Uint8Array) => {
    size += chunk.length
    if (held !== undefined && size <= MAX_HELD_BYTES) {
      held.push(chunk)
      return
    }
    const now = held === undefined ? [chunk] : [...held, chunk]
    held = undefined
    if (process.stdout.write(Buffer.concat(now))) return
    child.stdout?.pause()
    process.stdout.once("drain", () => child.stdout?.resume())
  })
  return { output: () => (held === undefined ? undefined : Buffer.concat(held)) }
}

/** Runs the command to its end. */
export const runCommand = (
  command: string,
  args: ReadonlyArray<string>,
  holdBack: boolean
): Effect.Effect<Ended, CommandError> =>
  Effect.async<Ended, CommandError>((resume) => {
    const child = spawn(command, [...args], { stdio: ["inherit", holdBack ? "pipe" : "inherit", "inherit"] })
    const held = hold(child)
    const passOn = SIGNALS.map((signal) => {
      const listener = (): void => void child.kill(signal)
      process.on(signal, listener)
      return { signal, listener }
    })
    const settle = (effect: Effect.Effect<Ended, CommandError>): void => {
      for (const { signal, listener } of passOn) process.off(signal, listener)
      resume(effect)
    }
    child.on("error", (error) => settle(failure(command, error)))
    child.on("close", (code, signal) =>
      settle(Effect.succeed({ code: codeOf(code, signal), output: holdBack ? held.output() : undefined }))
    )
  })

/** Signals that a terminal sends to everything in front of it: the agent has them already. */
const FROM_TERMINAL: ReadonlySet<NodeJS.Signals> = new Set(["SIGINT", "SIGQUIT"])

/** Runs an agent to its end, at the terminal that we have; its exit code. */
export const runAgent = (
  program: string,
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string | undefined>>,
  onStart: (pid: number) => void
): Effect.Effect<number, CommandError> =>
  Effect.async<number, CommandError>((resume) => {
    const child = spawn(program, [...args], { stdio: "inherit", env: { ...env } })
    if (child.pid !== undefined) onStart(child.pid)
    const listeners = SIGNALS.map((signal) => {
      const listener = (): void => {
        if (process.stdin.isTTY !== true || !FROM_TERMINAL.has(signal)) child.kill(signal)
      }
      process.on(signal, listener)
      return { signal, listener }
    })
    const settle = (effect: Effect.Effect<number, CommandError>): void => {
      for (const { signal, listener } of listeners) process.off(signal, listener)
      resume(effect)
    }
    child.on("error", (error) => settle(failure(program, error)))
    child.on("close", (code, signal) => settle(Effect.succeed(codeOf(code, signal))))
  })
