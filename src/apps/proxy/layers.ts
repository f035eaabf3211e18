/** The parts of the proxy, put together. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { hashParts, sameBytes } from "../../adapters/bytes/node.ts"
import { layerZlib } from "../../adapters/encodings/zlib.ts"
import { layerThreads } from "../../adapters/engine/threads.ts"
import { layerLedger } from "../../adapters/ledger/sqlite.ts"
import { layerReopening } from "../../adapters/originals/reopening.ts"
import { layerOriginals } from "../../adapters/originals/sqlite.ts"
import { layerPrices } from "../../adapters/prices/prices.ts"
import { ProxySettings } from "../../adapters/settings/proxy.ts"
import { Settings, storeFile } from "../../adapters/settings/settings.ts"
import { layerConnections } from "../../adapters/upstream/dispatcher.ts"
import { layerTunnels } from "../../adapters/upstream/tunnel.ts"
import { layerUndici } from "../../adapters/upstream/undici.ts"
import { layerExchanges } from "../../pipeline/exchange.ts"
import type { Headroom } from "../../pipeline/headroom.ts"
import type { Engine } from "../../pipeline/ports/engine.ts"
import { layerCold, layerKeepWarm } from "../../pipeline/keep-warm.ts"
import { Ledger } from "../../pipeline/ports/ledger.ts"
import type { Originals } from "../../pipeline/ports/originals.ts"
import { layerRecorder } from "../../pipeline/recorder.ts"
import { layerRewriter } from "../../pipeline/rewrite-request.ts"
import type { Rewriter } from "../../pipeline/rewriter.ts"
import { layer as layerHeadroom } from "../../pipeline/service.ts"
import { layerEngine } from "../../pipeline/settle-slots.ts"
import { type Compression, layerCompression } from "./compression.ts"
import { layerBeside } from "./compression-beside.ts"
import { Habits, layerHabits, timing } from "./habits.ts"
import { layerLeases, layerTallied } from "./leases.ts"
import { layerCounted, layerMetrics } from "./metrics.ts"

/**
 * What new content may hold a request up for, as long as a person does not notice in an answer that takes seconds to begin: 200 kB take 40 ms on
 * two busy cores (`npm run bench:proxy`, "all new"), a megabyte 200.
 */
const DEADLINE_MS = 250
/** Between two looks at the clock a thread may be in the middle of an output: one of 250 kB. */
const THREAD_GRACE_MS = 50
/** Jobs of 4 ms, such as 10 kB take, that fit into the deadline: whoever came behind them would be overdue. */
const MAX_WAITING = 64
/** For the largest body that is read: 32 MiB at 2 MB/s, as slow as a whole decision runs where nothing is hidden. */
const COMPRESS_DEADLINE_MS = 16_000
/** As undici keeps idle connections: who asks for compression asks again soon, or no more today. */
const COMPRESS_IDLE_MS = 60_000
/**
 * Conversations that go on at the same time, a dozen of 500 kB: one that is forgotten is read again from its beginning, 6 to 12 ms for 500 kB,
 * and its slots are asked of the store.
 */
const MEMORY_BYTES = 6 << 20

/** Originals and ledger in one file, which the engine's threads have open too. */
const layerStore: Layer.Layer<Originals | Ledger, never, Settings> = Layer.unwrapEffect(
  Effect.map(Settings, ({ home }) =>
    Layer.merge(layerOriginals(), layerLedger()).pipe(Layer.provide(layerReopening({ filename: storeFile(home) })))
  )
)

/**
 * Each takes 35 MB, and 15 more for what it remembers; one decides what is new in a request of an agent, mostly less than 10 kB, in less than
 * 10 ms (`npm run bench:proxy`, "all new"): enough for as many agents as a person runs.
 */
const THREADS = 1

/** The engine on threads that run `script`; on this thread where they cannot be started. */
const layerThreaded = (script: URL | undefined, fades: boolean): Layer.Layer<Engine, never, Settings | Originals> =>
  script === undefined
    ? layerEngine
    : Layer.unwrapEffect(
        Effect.map(Settings, ({ home }) =>
          layerThreads({
            script,
            told: { filename: storeFile(home) },
            threads: THREADS,
            fades,
            graceMs: THREAD_GRACE_MS,
            maxWaiting: MAX_WAITING
          })
        )
      ).pipe(Layer.catchAll(() => layerEngine))

/** `POST /v1/compress` on a thread beside the engine's, on this one where there are none. */
const layerCompressing = (script: URL | undefined): Layer.Layer<Compression, never, Settings | Headroom> =>
  script === undefined
    ? layerCompression
    : Layer.unwrapEffect(
        Effect.map(Settings, ({ home }) =>
          layerBeside({
            script: new URL("./compression-thread.js", script),
            told: { filename: storeFile(home) },
            deadlineMs: COMPRESS_DEADLINE_MS,
            idleMs: COMPRESS_IDLE_MS
          })
        )
      )

/** Built once, for the rewriter and for whoever keeps caches warm. */
const layerWarm = Layer.unwrapEffect(
  Effect.map(Effect.all([ProxySettings, Habits]), ([{ keepsWarm }, habits]) =>
    keepsWarm ? layerKeepWarm(habits) : layerCold
  )
).pipe(Layer.provide(layerHabits))

const layerRequests = (
  script: URL | undefined
): Layer.Layer<Rewriter, never, Settings | ProxySettings | Originals | Ledger> =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const { mode = "visible", treatments } = yield* Settings
      const { stabilises, fading } = yield* ProxySettings
      const ledger = yield* Ledger
      const fades = mode === "offload" && fading !== "off"
      const timed = yield* timing
      return layerRewriter({
        mode,
        treatments,
        fading,
        lastAt: (conversation) => Effect.orElseSucceed(ledger.lastSeen(conversation), () => undefined),
        stabilises,
        ...(timed === undefined ? {} : { timing: timed }),
        deadlineMs: DEADLINE_MS,
        memoryBytes: MEMORY_BYTES,
        hash: hashParts,
        same: sameBytes
      }).pipe(Layer.provide(layerThreaded(mode === "off" ? undefined : script, fades)))
    })
  ).pipe(Layer.provide(layerHabits))

const layerUpstream = Layer.unwrapEffect(
  Effect.map(ProxySettings, ({ answerTimeoutMs: headersTimeoutMs, ...settings }) =>
    Layer.merge(layerUndici, layerTunnels).pipe(Layer.provide(layerConnections({ ...settings, headersTimeoutMs })))
  )
)

const layerPassing = Layer.unwrapEffect(
  Effect.map(Effect.all([ProxySettings, Settings]), ([{ maxReadBytes, maxRetries }, { project }]) =>
    layerExchanges({ maxDecodedBytes: maxReadBytes, maxRetries, project })
  )
)

/** Everything behind the door but the rewriter and the stores. */
export const layerParts = layerPassing.pipe(
  Layer.provideMerge(layerWarm),
  Layer.provideMerge(layerTallied),
  Layer.provideMerge(layerRecorder),
  Layer.provideMerge(layerLeases),
  Layer.provideMerge(layerZlib),
  Layer.provideMerge(layerUpstream),
  Layer.merge(layerHeadroom)
)

/** `script` is what the engine's threads run, plain JavaScript; without it the engine shares this thread. */
export const layerProxy = (script: URL | undefined) =>
  layerCompressing(script).pipe(
    Layer.provideMerge(layerParts),
    Layer.provide(layerRequests(script)),
    Layer.provideMerge(layerCounted),
    Layer.provideMerge(layerStore),
    Layer.provideMerge(Layer.merge(layerMetrics, layerPrices))
  )
