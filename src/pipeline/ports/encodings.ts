/**
 * Content encodings of HTTP bodies: a port, because decompression is native code and threads.
 *
 * Laws: `decode` gives the bytes that were encoded, or fails; it never holds more than `maxBytes` of them. A `Decoder` gives its sink the
 * decoded bytes in order, or ends early; it never fails, never holds its writer up, and holds a bounded number of bytes.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** unknown: an encoding that is not spoken here. malformed: bytes that are not so encoded. too-large: more than `maxBytes`. */
export class EncodingError extends Schema.TaggedError<EncodingError>()("EncodingError", {
  reason: Schema.Literal("unknown", "malformed", "too-large"),
  cause: Schema.optional(Schema.Defect)
}) {
  override get message(): string {
    return `content encoding: ${this.reason}`
  }
}

/** Decodes a copy of a stream beside it. */
export interface Decoder {
  readonly write: (chunks: ReadonlyArray<Uint8Array>) => void
  /** True once all that was written has reached the sink; false where some of it never will. */
  readonly end: Effect.Effect<boolean>
}

export class Encodings extends Context.Tag("headroom/Encodings")<
  Encodings,
  {
    /** `encoding` is the value of a Content-Encoding field, or undefined for none. */
    readonly decode: (
      bytes: Uint8Array,
      encoding: string | undefined,
      maxBytes: number
    ) => Effect.Effect<Uint8Array, EncodingError>
    readonly decoder: (encoding: string | undefined, sink: (bytes: Uint8Array) => void) => Decoder
  }
>() {}
