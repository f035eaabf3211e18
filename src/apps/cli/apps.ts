/** The apps that the command line starts: given to it, because no app imports another; each loads when it is run. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { ProxyFlags } from "../../adapters/settings/proxy.ts"
import type { Settings } from "../../adapters/settings/settings.ts"

/** Serves until its client is done, over standard input and output, or on a port until it is interrupted. */
type Mcp = (port: number | undefined) => Effect.Effect<void, { readonly message: string }, Settings>

/** Where a proxy listens, told once it does, and the line that says so. */
interface Started {
  readonly address: string
  readonly line: string
}

/** Runs until it is interrupted, or where it was started for leases until nobody holds one. */
type Proxy = (
  flags: ProxyFlags,
  tell: (started: Started) => void
) => Effect.Effect<void, { readonly message: string }, Settings>

export class Apps extends Context.Tag("headroom/cli/Apps")<
  Apps,
  { readonly proxy: () => Promise<Proxy>; readonly mcp: () => Promise<Mcp> }
>() {}
