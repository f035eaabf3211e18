/** What a proxy and whoever started it say to each other: how one knows the other, and how long the proxy is needed. */
import * as Schema from "effect/Schema"
import { createHmac } from "node:crypto"
import type { Sum } from "../../domain/figures.ts"

/** A field of a request for `/livez` that holds any text; the answer's `proof` shows that the proxy knows the secret of its record. */
export const CHALLENGE = "x-headroom-challenge"
/** A field that holds that secret, once the proxy has shown that it knows it. */
export const SECRET = "x-headroom-secret"

/** Posted to by who needs the proxy: the answer lasts as long as the need, and so does the proxy. `LEASES/RUN` tells what it saved. */
export const LEASES = "/lease"

export const proofOf = (secret: string, challenge: string): string =>
  createHmac("sha256", secret).update(challenge).digest("hex")

/** One agent's run through the proxy. */
export const Lease = Schema.Struct({
  run: Schema.String.pipe(Schema.pattern(/^[0-9a-f]{12}$/)),
  /** Whose requests they are. */
  project: Schema.String,
  /** Its model can run `headroom retrieve`. */
  hasShell: Schema.Boolean,
  /** It goes on without WebSockets where they are refused; nothing is read in them. */
  refusesWebSockets: Schema.Boolean,
  /** The agent's process, which may outlive whoever holds the lease. */
  pid: Schema.optional(Schema.Number)
})
export type Lease = typeof Lease.Type

/** What a lease's run came to. */
export interface LeaseTold {
  readonly run: string
  readonly sum: Sum
}

const RUN_PATH = /^\/wrap\/([0-9a-f]{12})(?=[/?]|$)/

/** The path that stands before those of a run's requests. */
export const pathOfRun = (run: string): string => `/wrap/${run}`

/** The run of a request, and its path without it. @example runIn("/wrap/0123456789ab/v1/messages") // => { run: "0123456789ab", url: "/v1/messages" } */
export const runIn = (url: string): { readonly run: string | undefined; readonly url: string } => {
  const run = RUN_PATH.exec(url)?.[1]
  if (run === undefined) return { run, url }
  const rest = url.slice(pathOfRun(run).length)
  return { run, url: rest.startsWith("/") ? rest : `/${rest}` }
}
