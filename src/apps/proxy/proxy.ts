/** Runs the proxy until it is told to end: opens its door once everything behind it stands. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { keyOf, removeRecord, writeRecord } from "../../adapters/proxies/record.ts"
import { layerProxySettings, type ProxyFlags, ProxySettings } from "../../adapters/settings/proxy.ts"
import { Settings } from "../../adapters/settings/settings.ts"
import { makeHandlers } from "./handler.ts"
import { layerProxy } from "./layers.ts"
import { Leases } from "./leases.ts"
import { listen } from "./listener.ts"
import packageJson from "../../../package.json" with { type: "json" }

/** An IPv6 address stands in brackets before a port. */
const addressOf = (host: string, port: number): string => `http://${host.includes(":") ? `[${host}]` : host}:${port}`

/** Where a proxy listens and sends to, told once it does. */
export interface Started {
  readonly address: string
  readonly line: string
}

/** Ends when it is interrupted, or when nobody needs it any more. */
const run = (tell: (started: Started) => void) =>
  Effect.gen(function* () {
    const proxy = yield* ProxySettings
    const settings = yield* Settings
    const leases = yield* Leases
    const { host, port: asked, graceMs, isLeased, targets } = proxy
    const { home, mode = "visible" } = settings
    const handlers = yield* makeHandlers
    const port = yield* listen({ ...handlers, host, port: asked, graceMs })
    const upstreams = Object.entries(targets).map(([provider, url]) => `${provider} ${url.href.replace(/\/$/, "")}`)
    const address = addressOf(host, port)
    yield* Effect.addFinalizer(() => leases.close)
    const { version } = packageJson
    const record = {
      pid: process.pid,
      version,
      address,
      secret: leases.secret,
      key: keyOf(version, settings, proxy),
      isLeased
    }
    // what cannot be written is not found by others, and serves all the same
    yield* Effect.acquireRelease(Effect.ignore(Effect.try(() => writeRecord(home, record))), () =>
      Effect.ignore(Effect.try(() => removeRecord(home, process.pid)))
    )
    tell({ address, line: `headroom proxy: ${address}, mode ${mode}, upstreams ${upstreams.join(", ")}` })
    return yield* leases.over
  }).pipe(Effect.scoped)

/** The proxy with what its command line says; `script` is what the engine's threads run. */
export const serve = (flags: ProxyFlags, script: URL | undefined, tell: (started: Started) => void) =>
  run(tell).pipe(Effect.provide(layerProxy(script).pipe(Layer.provideMerge(layerProxySettings(flags)))))
