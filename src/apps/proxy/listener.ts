/**
 * The proxy's door: node's own HTTP server in a scope, for it gives what no layer above it does: fields in their order, requests to
 * switch protocols, the wait for a go-ahead, and an end in which open streams have their time.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import type * as Scope from "effect/Scope"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { Duplex } from "node:stream"
import { withoutFields } from "../../wire/fields.ts"
import { MAX_HEADER_BYTES } from "../../adapters/upstream/dispatcher.ts"

export interface Listener {
  readonly host: string
  readonly port: number
  /** How long open exchanges may go on once the scope closes. */
  readonly graceMs: number
  /** Interrupted when the client goes away. */
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => Effect.Effect<void>
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => Effect.Effect<void>
}

export class ListenError extends Data.TaggedError("ListenError")<{ readonly message: string }> {}

const WAYS_OUT: Readonly<Record<string, (host: string, port: number) => string>> = {
  EADDRINUSE: (host, port) =>
    `${host}:${port} is in use, perhaps by another headroom proxy (curl http://${host}:${port}/livez tells); choose another with --port`,
  EACCES: (host, port) => `${host}:${port} may not be bound by you; choose a port above 1023 with --port`,
  EADDRNOTAVAIL: (host) => `${host} is no address of this machine; choose another with --host`,
  ENOTFOUND: (host) => `${host} is no address; choose another with --host`
}

const listenError = (error: NodeJS.ErrnoException, host: string, port: number): ListenError => {
  const wayOut = WAYS_OUT[error.code ?? ""]
  return new ListenError({ message: wayOut?.(host, port) ?? `${host}:${port} cannot be bound: ${error.message}` })
}

/** Longer than the pools of clients keep an idle connection (Go's 90 s is the longest known), so that it is they who close it. */
const KEEP_ALIVE_MS = 120_000

const bind = (server: Server, host: string, port: number): Effect.Effect<number, ListenError> =>
  Effect.async((resume) => {
    const fail = (error: Error): void => resume(Effect.fail(listenError(error, host, port)))
    server.once("error", fail)
    server.listen(port, host, () => {
      server.off("error", fail)
      const address = server.address()
      resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : port))
    })
  })

/** A client that still sends what nobody reads may do so for as long, for one that cannot send does not read its answer. */
const LINGER_MS = 2_000

const drain = (request: IncomingMessage): void => {
  request.removeAllListeners("readable")
  request.resume()
  const end = setTimeout(() => request.destroy(), LINGER_MS)
  request.once("close", () => clearTimeout(end))
}

/** Takes nothing new, lets what is open end, and after the grace period ends it. */
const close = (server: Server, tunnels: ReadonlySet<Duplex>, graceMs: number): Effect.Effect<void> =>
  Effect.async((resume) => {
    const idle = setInterval(() => server.closeIdleConnections(), 50)
    const end = setTimeout(() => {
      for (const socket of tunnels) socket.destroy()
      server.closeAllConnections()
    }, graceMs)
    server.close(() => {
      clearInterval(idle)
      clearTimeout(end)
      resume(Effect.void)
    })
    server.closeIdleConnections()
  })

/**
 * The socket of a request that asks for another protocol, as if it had not asked: some clients offer HTTP/2 in each first request, and
 * node, once it lets anyone switch, takes all such requests out of its hands.
 */
const unasked = (request: IncomingMessage, socket: Duplex, head: Buffer): Duplex => {
  const { method, url, httpVersion, rawHeaders } = request
  const fields = withoutFields(
    rawHeaders,
    (name) => name === "upgrade" || name === "connection" || name === "http2-settings"
  )
  const lines = fields.flatMap((field, i) => (i % 2 === 0 ? [`${field}: ${fields[i + 1]}\r\n`] : []))
  socket.unshift(
    Buffer.concat([Buffer.from(`${method} ${url} HTTP/${httpVersion}\r\n${lines.join("")}\r\n`, "latin1"), head])
  )
  return socket
}

/** Listens until the scope closes; gives the port. */
export const listen = (listener: Listener): Effect.Effect<number, ListenError, Scope.Scope> =>
  Effect.gen(function* () {
    const run = yield* FiberSet.makeRuntime<never, void, never>()
    const tunnels = new Set<Duplex>()
    const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0, maxHeaderSize: MAX_HEADER_BYTES })
    const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
      const fiber = run(listener.onRequest(request, response))
      response.on("close", () => {
        if (!response.writableFinished) fiber.unsafeInterruptAsFork(fiber.id())
      })
      response.on("finish", () => {
        if (!request.complete) drain(request)
      })
    }
    server.on("request", onRequest)
    // the go-ahead is given once the request is known to be taken
    server.on("checkContinue", onRequest)
    server.on("upgrade", (request, socket, head) => {
      if (request.headers.upgrade?.toLowerCase() !== "websocket")
        return void server.emit("connection", unasked(request, socket, head))
      tunnels.add(socket)
      socket.on("error", () => socket.destroy())
      socket.on("close", () => tunnels.delete(socket))
      const fiber = run(listener.onUpgrade(request, socket, head))
      socket.on("close", () => fiber.unsafeInterruptAsFork(fiber.id()))
    })
    return yield* Effect.acquireRelease(bind(server, listener.host, listener.port), () =>
      close(server, tunnels, listener.graceMs)
    )
  })
