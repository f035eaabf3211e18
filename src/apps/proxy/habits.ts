/** How a person works, by the ledger's latest calls: what the cache's lifetime is chosen by, and whether keeping it warm pays. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { hashParts } from "../../adapters/bytes/node.ts"
import { ProxySettings } from "../../adapters/settings/proxy.ts"
import { Settings } from "../../adapters/settings/settings.ts"
import type { CallMoment } from "../../domain/cache-lifetime.ts"
import { Ledger } from "../../pipeline/ports/ledger.ts"
import { Timing, Warmth } from "../../pipeline/timing.ts"

/** A person's latest calls, and how long they tell how that person works. */
const CALLS = 2_000
const HABITS_MS = 10 * 60_000
/** A day's work in one project, or less. */
const FEW_CALLS = 200

/**
 * Pauses of a project, or of all where it has too few calls to tell anything; read now and then, for it holds up whoever waits for the
 * driver: 10 ms, and 40 to 80 where a ledger of 200,000 requests has few of the project.
 */
const callsFrom = (ledger: Ledger["Type"], own: string) => {
  const known = new Map<string, { readonly at: number; readonly calls: ReadonlyArray<CallMoment> }>()
  return (named: string): Effect.Effect<ReadonlyArray<CallMoment>> =>
    Effect.gen(function* () {
      const project = named === "" ? own : named
      const now = yield* Clock.currentTimeMillis
      const before = known.get(project)
      if (before !== undefined && now - before.at < HABITS_MS) return before.calls
      const mine = yield* ledger.calls(CALLS, { project })
      const calls = mine.length < FEW_CALLS ? yield* ledger.calls(CALLS) : mine
      known.set(project, { at: now, calls })
      return calls
    }).pipe(Effect.orElseSucceed(() => []))
}

export class Habits extends Context.Tag("headroom/proxy/Habits")<
  Habits,
  {
    readonly warmth: Warmth
    readonly callsIn: (project: string) => Effect.Effect<ReadonlyArray<CallMoment>>
  }
>() {}

export const layerHabits: Layer.Layer<Habits, never, Ledger | Settings> = Layer.effect(
  Habits,
  Effect.map(Effect.all([Ledger, Settings]), ([ledger, { project }]) => ({
    warmth: new Warmth(),
    callsIn: callsFrom(ledger, project)
  }))
)

/** What the rewriter is told of caches; undefined where nobody asked for anything. */
export const timing = Effect.gen(function* () {
  const { cacheTtl: choice, keepsWarm } = yield* ProxySettings
  const { callsIn, warmth } = yield* Habits
  return choice === undefined && !keepsWarm
    ? undefined
    : new Timing({
        lifetimes: choice === undefined ? undefined : { choice, callsIn, hash: hashParts },
        warmth: keepsWarm ? warmth : undefined
      })
})
