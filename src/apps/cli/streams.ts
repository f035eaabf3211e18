/**
 * Bytes in and bytes out: what is read stays bytes until it is known to be text, so that anything else can go out as it came.
 */
import * as Effect from "effect/Effect"
import { open } from "node:fs/promises"
import { BrokenPipe, CommandError, UsageError } from "./errors.ts"
import { Screen } from "./terminal.ts"

export interface Input {
  /** How messages name it. */
  readonly name: string
  readonly bytes: Uint8Array
  /** Undefined where the bytes are no text. */
  readonly text: string | undefined
}

/** The file name that stands for standard input. */
export const STDIN = "/dev/stdin"

const CHUNK_BYTES = 1 << 20
/** Reads below this are over before a bar could be seen. */
const PROGRESS_BYTES = 8 << 20
/** As much of a file as tells binary from text, as git and grep do it. */
const SNIFF_BYTES = 8000

/** The text of well-formed UTF-8 without NUL at its head; a byte order mark stays, so that the bytes come back. */
export const textFrom = (bytes: Uint8Array): string | undefined => {
  if (bytes.subarray(0, SNIFF_BYTES).includes(0)) return undefined
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const joined = (chunks: ReadonlyArray<Uint8Array>): Uint8Array =>
  chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)

type Progress = (done: number, total: number) => void

const readStdin = async (progress: Progress): Promise<Uint8Array> => {
  const chunks: Array<Uint8Array> = []
  let size = 0
  for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
    chunks.push(chunk)
    size += chunk.length
    progress(size, 0)
  }
  return joined(chunks)
}

const readFile = async (path: string, progress: Progress): Promise<Uint8Array> => {
  const file = await open(path, "r")
  try {
    const stat = await file.stat()
    if (stat.isDirectory()) throw Object.assign(new Error("is a directory"), { code: "EISDIR" })
    const chunks: Array<Uint8Array> = []
    let size = 0
    for (;;) {
      const { bytesRead, buffer } = await file.read(new Uint8Array(CHUNK_BYTES), 0, CHUNK_BYTES)
      if (bytesRead === 0) return joined(chunks)
      chunks.push(buffer.subarray(0, bytesRead))
      size += bytesRead
      progress(size, stat.size)
    }
  } finally {
    await file.close()
  }
}

const WAYS_OUT: { readonly [code: string]: string } = {
  ENOENT: "no such file; - reads standard input",
  EACCES: "not readable by you; check its permissions, or pipe it in",
  EPERM: "not readable by you; check its permissions, or pipe it in",
  EISDIR: "is a folder; name a file in it"
}

const codeOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error ? String(error.code) : ""

const reasonOf = (error: unknown): string =>
  WAYS_OUT[codeOf(error)] ?? `could not be read: ${error instanceof Error ? error.message : String(error)}`

/** Reads a file, or standard input for its name and for no name where something is piped in. */
export const readInput = (file: string | undefined): Effect.Effect<Input, UsageError | CommandError, Screen> =>
  Effect.gen(function* () {
    const screen = yield* Screen
    if (file === undefined && process.stdin.isTTY) {
      return yield* new UsageError({ message: "name a FILE, or pipe something in: command | headroom compress" })
    }
    // the command parser hands unknown options over as a file name
    if (file?.startsWith("-") === true) {
      return yield* new UsageError({ message: `unknown option ${file}; a file of that name is ./${file}` })
    }
    const isStdin = file === undefined || file === STDIN
    const name = isStdin ? "standard input" : file
    const progress: Progress = (done, total) => {
      if (Math.max(done, total) >= PROGRESS_BYTES)
        screen.progress(`reading ${name}`, done, total === 0 ? done * 2 : total)
    }
    const bytes = yield* Effect.tryPromise({
      try: () => (isStdin ? readStdin(progress) : readFile(file, progress)),
      catch: (error) => new CommandError({ message: `${name}: ${reasonOf(error)}` })
    }).pipe(Effect.ensuring(screen.settle))
    return { name, bytes, text: textFrom(bytes) }
  })

/** Writes to standard output, as fast as its reader takes it. */
export const writeOutput = (data: string | Uint8Array): Effect.Effect<void, BrokenPipe | CommandError> =>
  Effect.async((resume) => {
    const failed = (error: NodeJS.ErrnoException): void =>
      resume(
        Effect.fail(
          error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED"
            ? new BrokenPipe()
            : new CommandError({ message: `standard output: could not be written: ${error.message}` })
        )
      )
    process.stdout.once("error", failed)
    process.stdout.write(data, (error) => {
      const done = (): unknown => process.stdout.off("error", failed)
      if (error === undefined || error === null) {
        done()
        resume(Effect.void)
        return
      }
      // the stream reports the same error once more as an event, after this call
      setImmediate(done)
      failed(error)
    })
  })
