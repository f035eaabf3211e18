/** A vendor on the loopback that answers each request with the next turn of a script, as a stream, and keeps what it was sent. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

export type Answer =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "tool_use"; readonly id: string; readonly name: string; readonly input: unknown }

interface Body {
  readonly messages: ReadonlyArray<{ readonly role: string; readonly content: unknown }>
  readonly tools?: ReadonlyArray<unknown>
}

export interface Vendor {
  readonly url: string
  /** The bodies of the requests that the script answered. */
  readonly bodies: ReadonlyArray<Body>
  readonly close: () => Promise<void>
}

const eventsOf = (answers: ReadonlyArray<Answer>, id: string): string => {
  const event = (type: string, data: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`
  const usage = { input_tokens: 3, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 1 }
  const message = {
    id,
    type: "message",
    role: "assistant",
    model: "scripted",
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage
  }
  const blocks = answers.map((answer, index) => {
    const start = answer.type === "text" ? { type: "text", text: "" } : { ...answer, input: {} }
    const delta =
      answer.type === "text"
        ? { type: "text_delta", text: answer.text }
        : { type: "input_json_delta", partial_json: JSON.stringify(answer.input) }
    return [
      event("content_block_start", { index, content_block: start }),
      event("content_block_delta", { index, delta }),
      event("content_block_stop", { index })
    ].join("")
  })
  const stop = answers.some(({ type }) => type === "tool_use") ? "tool_use" : "end_turn"
  return [
    event("message_start", { message }),
    ...blocks,
    event("message_delta", { delta: { stop_reason: stop, stop_sequence: null }, usage: { output_tokens: 20 } }),
    event("message_stop", {})
  ].join("")
}

/** No model answers at once, and an agent writes its transcript meanwhile. */
const THOUGHT_MS = 600

/** A turn is made from what the request before it brought; requests without tools are the agent's own errands. */
export const startVendor = (script: ReadonlyArray<(body: Body) => ReadonlyArray<Answer>>): Promise<Vendor> => {
  const bodies: Array<Body> = []
  const server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      if (request.method !== "POST" || request.url?.startsWith("/v1/messages") !== true) {
        response.writeHead(200, { "content-type": "application/json" }).end('{"data":[]}')
        return
      }
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Body
      const isErrand = (body.tools ?? []).length === 0
      const turn = isErrand ? undefined : script[bodies.length]
      if (!isErrand) bodies.push(body)
      response.writeHead(200, { "content-type": "text/event-stream", "request-id": `req_${bodies.length}` })
      const answer = eventsOf(turn?.(body) ?? [{ type: "text", text: "done" }], `msg_${bodies.length}`)
      setTimeout(() => response.end(answer), THOUGHT_MS)
    })
  })
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () =>
      resolve({
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        bodies,
        close: () =>
          new Promise((done) => {
            server.closeAllConnections()
            server.close(() => done())
          })
      })
    )
  })
}

/** The texts of the results in a request, oldest first. */
export const resultsIn = (body: Body | undefined): ReadonlyArray<string> =>
  (body?.messages ?? []).flatMap(({ content }) =>
    Array.isArray(content)
      ? content.flatMap((part: { readonly type?: string; readonly content?: unknown }) =>
          part.type !== "tool_result"
            ? []
            : [
                typeof part.content === "string"
                  ? part.content
                  : (part.content as ReadonlyArray<{ readonly text?: string }>).map(({ text = "" }) => text).join("\n")
              ]
        )
      : []
  )
