/**
 * One request through the proxy and its answer back: rewritten, forwarded, streamed back untouched, and recorded behind the answer.
 *
 * No failure of ours fails a request: what cannot be read or rewritten goes on as the same bytes, and the record says why.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type { Exchange } from "../domain/exchange.ts"
import type { Headers, Route } from "../wire/endpoint.ts"
import { errorReply } from "../wire/error-shape.ts"
import { answerFields, fieldOf, type Fields, requestFields, withoutFields } from "../wire/fields.ts"
import { answerReader } from "../wire/usage.ts"
import { Encodings } from "./ports/encodings.ts"
import { type Streamed, Upstream, type UpstreamAnswer, type UpstreamRequest } from "./ports/upstream.ts"
import { KeepWarm } from "./keep-warm.ts"
import { beginning, type Progress, recordFor, saidBy } from "./progress.ts"
import { Recorder } from "./recorder.ts"
import { sendRetrying } from "./retry.ts"
import { Rewriter, type Rewritten } from "./rewriter.ts"

/** A request's body: none, all of it, one that is passed on as it comes, or one beyond the limit. */
export type CallBody = undefined | Uint8Array | Streamed | "too-large"

export interface Call {
  readonly route: Route
  readonly method: string
  readonly fields: Fields
  /** The same by lower-case name. */
  readonly headers: Headers
  readonly body: CallBody
  /** False once whoever sent it is gone for good, where that can be known. */
  readonly isThere?: () => boolean
}

/** The way back to the client. `write` ends when the client can take more. */
export interface Reply {
  /** Without a text, the status's own. */
  readonly begin: (status: number, statusText: string | undefined, fields: Fields) => Effect.Effect<void>
  readonly write: (chunks: ReadonlyArray<Uint8Array>) => Effect.Effect<void>
  readonly end: Effect.Effect<void>
  /** Ends the answer so that the client sees that it is not whole. */
  readonly cut: Effect.Effect<void>
}

export interface ExchangeOptions {
  /** What a compressed body may unpack to. */
  readonly maxDecodedBytes: number
  readonly maxRetries: number
  readonly project: string
}

export class Exchanges extends Context.Tag("headroom/Exchanges")<
  Exchanges,
  {
    /** Ends when the answer has; interrupting it ends both sides. */
    readonly pass: (call: Call, reply: Reply) => Effect.Effect<void>
  }
>() {}

const NO_BODY = new Uint8Array(0)

/** Too large to be held, though its kind is read. */
const isUnread = ({ route, body }: Call): boolean =>
  route.shape !== undefined && typeof body === "object" && !(body instanceof Uint8Array)

const lengthOf = (body: CallBody): number => (body === undefined || body === "too-large" ? 0 : (body.length ?? 0))

