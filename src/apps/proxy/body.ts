/**
 * Bodies of requests as they come in: held where they are to be read, passed on where not, and counted while they come, for what a
 * sender says of its length need not be true.
 */
import * as Effect from "effect/Effect"
import type { IncomingMessage } from "node:http"
import type { CallBody } from "../../pipeline/exchange.ts"
import { BodyTooLarge } from "../../pipeline/ports/upstream.ts"

export interface BodyLimits {
  /** Bodies beyond are refused. */
  readonly maxBodyBytes: number
  /** Bodies beyond are passed on unread. */
  readonly maxReadBytes: number
}

/** The length that the request names, `undefined` where it names none and a body may come. */
const lengthOf = ({ headers }: IncomingMessage): number | undefined => {
  if (headers["transfer-encoding"] !== undefined) return undefined
  return Number(headers["content-length"] ?? 0)
}

/** Leaves the request open when its reader stops early: the answer goes out on the same socket. */
const chunksOf = (request: IncomingMessage): AsyncIterable<Uint8Array> => request.iterator({ destroyOnReturn: false })

async function* limited(held: ReadonlyArray<Uint8Array>, request: IncomingMessage, maxBytes: number) {
  let size = 0
  for (const chunk of held) {
    size += chunk.length
    yield chunk
  }
  for await (const chunk of chunksOf(request)) {
    size += chunk.length
    if (size > maxBytes) throw new BodyTooLarge()
    yield chunk
  }
}

/** All of a body, or what has come of it once that is more than may be held. */
const held = (
  request: IncomingMessage,
  maxBytes: number
): Effect.Effect<readonly [Array<Uint8Array>, isWhole: boolean]> =>
  Effect.async((resume) => {
    const chunks: Array<Uint8Array> = []
    let size = 0
    const settle = (isWhole: boolean): void => {
      request.off("data", take).off("end", finish)
      resume(Effect.succeed([chunks, isWhole]))
    }
    const finish = (): void => settle(true)
    const take = (chunk: Uint8Array): void => {
      chunks.push(chunk)
      size += chunk.length
      if (size <= maxBytes) return
      request.pause()
      settle(false)
    }
    request.on("data", take).on("end", finish)
  })

/** The body of a request; one that breaks off never ends, for its answer has no reader either. */
export const bodyOf = (request: IncomingMessage, isRead: boolean, limits: BodyLimits): Effect.Effect<CallBody> =>
  Effect.suspend((): Effect.Effect<CallBody> => {
    const length = lengthOf(request)
    if (length === 0) return Effect.succeed(undefined)
    if (length !== undefined && length > limits.maxBodyBytes) return Effect.succeed("too-large")
    if (!isRead || (length ?? 0) > limits.maxReadBytes)
      return Effect.succeed({ chunks: limited([], request, limits.maxBodyBytes), length })
    return Effect.map(held(request, limits.maxReadBytes), ([chunks, isWhole]) =>
      isWhole ? Buffer.concat(chunks) : { chunks: limited(chunks, request, limits.maxBodyBytes), length }
    )
  })
