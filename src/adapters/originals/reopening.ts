/**
 * A store that is opened when it is first needed and asked for again a while after it could not be, because a proxy outlives a full
 * disk or a locked file, and must neither wait for it at its start nor do without it ever after.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { Originals, type OriginalsError } from "../../pipeline/ports/originals.ts"

/** Opening costs milliseconds, and a disk is not freed from one request to the next. */
const AGAIN_MS = 2_000

type Store = Originals["Type"]

const make = (open: Layer.Layer<Originals, OriginalsError>): Effect.Effect<Store, never, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const turn = yield* Effect.makeSemaphore(1)
    let opened: Store | undefined
    let failure: { readonly error: OriginalsError; readonly at: number } | undefined
    const openNow: Effect.Effect<Store, OriginalsError> = Effect.gen(function* () {
      if (opened !== undefined) return opened
      const now = yield* Clock.currentTimeMillis
      if (failure !== undefined && now - failure.at < AGAIN_MS) return yield* failure.error
      return yield* Layer.buildWithScope(open, scope).pipe(
        Effect.map((context) => {
          opened = Context.get(context, Originals)
          return opened
        }),
        Effect.tapError((error) => Effect.sync(() => (failure = { error, at: now })))
      )
    })
    const store = Effect.suspend(() => (opened === undefined ? turn.withPermits(1)(openNow) : Effect.succeed(opened)))
    const use = <A>(work: (opened: Store) => Effect.Effect<A, OriginalsError>) => Effect.flatMap(store, work)
    return {
      keep: (batch) => use((to) => to.keep(batch)),
      find: (ref) => use((to) => to.find(ref)),
      search: (query, limit) => use((to) => to.search(query, limit)),
      pinned: (keys) => use((to) => to.pinned(keys)),
      sight: (refs, session) => use((to) => to.sight(refs, session)),
      collect: (limits) => use((to) => to.collect(limits)),
      purge: (filter) => use((to) => to.purge(filter)),
      stats: use((to) => to.stats),
      record: (rows) => use((to) => to.record(rows)),
      totals: (filter) => use((to) => to.totals(filter))
    }
  })

/** The store over a layer that opens it; building it never fails. */
export const layerReopening = (open: Layer.Layer<Originals, OriginalsError>): Layer.Layer<Originals> =>
  Layer.scoped(Originals, make(open))
