/**
 * An answer as undici pushes it, made one that is pulled: what a reader does not ask for stays in the socket.
 */
import * as Effect from "effect/Effect"
import type { Dispatcher } from "undici"
import {
  BodyTooLarge,
  type UpstreamAnswer,
  UpstreamError,
  type UpstreamFailure
} from "../../pipeline/ports/upstream.ts"
import type { Fields } from "../../wire/fields.ts"

/** What is fetched ahead of a reader: undici reads sockets in pieces of this size. */
const READ_AHEAD_BYTES = 64 << 10

const codeOf = (error: Error): string => ("code" in error && typeof error.code === "string" ? error.code : "")

const failureOf = (error: Error, isSent: boolean): UpstreamFailure => {
  if (error instanceof BodyTooLarge) return "too-large"
  const code = codeOf(error)
  if (code === "UND_ERR_INVALID_ARG" || code === "UND_ERR_NOT_SUPPORTED") return "malformed"
  if (code === "UND_ERR_HEADERS_TIMEOUT") return "timeout"
  if (isSent) return "broken"
  return /CERT|SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL/.test(code) ? "untrusted" : "unreachable"
}

/** The fields as undici's parser leaves them: buffers or strings in turn. */
export const fieldsFrom = (controller: Dispatcher.DispatchController): Fields => {
  const raw = controller.rawHeaders
  return Array.isArray(raw) ? raw.map((part) => (typeof part === "string" ? part : part.toString("latin1"))) : []
}

/** Turns undici's pushes into pulls. */
export class Receiver implements Dispatcher.DispatchHandler {
  private readonly origin: string
  protected begin: (result: Effect.Effect<UpstreamAnswer, UpstreamError>) => void = () => {}
  private controller: Dispatcher.DispatchController | undefined
  private waiting: (() => void) | undefined
  private chunks: Array<Uint8Array> = []
  private bytes = 0
  private isCancelled = false
  /** What ends the body: its end, or a failure. */
  private end: Effect.Effect<undefined, UpstreamError> | undefined

  constructor(origin: string) {
    this.origin = origin
  }

  /** The head of the answer, once `dispatch` has sent the request. */
  answer(dispatch: () => void): Effect.Effect<UpstreamAnswer, UpstreamError> {
    return Effect.async((resume) => {
      this.begin = resume
      dispatch()
    })
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller
    if (this.isCancelled) controller.abort(new Error("cancelled"))
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    _: unknown,
    statusText: string | undefined
  ): void {
    if (status < 200) return
    this.begin(
      Effect.succeed({ status, statusText: statusText ?? "", fields: fieldsFrom(controller), read: this.read })
    )
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    this.chunks.push(chunk)
    this.bytes += chunk.length
    if (this.bytes >= READ_AHEAD_BYTES) controller.pause()
    this.wake()
  }

  onResponseEnd(): void {
    this.end = Effect.succeed(undefined)
    this.wake()
  }

  onResponseError(_: unknown, cause: Error): void {
    const reason = failureOf(cause, this.controller !== undefined)
    const error = Effect.fail(new UpstreamError({ origin: this.origin, reason, code: codeOf(cause), cause }))
    this.end = error
    this.begin(error)
    this.wake()
  }

  /** Closes the connection unless the answer has ended. */
  cancel(): void {
    this.isCancelled = true
    if (this.end === undefined) this.controller?.abort(new Error("cancelled"))
  }

  private readonly read: UpstreamAnswer["read"] = Effect.suspend(
    () =>
      this.taken() ??
      Effect.async<ReadonlyArray<Uint8Array> | undefined, UpstreamError>((resume) => {
        this.waiting = () => resume(this.taken() ?? this.read)
      })
  )

  private taken(): UpstreamAnswer["read"] | undefined {
    if (this.chunks.length === 0) return this.end
    const { chunks } = this
    this.chunks = []
    this.bytes = 0
    this.controller?.resume()
    return Effect.succeed(chunks)
  }

  private wake(): void {
    const { waiting } = this
    this.waiting = undefined
    waiting?.()
  }
}
