/** What becomes of a request at the door: refused, answered here, or passed on. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Duplex } from "node:stream"
import { Lease, LEASES, runIn, SECRET } from "../../adapters/proxies/contract.ts"
import { ProxySettings } from "../../adapters/settings/proxy.ts"
import type { Tunnels } from "../../adapters/upstream/tunnel.ts"
import { Exchanges } from "../../pipeline/exchange.ts"
import { Encodings } from "../../pipeline/ports/encodings.ts"
import { routeOf } from "../../wire/endpoint.ts"
import { recordOf } from "../../wire/fields.ts"
import { type Access, refusalOf } from "./access.ts"
import { bodyOf } from "./body.ts"
import { attributed, currentRun, Leases } from "./leases.ts"
import { errorPage, failed, json, type Page } from "./page.ts"
import { LIVEZ, type OwnRoute, ownRoute, type PageServices } from "./pages.ts"
import { replyOn } from "./reply.ts"
import { answerOn, tunnel } from "./tunnel.ts"

const send = (response: ServerResponse, { status, type, body, headers }: Page): Effect.Effect<void> =>
  Effect.sync(() => {
    const bytes = Buffer.from(body)
    const fields = { "content-type": type, "content-length": bytes.length, "cache-control": "no-store", ...headers }
    response.writeHead(status, fields)
    response.end(bytes)
  })

/** A lease is held as long as its answer is open. */
const lease = (request: IncomingMessage, response: ServerResponse): Effect.Effect<void, never, Leases> =>
  Effect.gen(function* () {
    const leases = yield* Leases
    if (request.headers[SECRET] !== leases.secret)
      return yield* send(response, failed(403, "forbidden", "leases are for who has started the proxy"))
    if (request.method === "GET") {
      const told = leases.told((request.url ?? "").slice(LEASES.length + 1))
      return yield* send(response, told === undefined ? failed(404, "not_found", "no such run") : json(200, told))
    }
    const body = yield* bodyOf(request, true, { maxBodyBytes: MAX_LEASE_BYTES, maxReadBytes: MAX_LEASE_BYTES })
    const asked = Schema.decodeUnknownOption(LeaseText)(body instanceof Uint8Array ? Buffer.from(body).toString() : "")
    if (Option.isNone(asked)) return yield* send(response, failed(400, "invalid_request_error", "this is no lease"))
    response.writeHead(200, { "content-type": "text/plain", "cache-control": "no-store" })
    response.write("held\n")
    yield* leases.hold(asked.value)
    response.end()
  })

const MAX_LEASE_BYTES = 1 << 16
const LeaseText = Schema.parseJson(Lease)

const pathOf = (url: string): string => url.split("?", 1)[0] ?? url

const NO_SOCKET = "nothing is read in a WebSocket; the client goes on by HTTP"
const NO_ROUTE = "this is no route of a provider, nor one of the proxy"

/** A bug of ours must not leave a client waiting. Its message may quote a body, so its name alone is logged. */
const answered = (response: ServerResponse, effect: Effect.Effect<void>): Effect.Effect<void> =>
  Effect.catchAllDefect(effect, (defect) =>
    Effect.zipRight(
      Effect.logError(`a request failed by a bug: ${defect instanceof Error ? defect.name : "defect"}`),
      response.headersSent
        ? Effect.sync(() => void response.destroy())
        : send(response, errorPage(undefined, 500, "a bug; HEADROOM_LOG_LEVEL=debug tells more"))
    )
  )

export const makeHandlers = Effect.gen(function* () {
  const { host, token, allowedHosts, maxBodyBytes, maxReadBytes } = yield* ProxySettings
  const exchanges = yield* Exchanges
  const encodings = yield* Encodings
  const leases = yield* Leases
  const context = yield* Effect.context<PageServices | Tunnels>()
  const access: Access = { token, hosts: [host.toLowerCase(), ...allowedHosts] }

  const pageOf = (own: OwnRoute, request: IncomingMessage, url: string): Effect.Effect<Page> =>
    Effect.gen(function* () {
      const { method } = request
      if (method !== own.method && !(method === "HEAD" && own.method === "GET"))
        return failed(405, "method_not_allowed", `expected ${own.method}`)
      const headers = recordOf(request.rawHeaders)
      const sent = yield* bodyOf(request, true, { maxBodyBytes: maxReadBytes, maxReadBytes })
      if (sent !== undefined && !(sent instanceof Uint8Array))
        return failed(413, "request_too_large", "the body is larger than HEADROOM_MAX_READ_BYTES allows")
      const body = yield* encodings.decode(sent ?? new Uint8Array(0), headers["content-encoding"], maxReadBytes)
      const path = pathOf(url)
      const query = new URLSearchParams(url.slice(path.length))
      return yield* own.respond({ headers, path, query, body, remoteAddress: request.socket.remoteAddress })
    }).pipe(
      Effect.catchTag("EncodingError", ({ reason, message }) =>
        Effect.succeed(failed(reason === "too-large" ? 413 : 415, reason, message))
      ),
      Effect.provide(context)
    )

  const respond = (request: IncomingMessage, response: ServerResponse): Effect.Effect<void> => {
    const { method = "GET", rawHeaders: fields } = request
    const { run, url } = runIn(request.url ?? "/")
    const headers = attributed(recordOf(fields), run === undefined ? undefined : leases.find(run))
    const own = ownRoute(pathOf(url))
    const route = own === undefined ? routeOf(method, url, headers) : undefined
    const refusal = refusalOf(request, access, own)
    if (refusal !== undefined) return send(response, errorPage(route, refusal.status, refusal.message))
    if (headers["expect"] !== undefined && Number(headers["content-length"] ?? 0) <= maxBodyBytes)
      response.writeContinue()
    if (run === undefined && pathOf(url).startsWith(LEASES)) return Effect.provide(lease(request, response), context)
    const page = own ?? (route === undefined && url === "/" ? LIVEZ : undefined)
    if (page !== undefined) return Effect.flatMap(pageOf(page, request, url), (body) => send(response, body))
    if (route === undefined) return send(response, errorPage(route, 404, NO_ROUTE))
    const isThere = (): boolean => run === undefined || leases.isHeld(run)
    return Effect.flatMap(bodyOf(request, route.shape !== undefined, { maxBodyBytes, maxReadBytes }), (body) =>
      Effect.locally(
        exchanges.pass({ route, method, fields, headers, body, isThere }, replyOn(response)),
        currentRun,
        run
      )
    )
  }

  const onRequest = (request: IncomingMessage, response: ServerResponse): Effect.Effect<void> =>
    answered(
      response,
      Effect.suspend(() => respond(request, response))
    )

  const onUpgrade = (request: IncomingMessage, socket: Duplex, early: Buffer): Effect.Effect<void> => {
    const { run, url } = runIn(request.url ?? "/")
    const route = routeOf("GET", url, recordOf(request.rawHeaders))
    const refusal = refusalOf(request, access, undefined)
    if (refusal === undefined && run !== undefined && leases.find(run)?.refusesWebSockets === true)
      return Effect.sync(() => answerOn(socket, errorPage(route, 426, NO_SOCKET)))
    if (refusal === undefined && route !== undefined)
      return Effect.provide(tunnel(route, request, socket, early), context)
    const { status, message } = refusal ?? { status: 404, message: NO_ROUTE }
    return Effect.sync(() => answerOn(socket, errorPage(route, status, message)))
  }

  return { onRequest, onUpgrade }
})
