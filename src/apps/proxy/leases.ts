/**
 * Who needs the proxy: each run of an agent holds a lease by an open connection, which the system closes for whoever dies, so that nobody
 * has to say goodbye; a proxy that was started for leases ends with the last one.
 *
 * A run's requests carry its name in their path. What they came to is summed here from the records that the ledger is given.
 */
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import * as Layer from "effect/Layer"
import { randomBytes } from "node:crypto"
import { isAlive } from "../../adapters/proxies/record.ts"
import type { Lease, LeaseTold } from "../../adapters/proxies/contract.ts"
import { ProxySettings } from "../../adapters/settings/proxy.ts"
import { NO_SUM, plusSum, type Sum } from "../../domain/figures.ts"
import { Prices } from "../../pipeline/ports/prices.ts"
import { Recorder } from "../../pipeline/recorder.ts"
import { recentOf } from "../../pipeline/stats.ts"
import type { Headers } from "../../wire/endpoint.ts"

/** Between one agent's end and the next one's start. */
const LINGER_MS = 2_000
/** For whoever started the proxy to take the first lease. */
const FIRST_MS = 30_000
/** How often it is asked who is still there: an agent whose holder was killed goes on. */
const LOOK_MS = 500
/** Of runs that are over, so many are remembered. */
const MAX_RUNS = 1_000

interface Held {
  lease: Lease
  connections: number
  sum: Sum
}

/** The run that the request at hand belongs to. */
export const currentRun: FiberRef.FiberRef<string | undefined> = FiberRef.unsafeMake<string | undefined>(undefined)

export class Leases extends Context.Tag("headroom/proxy/Leases")<
  Leases,
  {
    /** What shows that this is the proxy which wrote its record. */
    readonly secret: string
    /** Holds the lease until it is interrupted, or the proxy ends. */
    readonly hold: (lease: Lease) => Effect.Effect<void>
    readonly find: (run: string) => Lease | undefined
    /** Whether the run goes on: somebody holds its lease, or its agent's process lives. */
    readonly isHeld: (run: string) => boolean
    readonly told: (run: string) => LeaseTold | undefined
    readonly add: (run: string, sum: Sum) => void
    /** Ends once nobody needs the proxy any more; never where it was not started for leases. */
    readonly over: Effect.Effect<void>
    /** Lets go of all leases. */
    readonly close: Effect.Effect<void>
  }
>() {}

const make = Effect.gen(function* () {
  const { isLeased } = yield* ProxySettings
  const held = new Map<string, Held>()
  const over = yield* Deferred.make<void>()
  const closing = yield* Deferred.make<void>()
  const goesOn = ({ connections, lease: { pid } }: Held): boolean =>
    connections > 0 || (pid !== undefined && isAlive(pid))
  const isNeeded = (): boolean => [...held.values()].some(goesOn)
  const first = yield* Deferred.make<void>()
  const watch = Effect.gen(function* () {
    yield* Effect.raceFirst(Effect.sleep(FIRST_MS), Deferred.await(first))
    for (;;) {
      yield* Effect.sleep(LOOK_MS)
      if (isNeeded()) continue
      yield* Effect.sleep(LINGER_MS)
      if (!isNeeded()) return yield* Deferred.succeed(over, undefined)
    }
  })
  if (isLeased) yield* Effect.forkScoped(watch)
  const forget = (): void => {
    const [old] = [...held].find(([, { connections }]) => connections === 0) ?? []
    if (old !== undefined) held.delete(old)
  }
  const take = (lease: Lease): Held => {
    const known = held.get(lease.run) ?? { lease, connections: 0, sum: NO_SUM }
    known.lease = lease
    known.connections++
    held.set(lease.run, known)
    if (held.size > MAX_RUNS) forget()
    return known
  }
  return {
    secret: randomBytes(32).toString("hex"),
    hold: (lease: Lease) =>
      Effect.acquireUseRelease(
        Effect.zipLeft(
          Effect.sync(() => take(lease)),
          Deferred.succeed(first, undefined)
        ),
        () => Deferred.await(closing),
        (one) => Effect.sync(() => one.connections--)
      ),
    find: (run: string) => held.get(run)?.lease,
    isHeld: (run: string) => {
      const one = held.get(run)
      return one !== undefined && goesOn(one)
    },
    told: (run: string) => {
      const one = held.get(run)
      return one && { run, sum: one.sum }
    },
    add: (run: string, sum: Sum) => {
      const one = held.get(run)
      if (one !== undefined) one.sum = plusSum(one.sum, sum)
    },
    over: isLeased ? Deferred.await(over) : Effect.never,
    close: Effect.asVoid(Deferred.succeed(closing, undefined))
  }
})

export const layerLeases: Layer.Layer<Leases, never, ProxySettings> = Layer.scoped(Leases, make)

/** The recorder, with what belongs to a run added to its sum. */
export const layerTallied: Layer.Layer<Recorder, never, Recorder | Leases | Prices> = Layer.effect(
  Recorder,
  Effect.map(Effect.all([Recorder, Leases, Prices]), ([recorder, leases, prices]) => ({
    ...recorder,
    offer: (exchange, retries) =>
      Effect.flatMap(FiberRef.get(currentRun), (run) => {
        if (run !== undefined) leases.add(run, recentOf(prices, { ...exchange, id: "" }).sum)
        return recorder.offer(exchange, retries)
      })
  }))
)

/** The fields of a request with what its run says for it; what it says itself comes first. */
export const attributed = (headers: Headers, lease: Lease | undefined): Headers =>
  lease === undefined
    ? headers
    : {
        "x-headroom-project": lease.project,
        ...(lease.hasShell ? { "x-headroom-retrieval": "shell" } : {}),
        ...headers
      }
