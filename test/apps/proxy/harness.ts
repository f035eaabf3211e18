/** A proxy and its vendor on loopback sockets, in this process: what each side saw, byte for byte. */
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import {
  type Agent,
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
  type RequestListener,
  type Server
} from "node:http"
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server as TcpServer,
  type Socket
} from "node:net"
import { afterEach } from "vitest"
import { hashParts, sameBytes } from "../../../src/adapters/bytes/node.ts"
import { layerMemory as layerLedgerMemory } from "../../../src/adapters/ledger/memory.ts"
import { layerMemory } from "../../../src/adapters/originals/memory.ts"
import { layerPrices } from "../../../src/adapters/prices/prices.ts"
import { layerProxySettings, ProxySettings } from "../../../src/adapters/settings/proxy.ts"
import { layerEnvironment, Settings } from "../../../src/adapters/settings/settings.ts"
import { layerCompression } from "../../../src/apps/proxy/compression.ts"
import { makeHandlers } from "../../../src/apps/proxy/handler.ts"
import { Leases } from "../../../src/apps/proxy/leases.ts"
import { layerParts } from "../../../src/apps/proxy/layers.ts"
import { layerMetrics } from "../../../src/apps/proxy/metrics.ts"
import { listen } from "../../../src/apps/proxy/listener.ts"
import type { Exchange } from "../../../src/domain/exchange.ts"
import { Ledger } from "../../../src/pipeline/ports/ledger.ts"
import { layerRewriter } from "../../../src/pipeline/rewrite-request.ts"
import { Rewriter } from "../../../src/pipeline/rewriter.ts"
import { layerEngine } from "../../../src/pipeline/settle-slots.ts"

const closing: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const closed = (server: Server | TcpServer): Promise<unknown> =>
  new Promise((resolve) => {
    if ("closeAllConnections" in server) server.closeAllConnections()
    server.close(resolve)
  })

const listening = (server: Server | TcpServer): Promise<number> =>
  new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)))

/** A request as a vendor got it. */
export interface Seen {
  readonly method: string
  readonly url: string
  readonly rawHeaders: ReadonlyArray<string>
  readonly body: Buffer
}

export interface Vendor {
  readonly port: number
  /** In their order; those whose bodies came whole. */
  readonly seen: Array<Seen>
}

const collected = (message: IncomingMessage): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Array<Buffer> = []
    message.on("data", (chunk: Buffer) => chunks.push(chunk))
    message.on("end", () => resolve(Buffer.concat(chunks)))
    message.on("error", reject)
  })

/** A vendor that answers once it has the whole request. */
export const startVendor = async (
  answer: (seen: Seen, ...sides: Parameters<RequestListener>) => void
): Promise<Vendor> => {
  const seen: Array<Seen> = []
  const server = createServer((incoming, response) => {
    const { method = "", url = "", rawHeaders } = incoming
    const take = async (): Promise<void> => {
      const one = { method, url, rawHeaders, body: await collected(incoming) }
      seen.push(one)
      answer(one, incoming, response)
    }
    take().catch(() => {})
  })
  const port = await listening(server)
  closing.push(() => closed(server))
  return { port, seen }
}

/** A vendor that does with its sockets as it likes. */
export const startSocketVendor = async (
  onSocket: (socket: Socket, nth: number) => void
): Promise<{ readonly port: number }> => {
  const sockets = new Set<Socket>()
  let count = 0
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on("error", () => {}).on("close", () => sockets.delete(socket))
    onSocket(socket, count++)
  })
  const port = await listening(server)
  closing.push(() => {
    for (const socket of sockets) socket.destroy()
    return closed(server)
  })
  return { port }
}

/** Calls back once with a whole request's head, as text. */
export const onHead = (socket: Socket, use: (head: string) => void): void => {
  let text = ""
  const take = (chunk: Buffer): void => {
    text += chunk.toString("latin1")
    if (!text.includes("\r\n\r\n")) return
    socket.off("data", take)
    use(text)
  }
  socket.on("data", take)
}

export interface ProxyOptions {
  readonly upstream: number
  /** Settings by their names. */
  readonly set?: Readonly<Record<string, string>>
  /** What the rewriter makes of a body; without it the real one runs. */
  readonly rewrite?: (body: Uint8Array) => Uint8Array
  readonly onLog?: (line: string) => void
}

export interface RunningProxy {
  readonly port: number
  /** What who has started it knows it by. */
  readonly secret: string
  /** As recorded, in their order. */
  readonly exchanges: ReadonlyArray<Exchange>
  /** Fulfilled once so many are recorded. */
  readonly recorded: (count: number) => Promise<ReadonlyArray<Exchange>>
  readonly close: () => Promise<unknown>
}

const rewriterOf = (rewrite: ProxyOptions["rewrite"]) => {
  const real = layerRewriter({
    mode: "visible",
    deadlineMs: 5_000,
    memoryBytes: 1 << 20,
    hash: hashParts,
    same: sameBytes,
    stabilises: false
  }).pipe(Layer.provide(layerEngine))
  return rewrite === undefined
    ? real
    : Layer.effect(
        Rewriter,
        Effect.map(Rewriter, (rewriter) => ({
          rewrite: (asked) => Effect.map(rewriter.rewrite(asked), (made) => ({ ...made, body: rewrite(asked.body) }))
        }))
      ).pipe(Layer.provide(real))
}

