/** The proxy's own routes, in one table. */
import * as Effect from "effect/Effect"
import { CHALLENGE, proofOf } from "../../adapters/proxies/contract.ts"
import { ProxySettings } from "../../adapters/settings/proxy.ts"
import type { Settings } from "../../adapters/settings/settings.ts"
import { Originals } from "../../pipeline/ports/originals.ts"
import { Recorder } from "../../pipeline/recorder.ts"
import packageJson from "../../../package.json" with { type: "json" }
import { compress, type Compression } from "./compression.ts"
import { type InsideServices, insideRoute } from "./inside.ts"
import { Leases } from "./leases.ts"
import { Metrics } from "./metrics.ts"
import { json, type Page, type PageRequest } from "./page.ts"
import { RETRIEVE, retrieve } from "./retrieval.ts"

export type PageServices = ProxySettings | Settings | Recorder | Leases | Compression | InsideServices

export interface OwnRoute {
  readonly method: "GET" | "POST"
  /** Anyone who reaches the proxy may ask, without its token. */
  readonly isOpen: boolean
  readonly respond: (request: PageRequest) => Effect.Effect<Page, never, PageServices>
}

/** That it runs, and which proxy it is: whoever started one gave it a nonce to know it again by. */
const livez = ({ headers }: PageRequest) =>
  Effect.gen(function* () {
    const { nonce } = yield* ProxySettings
    const { secret } = yield* Leases
    const challenge = headers[CHALLENGE]
    const told = {
      status: "ok",
      service: "headroom",
      version: packageJson.version,
      pid: process.pid,
      nonce: nonce ?? null
    }
    return json(200, challenge === undefined ? told : { ...told, proof: proofOf(secret, challenge) })
  })

const readyz = Effect.gen(function* () {
  const { targets } = yield* ProxySettings
  const originals = yield* Originals
  const recorder = yield* Recorder
  const metrics = yield* Metrics
  const store = yield* Effect.either(originals.stats)
  // a full disk is read as well as ever
  const failure = store._tag === "Right" ? metrics.failing() : store.left.reason
  const isReady = failure === undefined
  return json(isReady ? 200 : 503, {
    status: isReady ? "ready" : "not-ready",
    store: failure ?? "ok",
    recordsLost: yield* recorder.lost,
    upstreams: { anthropic: targets.anthropic.href, openai: targets.openai.href, gemini: targets.gemini.href }
  })
})

export const LIVEZ: OwnRoute = { method: "GET", isOpen: true, respond: livez }

const PAGES: Readonly<Record<string, OwnRoute>> = {
  "/livez": LIVEZ,
  // what clients of the service ask
  "/health": LIVEZ,
  "/readyz": { method: "GET", isOpen: false, respond: () => readyz },
  "/v1/compress": { method: "POST", isOpen: false, respond: compress }
}

const RETRIEVAL: OwnRoute = { method: "GET", isOpen: false, respond: retrieve }

export const ownRoute = (path: string): OwnRoute | undefined => {
  const inside = insideRoute(path)
  if (inside !== undefined) return { method: "GET", ...inside }
  return path.startsWith(RETRIEVE) ? RETRIEVAL : Object.hasOwn(PAGES, path) ? PAGES[path] : undefined
}
