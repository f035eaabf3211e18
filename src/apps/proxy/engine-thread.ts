/** The script of the engine's threads: the engine over the user's store. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { workerData } from "node:worker_threads"
import { serve } from "../../adapters/engine/serve.ts"
import type { DatabaseOptions } from "../../adapters/originals/database.ts"
import { layerReopening } from "../../adapters/originals/reopening.ts"
import { layerOriginals } from "../../adapters/originals/sqlite.ts"
import { layerEngine } from "../../pipeline/settle-slots.ts"

const store = workerData as Required<Pick<DatabaseOptions, "filename" | "ending">>

const layerStored = Layer.provide(layerOriginals(), layerReopening(store))

Effect.runFork(serve.pipe(Effect.provide(Layer.provide(layerEngine, layerStored))))
