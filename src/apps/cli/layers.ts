/**
 * The layers of the command line. What is heavy (the compressors, the store, the vocabulary) loads when a command that needs it runs.
 */
import { existsSync } from "node:fs"
import * as CliConfig from "@effect/cli/CliConfig"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as NodeTerminal from "@effect/platform-node/NodeTerminal"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { layerPrices } from "../../adapters/prices/prices.ts"
import { layerEnvironment, Settings, storeFile } from "../../adapters/settings/settings.ts"
import type { Headroom, Mode } from "../../pipeline/headroom.ts"
import type { CodeParser } from "../../pipeline/ports/code-parser.ts"
import { Originals, OriginalsError } from "../../pipeline/ports/originals.ts"
import type { ProseModel } from "../../pipeline/ports/prose-model.ts"
import type { Ledger } from "../../pipeline/ports/ledger.ts"
import type { Sessions } from "../../pipeline/ports/sessions.ts"
import type { Tokenizer } from "../../pipeline/ports/tokenizer.ts"
import { layerScreen, Screen } from "./terminal.ts"

/** The store of the user's originals; a failure to load its driver is one of the store's. */
const layerStore: Layer.Layer<Originals, OriginalsError, Settings> = Layer.unwrapEffect(
  Effect.gen(function* () {
    const { home } = yield* Settings
    const { layerSqlite } = yield* Effect.tryPromise({
      try: () => import("../../adapters/originals/sqlite.ts"),
      catch: (cause) => new OriginalsError({ operation: "open", reason: "unavailable", cause })
    })
    return layerSqlite({ filename: storeFile(home) })
  })
)

/** Originals and ledger in the user's file, over one connection. */
const layerFile: Layer.Layer<Originals | Ledger, OriginalsError, Settings> = Layer.unwrapEffect(
  Effect.gen(function* () {
    const { home } = yield* Settings
    const [{ layerDatabase }, { layerOriginals }, { layerLedger }] = yield* Effect.tryPromise({
      try: () =>
        Promise.all([
          import("../../adapters/originals/database.ts"),
          import("../../adapters/originals/sqlite.ts"),
          import("../../adapters/ledger/sqlite.ts")
        ]),
      catch: (cause) => new OriginalsError({ operation: "open", reason: "unavailable", cause })
    })
    return Layer.merge(layerOriginals(), layerLedger()).pipe(
      Layer.provide(layerDatabase({ filename: storeFile(home) }))
    )
  })
)

const layerMemory: Layer.Layer<Originals> = Layer.unwrapEffect(
  Effect.map(
    Effect.promise(() => import("../../adapters/originals/memory.ts")),
    (module) => module.layerMemory()
  )
)

const layerMemoryLedger: Layer.Layer<Ledger> = Layer.unwrapEffect(
  Effect.map(
    Effect.promise(() => import("../../adapters/ledger/memory.ts")),
    (module) => module.layerMemory()
  )
)

/** The stores of a command that only reads: where there is none yet, none is made. */
export const layerStored: Layer.Layer<Originals | Ledger, OriginalsError, Settings> = Layer.unwrapEffect(
  Effect.map(
    Settings,
    ({ home }): Layer.Layer<Originals | Ledger, OriginalsError, Settings> =>
      existsSync(storeFile(home)) ? layerFile : Layer.merge(layerMemory, layerMemoryLedger)
  )
)

/** A store that cannot be used: nothing is hidden, for nothing could be given back. */
const layerClosed = (error: OriginalsError): Layer.Layer<Originals> => {
  const closed = Effect.fail(error)
  return Layer.succeed(Originals, {
    keep: () => closed,
    find: () => closed,
    search: () => closed,
    pinned: () => closed,
    viewOf: () => closed,
    sight: () => closed,
    collect: () => closed,
    purge: () => closed,
    stats: closed,
    record: () => closed,
    totals: () => closed
  })
}

