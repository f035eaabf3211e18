/** What the flags of `wrap` ask of the proxy, and what of the agent itself. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Agent } from "../../../adapters/agents/agent.ts"
import type { Fading } from "../../../compressors/fade/rules.ts"
import type { Ttl } from "../../../domain/cache-lifetime.ts"
import type { TtlChoice } from "../../../pipeline/lifetimes.ts"
import type { Sessions } from "../../../pipeline/ports/sessions.ts"
import { counted } from "../figures.ts"
import { ttlFor } from "./ttl.ts"

export interface AskedFlags {
  readonly fade: Option.Option<Fading>
  readonly cacheTtl: Option.Option<TtlChoice>
  readonly keepWarm: boolean
}

export const setsTtl = ({ route }: Agent): boolean => route._tag === "Process" && route.setsCacheTtl === true

/** What the command line asks of the proxy, by its variables. */
export const proxySettings = (agent: Agent, flags: AskedFlags): Readonly<Record<string, string>> => {
  const fading = Option.getOrUndefined(flags.fade)
  const ttl = Option.getOrUndefined(flags.cacheTtl)
  return {
    ...(fading === undefined ? {} : { HEADROOM_FADE: fading }),
    // an agent that asks for it itself is not to be talked over
    ...(ttl === undefined ? {} : { HEADROOM_CACHE_TTL: setsTtl(agent) ? "" : ttl }),
    ...(flags.keepWarm ? { HEADROOM_KEEP_WARM: "1" } : {})
  }
}

/** What the agent itself is told. */
export const ownTtl = (
  agent: Agent,
  flags: AskedFlags,
  tell: (line: string) => void
): Effect.Effect<Ttl | undefined, never, Sessions> =>
  Effect.gen(function* () {
    const asked = Option.getOrUndefined(flags.cacheTtl)
    if (asked !== "auto") return asked
    const chosen = yield* ttlFor(agent)
    tell(
      chosen === undefined
        ? `headroom: ${agent.title} has left no session to choose a cache's lifetime by; it stays as it is`
        : `headroom: by your pauses in ${counted(chosen.sessions, "session")} a cache of ${chosen.ttl === "1h" ? "an hour" : "five minutes"} is cheapest`
    )
    return chosen?.ttl
  })
