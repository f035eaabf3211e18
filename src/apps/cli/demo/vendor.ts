/** A vendor on the loopback that answers every request with one word and keeps what it was sent. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { createServer, type Server } from "node:http"

export interface Vendor {
  readonly url: string
  /** The bodies of the requests, in their order. */
  readonly received: ReadonlyArray<string>
  /** The oldest of them, which is kept no longer. */
  readonly take: () => string | undefined
}

const ANSWER = JSON.stringify({
  id: "msg_demo",
  type: "message",
  role: "assistant",
  model: "demo",
  content: [{ type: "text", text: "ok" }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 }
})

const listening = (server: Server): Effect.Effect<string> =>
  Effect.async((resume) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      resume(Effect.succeed(`http://127.0.0.1:${port}`))
    })
  })

export const startVendor: Effect.Effect<Vendor, never, Scope.Scope> = Effect.gen(function* () {
  const received: Array<string> = []
  const server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      received.push(Buffer.concat(chunks).toString("utf8"))
      response.writeHead(200, { "content-type": "application/json" })
      response.end(ANSWER)
    })
  })
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      server.closeAllConnections()
      server.close()
    })
  )
  return { url: yield* listening(server), received, take: () => received.shift() }
})