/** Says so where an original could not be kept: its text goes on with nothing hidden, for it may be all that is left of an output. */
const layerTelling = (
  store: Layer.Layer<Originals, never, Settings>
): Layer.Layer<Originals, never, Settings | Screen> =>
  Layer.effect(
    Originals,
    Effect.gen(function* () {
      const originals = yield* Originals
      const screen = yield* Screen
      const { home } = yield* Settings
      let told = false
      const tell = (error: OriginalsError): Effect.Effect<void> => {
        if (told) return Effect.void
        told = true
        return screen.note(`headroom: ${storeFile(home)}: ${error.message}; nothing is hidden`)
      }
      return { ...originals, keep: (batch) => Effect.tapError(originals.keep(batch), tell) }
    })
  ).pipe(Layer.provide(store))

const layerStoreOrNone = layerTelling(Layer.catchAll(layerStore, (error) => layerClosed(error)))

const layerCodeParser: Layer.Layer<CodeParser> = Layer.unwrapEffect(
  Effect.map(
    Effect.promise(() => import("../../adapters/code-parser/tree-sitter.ts")),
    (module) => module.layerTreeSitter
  )
)

const layerHeadroom: Layer.Layer<Headroom, never, Originals> = Layer.unwrapEffect(
  Effect.map(
    Effect.promise(() => import("../../pipeline/service.ts")),
    (module) => module.layer
  )
).pipe(Layer.provide(layerCodeParser))

/** The model that chooses prose; that it cannot be used is said once. */
const layerProseModel: Layer.Layer<ProseModel, never, Settings | Screen> = Layer.unwrapEffect(
  Effect.gen(function* () {
    const { home, proseModel } = yield* Settings
    const screen = yield* Screen
    const [{ layerOnnx }, { modelNamed }] = yield* Effect.promise(() =>
      Promise.all([import("../../adapters/prose-model/onnx.ts"), import("../../adapters/prose-model/models.ts")])
    )
    return layerOnnx({
      model: modelNamed(home, proseModel),
      tell: (error) => screen.note(`headroom: ${error.message}`)
    })
  })
)

/** Where seconds may pass: the user waits for one text, and asked for what answers a question. */
const layerPatient: Layer.Layer<Headroom, never, Originals | Settings | Screen> = Layer.unwrapEffect(
  Effect.map(Settings, ({ proseModel }) =>
    proseModel === "off" ? layerHeadroom : layerHeadroom.pipe(Layer.provide(layerProseModel))
  )
)

const layerTokenizer: Layer.Layer<Tokenizer> = Layer.unwrapEffect(
  Effect.map(
    Effect.promise(() => import("../../adapters/tokenizer/gpt-tokenizer.ts")),
    (module) => module.layerGptTokenizer
  )
)

/** Only what may be hidden needs a store on disk. */
export const layerCompress = (mode: (settings: { readonly mode: Mode | undefined }) => Mode) =>
  Layer.unwrapEffect(
    Effect.map(Settings, (settings) =>
      layerPatient.pipe(Layer.provideMerge(mode(settings) === "offload" ? layerStoreOrNone : layerMemory))
    )
  )

export const layerStats = Layer.merge(layerStored, layerPrices)

export const layerShow = Layer.merge(layerPatient, layerPrices).pipe(Layer.provideMerge(layerStored))

export const layerSessions: Layer.Layer<Sessions> = Layer.unwrapEffect(
  Effect.map(
    Effect.promise(() => import("../../adapters/sessions/files.ts")),
    (module) => module.layerSessionFiles
  )
)

/** The demo leaves nothing on disk. */
export const layerDemo = Layer.merge(layerHeadroom, layerTokenizer).pipe(Layer.provideMerge(layerMemory))

/** Replays leave nothing on disk but what they are asked to. */
export const layerReplay = Layer.merge(layerDemo, layerSessions)

export const layerPerf = Layer.merge(layerReplay, layerPrices)

/** Logs go to standard error: standard output is for results. */
const layerLog = Layer.merge(
  Logger.replace(Logger.defaultLogger, Logger.withConsoleError(Logger.logfmtLogger)),
  Layer.unwrapEffect(Effect.map(Settings, (settings) => Logger.minimumLogLevel(settings.logLevel)))
)

/** Options of the parser's own would crowd out those of a command. */
const layerParser = CliConfig.layer({ showBuiltIns: false })

export const layerMain = Layer.mergeAll(
  layerParser,
  layerScreen,
  layerLog,
  NodeFileSystem.layer,
  NodePath.layer,
  NodeTerminal.layer
).pipe(Layer.provideMerge(layerEnvironment))
