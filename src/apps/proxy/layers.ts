/** The parts of the proxy, put together. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { availableParallelism } from "node:os"
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
import type { Engine } from "../../pipeline/ports/engine.ts"
import type { Ledger } from "../../pipeline/ports/ledger.ts"
import type { Originals } from "../../pipeline/ports/originals.ts"
import { layerRecorder } from "../../pipeline/recorder.ts"
import { layerRewriter } from "../../pipeline/rewrite-request.ts"
import type { Rewriter } from "../../pipeline/rewriter.ts"
import { layer as layerHeadroom } from "../../pipeline/service.ts"
import { layerEngine } from "../../pipeline/settle-slots.ts"
import { layerLeases, layerTallied } from "./leases.ts"
import { layerCounted, layerMetrics } from "./metrics.ts"

/** What new content may hold a request up for. */
const DEADLINE_MS = 250
/** Between two looks at the clock a thread may be in the middle of a large output. */
const THREAD_GRACE_MS = 50
const MAX_WAITING = 64
/** Conversations that go on at the same time, about thirty of 500 kB. */
const MEMORY_BYTES = 16 << 20

/** Originals and ledger in one file, which the engine's threads have open too. */
const layerStore: Layer.Layer<Originals | Ledger, never, Settings> = Layer.unwrapEffect(
  Effect.map(Settings, ({ home }) =>
    Layer.merge(layerOriginals(), layerLedger()).pipe(Layer.provide(layerReopening({ filename: storeFile(home) })))
  )
)

/** The engine on threads that run `script`, one core left to the streams; on this thread where they cannot be started. */
const layerThreaded = (script: URL | undefined, fades: boolean): Layer.Layer<Engine, never, Settings | Originals> =>
  script === undefined
    ? layerEngine
    : Layer.unwrapEffect(
        Effect.map(Settings, ({ home }) =>
          layerThreads({
            script,
            told: { filename: storeFile(home) },
            threads: Math.min(4, Math.max(1, availableParallelism() - 1)),
            fades,
            graceMs: THREAD_GRACE_MS,
            maxWaiting: MAX_WAITING
          })
        )
      ).pipe(Layer.catchAll(() => layerEngine))

const layerRequests = (script: URL | undefined): Layer.Layer<Rewriter, never, Settings | ProxySettings | Originals> =>
  Layer.unwrapEffect(
    Effect.map(Effect.all([Settings, ProxySettings]), ([{ mode = "visible", treatments }, { stabilises, fading }]) =>
      layerRewriter({
        mode,
        treatments,
        fading,
        stabilises,
        deadlineMs: DEADLINE_MS,
        memoryBytes: MEMORY_BYTES,
        hash: hashParts,
        same: sameBytes
      }).pipe(Layer.provide(layerThreaded(mode === "off" ? undefined : script, mode === "offload" && fading !== "off")))
    )
  )

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
  Layer.provideMerge(layerTallied),
  Layer.provideMerge(layerRecorder),
  Layer.provideMerge(layerLeases),
  Layer.provideMerge(layerZlib),
  Layer.provideMerge(layerUpstream),
  Layer.merge(layerHeadroom)
)

/** `script` is what the engine's threads run, plain JavaScript; without it the engine shares this thread. */
export const layerProxy = (script: URL | undefined) =>
  layerParts.pipe(
    Layer.provide(layerRequests(script)),
    Layer.provideMerge(layerCounted),
    Layer.provideMerge(layerStore),
    Layer.provideMerge(Layer.merge(layerMetrics, layerPrices))
  )
