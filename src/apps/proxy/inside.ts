/** The routes that let a person look inside: figures, metrics, the page, and one block side by side. */
import * as Effect from "effect/Effect"
import type { Headroom } from "../../pipeline/headroom.ts"
import type { Ledger } from "../../pipeline/ports/ledger.ts"
import type { Originals } from "../../pipeline/ports/originals.ts"
import type { Prices } from "../../pipeline/ports/prices.ts"
import { BLOCKS, block } from "./dashboard/block.ts"
import { dashboard } from "./dashboard/dashboard.ts"
import { Metrics } from "./metrics.ts"
import { type Asked, type Shown, shown } from "./shown.ts"
import { stats } from "./stats.ts"

export type InsideServices = Ledger | Prices | Originals | Headroom | Metrics

export interface InsideRoute {
  /** Whether it may be shown without the proxy's token: it holds nothing of anybody. */
  readonly isOpen: boolean
  readonly respond: (asked: Asked) => Effect.Effect<Shown, never, InsideServices>
}

const metrics = Effect.map(Metrics, (counted) => shown(200, "text/plain; version=0.0.4; charset=utf-8", counted.text()))

const ROUTES: Readonly<Record<string, InsideRoute>> = {
  "/stats": { isOpen: false, respond: stats },
  "/metrics": { isOpen: false, respond: () => metrics },
  "/dashboard": { isOpen: true, respond: () => dashboard }
}

const BLOCK: InsideRoute = { isOpen: false, respond: block }

/** The route of a path, for GET and HEAD. */
export const insideRoute = (path: string): InsideRoute | undefined =>
  path.startsWith(BLOCKS) ? BLOCK : Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined
