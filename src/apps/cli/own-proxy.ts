/** A proxy of the command's own, before a vendor on the loopback, with a store that goes when it does. */
import type * as Clock from "effect/Clock"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { ProxyFlags } from "../../adapters/settings/proxy.ts"
import { Settings } from "../../adapters/settings/settings.ts"
import type { Mode } from "../../pipeline/headroom.ts"
import { Apps } from "./apps.ts"
import { CommandError } from "./errors.ts"

const folder: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "headroom-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
)

export interface OwnProxy {
  readonly mode: Mode
  readonly fading?: ProxyFlags["fading"]
  /** The time that the proxy takes it to be; without it, the time that it is. */
  readonly clock?: Clock.Clock
}

/** Starts the proxy; gives its address. */
export const startProxy = (
  vendor: string,
  { mode, fading, clock }: OwnProxy
): Effect.Effect<string, CommandError, Apps | Settings | Scope.Scope> =>
  Effect.gen(function* () {
    const apps = yield* Apps
    const settings = { ...(yield* Settings), home: yield* folder, mode }
    const serve = yield* Effect.promise(apps.proxy)
    const started = yield* Deferred.make<string, CommandError>()
    const flags = { host: "127.0.0.1", port: 0, fading }
    const served = serve(flags, ({ address }) => Deferred.unsafeDone(started, Effect.succeed(address))).pipe(
      Effect.provideService(Settings, settings),
      Effect.withConfigProvider(ConfigProvider.fromMap(new Map([["ANTHROPIC_TARGET_API_URL", vendor]]))),
      Effect.catchAll(({ message }) => Deferred.fail(started, new CommandError({ message })))
    )
    yield* Effect.forkScoped(clock === undefined ? served : Effect.withClock(served, clock))
    return yield* Deferred.await(started)
  })

/** Sends a request of Anthropic's messages through it, by a client that can get hidden text back. */
export const sendThrough = (address: string, body: string): Effect.Effect<void, CommandError> =>
  Effect.tryPromise({
    try: async () => {
      const headers = { "content-type": "application/json", "x-api-key": "demo", "x-headroom-retrieval": "shell" }
      const answer = await fetch(`${address}/v1/messages`, { method: "POST", headers, body })
      await answer.arrayBuffer()
    },
    catch: () => new CommandError({ message: "headroom's own proxy did not answer on the loopback" })
  })
