/**
 * The connections to the providers: one pool for all exchanges and tunnels, through the user's own HTTP proxy where one is set.
 *
 * Certificates are verified whatever the environment says; further authorities come by NODE_EXTRA_CA_CERTS, which node itself reads.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Agent, type Dispatcher, EnvHttpProxyAgent } from "undici"
import type { Provider } from "../../domain/exchange.ts"

export interface DispatcherOptions {
  /** Base address of each provider; its path stands before that of every request. */
  readonly targets: Readonly<Record<Provider, URL>>
  readonly connectTimeoutMs: number
  /** From the last byte of the request to the head of the answer. */
  readonly headersTimeoutMs: number
  /** Addresses of HTTP proxies for plain and TLS upstreams, "" for none, and the hosts that are reached without. */
  readonly httpProxy: string
  readonly httpsProxy: string
  readonly noProxy: string
}

export interface Target {
  readonly origin: string
  /** Without a slash at its end. */
  readonly path: string
}

export class Connections extends Context.Tag("headroom/upstream/Connections")<
  Connections,
  { readonly dispatcher: Dispatcher; readonly targetOf: (provider: Provider) => Target }
>() {}

/** Agents pause between calls while their tools run; a handshake costs more than an idle socket, and vendors keep those for minutes. */
const KEEP_ALIVE_MS = 60_000
/** Four times node's own bound: vendors and their gateways send long lists of rate limits and policies. */
export const MAX_HEADER_BYTES = 64 << 10

export const layerConnections = (options: DispatcherOptions): Layer.Layer<Connections> =>
  Layer.scoped(
    Connections,
    Effect.acquireRelease(
      Effect.sync(() => {
        const settings: Agent.Options = {
          connect: { timeout: options.connectTimeoutMs, rejectUnauthorized: true },
          headersTimeout: options.headersTimeoutMs,
          // A model may think for minutes between two bytes: how long to wait is the client's to say.
          bodyTimeout: 0,
          keepAliveTimeout: KEEP_ALIVE_MS,
          maxHeaderSize: MAX_HEADER_BYTES
        }
        const { httpProxy, httpsProxy, noProxy } = options
        return httpProxy === "" && httpsProxy === ""
          ? new Agent(settings)
          : new EnvHttpProxyAgent({
              ...settings,
              requestTls: { rejectUnauthorized: true, timeout: options.connectTimeoutMs },
              httpProxy,
              httpsProxy,
              noProxy
            })
      }),
      (dispatcher) => Effect.promise(() => dispatcher.destroy())
    ).pipe(
      Effect.map((dispatcher) => {
        const targetOf = (provider: Provider): Target => {
          const { origin, pathname } = options.targets[provider]
          return { origin, path: pathname.replace(/\/+$/, "") }
        }
        const targets = { anthropic: targetOf("anthropic"), openai: targetOf("openai"), gemini: targetOf("gemini") }
        return { dispatcher, targetOf: (provider) => targets[provider] }
      })
    )
  )