const make = (options: ExchangeOptions) =>
  Effect.gen(function* () {
    const rewriter = yield* Rewriter
    const encodings = yield* Encodings
    const upstream = yield* Upstream
    const recorder = yield* Recorder
    const keepWarm = yield* KeepWarm
    const clock = yield* Effect.clock

    /** What a request says of itself outside its body. */
    const outside = ({ route, headers }: Call): Effect.Effect<Rewritten> =>
      rewriter.rewrite({ route: { ...route, shape: undefined }, headers, body: NO_BODY })

    /** The body that is sent for a request's, the same bytes where nothing changes; undefined where it unpacks to too many. */
    const rewrite = (
      call: Call,
      encoded: Uint8Array,
      progress: Progress,
      leavesMarks: boolean
    ): Effect.Effect<Uint8Array | undefined> => {
      const { route, headers } = call
      if (route.shape === undefined) return Effect.succeed(encoded)
      return encodings.decode(encoded, headers["content-encoding"], options.maxDecodedBytes).pipe(
        Effect.flatMap((body) =>
          Effect.map(
            rewriter.rewrite({ route, headers, body, ...(leavesMarks ? { leavesMarks } : {}) }),
            (rewritten) => {
              const { marks: _, ...first } = progress.rewritten ?? rewritten
              // what was new at the first look is so no more at the second
              progress.rewritten = leavesMarks ? { ...first, body: rewritten.body } : rewritten
              progress.isStream ||= rewritten.isStream
              return rewritten.body === body ? encoded : rewritten.body
            }
          )
        ),
        Effect.catchTag("EncodingError", ({ reason }) => {
          progress.passedOver = ["encoding"]
          return Effect.succeed(reason === "too-large" ? undefined : encoded)
        })
      )
    }

    const refuse = (
      call: Call,
      reply: Reply,
      progress: Progress,
      status: number,
      message: string
    ): Effect.Effect<void> =>
      Effect.suspend(() => {
        const error = errorReply(call.route, status, `headroom: ${message}`)
        const body = new TextEncoder().encode(error.body)
        progress.status = status
        return reply
          .begin(status, undefined, ["content-type", error.contentType, "content-length", String(body.length)])
          .pipe(Effect.zipRight(reply.write([body])), Effect.zipRight(reply.end))
      })

    const relay = (call: Call, reply: Reply, progress: Progress, answer: UpstreamAnswer): Effect.Effect<void> =>
      Effect.gen(function* () {
        const fields = answerFields(answer.fields)
        const contentType = fieldOf(fields, "content-type")
        progress.status = answer.status
        progress.isStream ||= contentType?.startsWith("text/event-stream") === true
        const reader = answerReader(call.route.endpoint)
        const copy = reader && encodings.decoder(fieldOf(fields, "content-encoding"), reader.feed)
        if (reader !== undefined && copy !== undefined)
          progress.said = Effect.map(copy.end, (isWhole) => saidBy(reader, isWhole, progress.isStream))
        yield* reply.begin(answer.status, answer.statusText, fields)
        for (;;) {
          const read = yield* Effect.either(answer.read)
          if (Either.isLeft(read)) {
            progress.finish = "truncated"
            return yield* reply.cut
          }
          if (read.right === undefined) break
          progress.firstByteAt ??= clock.unsafeCurrentTimeNanos()
          yield* reply.write(read.right)
          copy?.write(read.right)
        }
        progress.finish = answer.status >= 400 ? "upstream-error" : "complete"
        yield* reply.end
      })

    const forward = (call: Call, reply: Reply, progress: Progress) =>
      Effect.gen(function* () {
        const tooLarge = (setting: string): Effect.Effect<void> =>
          refuse(call, reply, progress, 413, `the request is larger than ${setting} allows`)
        const came = call.body
        if (came === "too-large") return yield* tooLarge("HEADROOM_MAX_BODY_BYTES")
        const { provider, url } = call.route
        const prepared = (leavesMarks: boolean) =>
          Effect.gen(function* () {
            const fields = requestFields(call.fields)
            if (!(came instanceof Uint8Array)) return { fields, body: came }
            const body = yield* rewrite(call, came, progress, leavesMarks)
            if (body === undefined) return undefined
            progress.bytesAfter = body.length
            return {
              body,
              fields: body === came ? fields : withoutFields(fields, (name) => name === "content-encoding")
            }
          })
        const send = ({ fields, body }: Pick<UpstreamRequest, "fields" | "body">) =>
          Effect.either(sendRetrying({ provider, method: call.method, url, fields, body }, options.maxRetries))
        let ready = yield* prepared(false)
        if (ready === undefined) return yield* tooLarge("HEADROOM_MAX_READ_BYTES")
        const thread = progress.rewritten?.thread
        if (thread !== undefined) progress.pause = yield* keepWarm.stop(thread)
        progress.sentAt = clock.unsafeCurrentTimeNanos()
        let sent = yield* send(ready)
        // refused at first sight, it may be for the marks that we wrote
        if (progress.rewritten?.marks === "first" && Either.isRight(sent) && sent.right.answer.status === 400) {
          ready = (yield* prepared(true)) ?? ready
          sent = yield* send(ready)
        }
        if (Either.isRight(sent)) {
          progress.retries = sent.right.retries
          return yield* relay(call, reply, progress, sent.right.answer)
        }
        const { reason, message } = sent.left
        if (reason === "too-large") return yield* tooLarge("HEADROOM_MAX_BODY_BYTES")
        if (reason === "malformed") return yield* refuse(call, reply, progress, 400, message)
        progress.finish = "unreachable"
        yield* refuse(call, reply, progress, reason === "timeout" ? 504 : 502, message)
      }).pipe(Effect.scoped, Effect.provideService(Upstream, upstream))

    /** Leaves an answered request to be kept in the provider's cache, where that is wanted. */
    const keep = (call: Call, rewritten: Rewritten, record: Omit<Exchange, "id">): Effect.Effect<void> => {
      const { at, finish, status, usage } = record
      const { thread } = rewritten
      if (thread === undefined || usage === undefined || finish !== "complete" || status !== 200) return Effect.void
      const { route, isThere = () => true } = call
      const fields = requestFields(call.fields)
      return keepWarm.keep(thread, { route, fields, rewritten, usage, at, project: options.project, isThere })
    }

    return {
      pass: (call: Call, reply: Reply): Effect.Effect<void> =>
        Effect.suspend(() => {
          const progress = beginning(call.route, lengthOf(call.body), clock)
          if (isUnread(call)) progress.passedOver = ["too-large"]
          return forward(call, reply, progress).pipe(
            Effect.onExit((exit) => {
              if (Exit.isInterrupted(exit)) progress.finish = "client-abort"
              const known = progress.rewritten
              return Effect.gen(function* () {
                const said = yield* progress.said
                const rewritten = known ?? (yield* outside(call))
                const endedAt = clock.unsafeCurrentTimeNanos()
                const record = recordFor(call.route, progress, said, rewritten, options.project, endedAt)
                yield* recorder.offer(record, progress.retries)
                yield* keep(call, rewritten, record)
              })
            })
          )
        })
    }
  })

export const layerExchanges = (
  options: ExchangeOptions
): Layer.Layer<Exchanges, never, Rewriter | Encodings | Upstream | Recorder | KeepWarm> =>
  Layer.effect(Exchanges, make(options))
