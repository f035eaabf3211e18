/**
 * Upstream over undici's dispatcher, the level at which fields keep their order, bytes keep their encoding, and a body can be held back
 * chunk by chunk.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Readable } from "node:stream"
import type { Dispatcher } from "undici"
import { Upstream, type UpstreamRequest } from "../../pipeline/ports/upstream.ts"
import type { Fields } from "../../wire/fields.ts"
import { Connections, type Target } from "./dispatcher.ts"
import { Receiver } from "./receiver.ts"

const bodyOf = (body: UpstreamRequest["body"]): Uint8Array | Readable | null => {
  if (body === undefined || body instanceof Uint8Array) return body ?? null
  return Readable.from(body.chunks, { objectMode: false })
}

const lengthField = (body: UpstreamRequest["body"]): Fields =>
  body === undefined || body instanceof Uint8Array || body.length === undefined
    ? []
    : ["content-length", String(body.length)]

const send = (
  dispatcher: Dispatcher,
  { origin, path }: Target,
  request: UpstreamRequest
): ReturnType<Upstream["Type"]["send"]> =>
  Effect.acquireRelease(
    Effect.sync(() => new Receiver(origin)),
    (receiver) => Effect.sync(() => receiver.cancel())
  ).pipe(
    Effect.flatMap((receiver) =>
      receiver.answer(() =>
        dispatcher.dispatch(
          {
            origin,
            path: path + request.url,
            method: request.method,
            headers: [...request.fields, ...lengthField(request.body)],
            body: bodyOf(request.body)
          },
          receiver
        )
      )
    )
  )

export const layerUndici: Layer.Layer<Upstream, never, Connections> = Layer.effect(
  Upstream,
  Effect.map(Connections, ({ dispatcher, targetOf }) => ({
    send: (request: UpstreamRequest) => send(dispatcher, targetOf(request.provider), request)
  }))
)
