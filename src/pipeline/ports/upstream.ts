/**
 * The provider's side of an exchange: a port, because the driver of HTTP is no business of the use case, and tests put a script in its place.
 *
 * Laws: a request goes to the configured base of its provider and nowhere else, whatever its url and fields say. Bytes of the body and
 * the given fields go out, and those of the answer come in, as they are. Closing the scope before the answer's end closes the connection
 * at once. What is not read is not fetched: a slow reader holds upstream back.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Provider } from "../../domain/exchange.ts"
import type { Fields } from "../../wire/fields.ts"

/**
 * unreachable: no connection, so nothing was sent. untrusted: its certificate does not stand. malformed: a field or url that cannot be
 * sent. too-large: the body's chunks ended with BodyTooLarge. timeout: sent, and no answer in time. broken: sent, and the connection
 * ended before the answer did.
 */
export const UpstreamFailure = Schema.Literal("unreachable", "untrusted", "malformed", "too-large", "timeout", "broken")
export type UpstreamFailure = typeof UpstreamFailure.Type

const explanations: Readonly<Record<UpstreamFailure, string>> = {
  unreachable: "no connection",
  untrusted: "its certificate cannot be verified (NODE_EXTRA_CA_CERTS names further authorities)",
  malformed: "the request cannot be sent as it is",
  "too-large": "the body grew over the limit",
  timeout: "no answer in time",
  broken: "the connection ended before the answer did"
}

export class UpstreamError extends Schema.TaggedError<UpstreamError>()("UpstreamError", {
  /** Scheme, host and port. */
  origin: Schema.String,
  reason: UpstreamFailure,
  /** What the system calls it, such as ECONNREFUSED. */
  code: Schema.String,
  cause: Schema.optional(Schema.Defect)
}) {
  override get message(): string {
    return `${this.origin}: ${explanations[this.reason]}${this.code === "" ? "" : ` (${this.code})`}`
  }
}

/** What the chunks of a body throw where they grow over a limit. */
export class BodyTooLarge extends Error {}

/** A body that is passed on as it comes; its length where the client named it. */
export interface Streamed {
  readonly chunks: AsyncIterable<Uint8Array>
  readonly length: number | undefined
}

export interface UpstreamRequest {
  readonly provider: Provider
  readonly method: string
  /** Path and query as the client wrote them. */
  readonly url: string
  readonly fields: Fields
  readonly body: Uint8Array | Streamed | undefined
}

export interface UpstreamAnswer {
  readonly status: number
  readonly statusText: string
  readonly fields: Fields
  /** What has come of the body since the last call, or the next that comes; undefined at its end. */
  readonly read: Effect.Effect<ReadonlyArray<Uint8Array> | undefined, UpstreamError>
}

export class Upstream extends Context.Tag("headroom/Upstream")<
  Upstream,
  { readonly send: (request: UpstreamRequest) => Effect.Effect<UpstreamAnswer, UpstreamError, Scope.Scope> }
>() {}
