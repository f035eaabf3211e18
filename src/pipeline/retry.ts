/**
 * Sending a request again: only where it cannot have been processed, for a second call of a model costs money and may act twice.
 *
 * That is where no connection came about, or where the provider says that it took nothing in: 429, 529, and 503 with a time to come back.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Random from "effect/Random"
import * as Scope from "effect/Scope"
import { fieldOf, type Fields } from "../wire/fields.ts"
import { type UpstreamAnswer, type UpstreamError, Upstream, type UpstreamRequest } from "./ports/upstream.ts"

/** First pause; doubled for each further one, as the vendors' own clients do. */
const FIRST_PAUSE_MS = 500
/** A client shows its user why it waits, and knows better whether to; longer waits are its own. */
const MAX_PAUSE_MS = 5_000

/** What a provider asks to wait, in milliseconds, `undefined` where it says nothing. */
const askedPause = (fields: Fields, now: number): number | undefined => {
  const milliseconds = Number(fieldOf(fields, "retry-after-ms") ?? Number.NaN)
  if (milliseconds >= 0) return milliseconds
  const after = fieldOf(fields, "retry-after")
  if (after === undefined) return undefined
  const seconds = Number(after)
  if (seconds >= 0) return seconds * 1000
  const date = Date.parse(after)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

/** The pause before the request goes again, or undefined where what came of it stands. */
export const pauseAfter = (
  sent: Either.Either<Pick<UpstreamAnswer, "status" | "fields">, UpstreamError>,
  retries: number,
  now: number
): number | undefined => {
  const usual = FIRST_PAUSE_MS * 2 ** retries
  if (Either.isLeft(sent)) return sent.left.reason === "unreachable" ? usual : undefined
  const { status, fields } = sent.right
  if (status !== 429 && status !== 529 && status !== 503) return undefined
  if (fieldOf(fields, "x-should-retry") === "false") return undefined
  const pause = askedPause(fields, now) ?? (status === 503 ? undefined : usual)
  return pause === undefined || pause > MAX_PAUSE_MS ? undefined : pause
}

/** Only a body that is held can be sent twice. */
const isRepeatable = ({ body }: UpstreamRequest): boolean => body === undefined || body instanceof Uint8Array

export interface Sent {
  readonly answer: UpstreamAnswer
  /** How often it was sent before. */
  readonly retries: number
}

/** Sends a request, and again where that is safe; the last answer stands, whatever it is. Ends with the scope. */
export const sendRetrying = (
  request: UpstreamRequest,
  maxRetries: number
): Effect.Effect<Sent, UpstreamError, Upstream | Scope.Scope> =>
  Effect.gen(function* () {
    const upstream = yield* Upstream
    const outer = yield* Effect.scope
    const clock = yield* Effect.clock
    for (let retries = 0; ; retries++) {
      const scope = yield* Scope.fork(outer, ExecutionStrategy.sequential)
      const sent = yield* Effect.either(Scope.extend(upstream.send(request), scope))
      const isLast = retries >= maxRetries || !isRepeatable(request)
      const pause = isLast ? undefined : pauseAfter(sent, retries, clock.unsafeCurrentTimeMillis())
      if (pause === undefined) return { answer: yield* sent, retries }
      yield* Scope.close(scope, Exit.void)
      // those who were refused together come back one after another
      yield* Effect.sleep(pause * (1 + (yield* Random.next) / 4))
    }
  })