export const startProxy = async (options: ProxyOptions): Promise<RunningProxy> => {
  const target = `http://127.0.0.1:${options.upstream}`
  const set = {
    HEADROOM_PORT: "0",
    HEADROOM_GRACE_MS: "200",
    HEADROOM_LOG_LEVEL: options.onLog === undefined ? "none" : "info",
    ANTHROPIC_TARGET_API_URL: target,
    OPENAI_TARGET_API_URL: target,
    GEMINI_TARGET_API_URL: target,
    ...options.set
  }
  const exchanges: Array<Exchange> = []
  const watchers = new Set<() => void>()
  const ledger = Layer.effect(
    Ledger,
    Effect.map(Ledger, (memory) => ({
      ...memory,
      record: (exchange: Exchange) =>
        Effect.zipRight(
          memory.record(exchange),
          Effect.sync(() => {
            exchanges.push(exchange)
            for (const watch of watchers) watch()
          })
        )
    }))
  ).pipe(Layer.provide(layerLedgerMemory()))
  const settings = Layer.merge(layerProxySettings({ host: undefined, port: undefined }), layerEnvironment).pipe(
    Layer.provide(Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(set)))))
  )
  const logs = Layer.merge(
    Logger.replace(
      Logger.defaultLogger,
      Logger.map(Logger.logfmtLogger, (line) => options.onLog?.(line))
    ),
    Layer.unwrapEffect(Effect.map(Settings, ({ logLevel }) => Logger.minimumLogLevel(logLevel)))
  )
  const layers = layerCompression.pipe(
    Layer.provideMerge(layerParts),
    Layer.provide(rewriterOf(options.rewrite)),
    Layer.provideMerge(ledger),
    Layer.provideMerge(Layer.merge(layerMetrics, layerPrices)),
    Layer.provideMerge(layerMemory()),
    Layer.provideMerge(logs),
    Layer.provideMerge(settings)
  )
  let bind: (port: number) => void = () => {}
  let fail: (reason: unknown) => void = () => {}
  const bound = new Promise<number>((resolve, reject) => {
    bind = resolve
    fail = reject
  })
  let secret = ""
  const run = Effect.gen(function* () {
    const { host, port, graceMs } = yield* ProxySettings
    const leases = yield* Leases
    secret = leases.secret
    const handlers = yield* makeHandlers
    bind(yield* listen({ ...handlers, host, port, graceMs }))
    yield* Effect.addFinalizer(() => leases.close)
    return yield* Effect.never
  }).pipe(Effect.scoped, Effect.provide(layers))
  const fiber = Effect.runFork(run)
  fiber.addObserver((exit) => fail(exit))
  const port = await bound
  const close = (): Promise<unknown> => Effect.runPromise(Fiber.interrupt(fiber))
  closing.push(close)
  return {
    port,
    secret,
    exchanges,
    recorded: (count) =>
      new Promise((resolve) => {
        const watch = (): void => {
          if (exchanges.length < count) return
          watchers.delete(watch)
          resolve(exchanges)
        }
        watchers.add(watch)
        watch()
      }),
    close
  }
}

export interface Sent {
  readonly method?: string
  readonly path?: string
  readonly headers?: OutgoingHttpHeaders | ReadonlyArray<string>
  /** Chunks go out one by one, without a length. */
  readonly body?: Uint8Array | string | ReadonlyArray<Uint8Array>
}

export interface Got {
  readonly status: number
  readonly statusMessage: string
  readonly rawHeaders: ReadonlyArray<string>
  readonly headers: IncomingMessage["headers"]
  readonly body: Buffer
  /** The answer came to its end. */
  readonly isWhole: boolean
}

const KEY = { "x-api-key": "key", "anthropic-version": "2023-06-01", "content-type": "application/json" }

/** One request, on a connection of its own where no agent is given. */
export const call = (port: number, sent: Sent = {}, agent: Agent | false = false): Promise<Got> =>
  new Promise((resolve, reject) => {
    const { method = "POST", path = "/v1/messages", headers = KEY, body } = sent
    const outgoing = request({ host: "127.0.0.1", port, method, path, headers: headers as OutgoingHttpHeaders, agent })
    outgoing.on("error", reject)
    outgoing.on("response", (answer) => {
      const chunks: Array<Buffer> = []
      let isWhole = true
      answer.on("data", (chunk: Buffer) => chunks.push(chunk))
      answer.on("error", () => (isWhole = false))
      answer.on("close", () =>
        resolve({
          status: answer.statusCode ?? 0,
          statusMessage: answer.statusMessage ?? "",
          rawHeaders: answer.rawHeaders,
          headers: answer.headers,
          body: Buffer.concat(chunks),
          isWhole: isWhole && answer.complete
        })
      )
    })
    if (body === undefined || typeof body === "string" || body instanceof Uint8Array) outgoing.end(body)
    else {
      for (const chunk of body) outgoing.write(chunk)
      outgoing.end()
    }
  })

/** What comes back for bytes on a bare socket, until the other side ends or resets it. */
export const exchangeBytes = (port: number, bytes: string | Uint8Array): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1")
    let text = ""
    socket.on("data", (chunk) => (text += chunk.toString("latin1")))
    socket.on("error", () => {})
    socket.on("close", () => resolve(text))
    socket.write(bytes)
  })

/** A field's value on either side, by lower-case name. */
export const valuesOf = (rawHeaders: ReadonlyArray<string>, name: string): ReadonlyArray<string> =>
  rawHeaders.flatMap((field, i) => (i % 2 === 0 && field.toLowerCase() === name ? [rawHeaders[i + 1] ?? ""] : []))

/** Fields as they stand on the wire, from lines such as `X-A: 1`. */
export const fields = (text: string): ReadonlyArray<string> =>
  text.split("\n").flatMap((line) => {
    const colon = line.indexOf(":")
    return [line.slice(0, colon).trim(), line.slice(colon + 2)]
  })
