/**
 * The server over streamable HTTP, for clients that take addresses: on the loopback alone, and for no page of a browser, which could
 * otherwise read what is stored by a name that resolves to this machine.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js"
import { serverOver } from "./server.ts"
import type { Needs } from "./tools.ts"

const HOST = "127.0.0.1"
export const PATH = "/mcp"

export class ListenError extends Data.TaggedError("ListenError")<{ readonly message: string }> {}

const isLoopback = (host: string | undefined): boolean =>
  host !== undefined && /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i.test(host)

/** Why a request is not taken: its Host must be a name of the loopback, and its Origin, where a browser sends one, that same address. */
export const refusalOf = (
  host: string | undefined,
  origin: string | undefined,
  method: string,
  path: string
): readonly [status: number, message: string] | undefined => {
  if (!isLoopback(host)) return [403, "this server goes by localhost and 127.0.0.1 alone"]
  if (origin !== undefined && origin.toLowerCase() !== `http://${host?.toLowerCase()}`)
    return [403, "requests of web pages from elsewhere are not taken"]
  if (path.split("?", 1)[0] !== PATH) return [404, `the server is at ${PATH}`]
  // Every request stands alone: there is no stream to resume and no session to end.
  return method === "POST" ? undefined : [405, "POST is the one method here"]
}

const reply = (response: ServerResponse, status: number, message: string): void => {
  response.writeHead(status, { "content-type": "application/json", ...(status === 405 ? { allow: "POST" } : {}) })
  response.end(JSON.stringify({ jsonrpc: "2.0", id: null, error: { code: -32000, message } }))
}

const handle = async (
  runtime: Runtime.Runtime<Needs>,
  request: IncomingMessage,
  response: ServerResponse
): Promise<void> => {
  const { headers, method = "", url = "" } = request
  const refusal = refusalOf(headers.host, headers.origin, method, url)
  if (refusal !== undefined) return reply(response, ...refusal)
  const server = serverOver(runtime)
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true })
  response.on("close", () => void server.close())
  await server.connect(transport)
  await transport.handleRequest(request, response)
}

const listen = (server: Server, port: number): Effect.Effect<number, ListenError> =>
  Effect.async((resume) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const way =
        error.code === "EADDRINUSE" ? "is taken; give another with --http" : `cannot be used: ${error.message}`
      resume(new ListenError({ message: `port ${port} ${way}` }))
    })
    server.listen(port, HOST, () => resume(Effect.succeed((server.address() as AddressInfo).port)))
  })

/** Listens until the scope closes; gives the port, which is a free one where 0 was asked for. */
export const serveHttp = (port: number): Effect.Effect<number, ListenError, Needs | Scope.Scope> =>
  Effect.gen(function* () {
    const runtime = yield* Effect.runtime<Needs>()
    const server = createServer((request, response) => {
      handle(runtime, request, response).catch((error: unknown) => {
        if (!response.headersSent) reply(response, 500, error instanceof Error ? error.message : String(error))
        else response.destroy()
      })
    })
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        server.close()
        server.closeAllConnections()
      })
    )
    return yield* listen(server, port)
  })
