/**
 * A file that is opened when it is first needed and asked for again a while after it could not be, because a proxy outlives a full disk
 * or a locked file, and must neither wait for it at its start nor do without it ever after.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { OriginalsError } from "../../pipeline/ports/originals.ts"
import { type Database, type DatabaseOptions, layerDatabase, Store } from "./database.ts"

/** Opening costs milliseconds, and a disk is not freed from one request to the next. */
const AGAIN_MS = 2_000

const make = (open: Layer.Layer<Store, OriginalsError>): Effect.Effect<Database, never, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const turn = yield* Effect.makeSemaphore(1)
    let opened: Database | undefined
    let failure: { readonly error: OriginalsError; readonly at: number } | undefined
    const openNow: Effect.Effect<Database, OriginalsError> = Effect.gen(function* () {
      if (opened !== undefined) return opened
      const now = yield* Clock.currentTimeMillis
      if (failure !== undefined && now - failure.at < AGAIN_MS) return yield* failure.error
      return yield* Layer.buildWithScope(open, scope).pipe(
        Effect.map((context) => {
          opened = Context.get(context, Store)
          return opened
        }),
        Effect.tapError((error) => Effect.sync(() => (failure = { error, at: now })))
      )
    })
    const database = Effect.suspend(() =>
      opened === undefined ? turn.withPermits(1)(openNow) : Effect.succeed(opened)
    )
    return {
      read: (body) => Effect.flatMap(database, (to) => to.read(body)),
      write: (body) => Effect.flatMap(database, (to) => to.write(body))
    }
  })

/** The file, opened when it is needed; building this never fails. */
export const layerReopening = (options: DatabaseOptions): Layer.Layer<Store> =>
  Layer.scoped(Store, make(layerDatabase(options)))
