/** WebSockets (Codex speaks to its provider by them): once both sides agree, bytes go both ways as they are. */
import * as Effect from "effect/Effect"
import { type IncomingMessage, STATUS_CODES } from "node:http"
import type { Duplex } from "node:stream"
import { Tunnels } from "../../adapters/upstream/tunnel.ts"
import type { UpstreamAnswer } from "../../pipeline/ports/upstream.ts"
import type { Route } from "../../wire/endpoint.ts"
import { answerFields, type Fields, requestFields } from "../../wire/fields.ts"
import { errorPage, type Page } from "./page.ts"

const head = (status: number, statusText: string, fields: Fields): string => {
  let text = `HTTP/1.1 ${status} ${statusText === "" ? (STATUS_CODES[status] ?? "") : statusText}\r\n`
  for (let i = 0; i + 1 < fields.length; i += 2) text += `${fields[i]}: ${fields[i + 1]}\r\n`
  return `${text}\r\n`
}

/** An answer in place of the switch, on a socket that no server looks after any more. */
export const answerOn = (socket: Duplex, { status, type, body }: Page): void => {
  const bytes = Buffer.from(body)
  socket.write(head(status, "", ["content-type", type, "content-length", String(bytes.length), "connection", "close"]))
  socket.end(bytes)
}

const relay = (socket: Duplex, answer: UpstreamAnswer): Effect.Effect<void> =>
  Effect.gen(function* () {
    socket.write(
      head(answer.status, answer.statusText, [...answerFields(answer.fields), "connection", "close"]),
      "latin1"
    )
    for (;;) {
      const chunks = yield* answer.read
      if (chunks === undefined) break
      for (const chunk of chunks) socket.write(chunk)
    }
    socket.end()
  }).pipe(Effect.catchTag("UpstreamError", () => Effect.sync(() => void socket.destroy())))

/** Ends when the client's side has closed, which it does when upstream's has, after what came from there. */
const joined = (client: Duplex, upstream: Duplex): Effect.Effect<void> =>
  Effect.async((resume) => {
    client.on("close", () => resume(Effect.void))
    upstream.on("close", () => client.end(() => client.destroy()))
    client.pipe(upstream)
    upstream.pipe(client)
  })

export const tunnel = (
  route: Route,
  request: IncomingMessage,
  socket: Duplex,
  early: Buffer
): Effect.Effect<void, never, Tunnels> =>
  Effect.gen(function* () {
    const tunnels = yield* Tunnels
    const { provider, url } = route
    const opened = yield* tunnels.open({ provider, url, fields: requestFields(request.rawHeaders) })
    if (opened._tag === "Refused") return yield* relay(socket, opened.answer)
    socket.write(head(101, "", opened.fields), "latin1")
    opened.socket.write(early)
    yield* joined(socket, opened.socket)
    yield* Effect.logInfo("tunnel closed").pipe(Effect.annotateLogs({ provider }))
  }).pipe(
    Effect.scoped,
    Effect.catchTag("UpstreamError", (error) =>
      Effect.sync(() => {
        answerOn(socket, errorPage(route, error.reason === "timeout" ? 504 : 502, error.message))
      })
    )
  )
