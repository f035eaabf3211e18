/**
 * The script of the thread that answers `POST /v1/compress`: one request after another, over the user's store.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { parentPort, workerData } from "node:worker_threads"
import type { DatabaseOptions } from "../../adapters/originals/database.ts"
import { layerReopening } from "../../adapters/originals/reopening.ts"
import { layerOriginals } from "../../adapters/originals/sqlite.ts"
import { layer as layerHeadroom } from "../../pipeline/service.ts"
import { compressed, type ToCompress } from "./compression.ts"

const store = workerData as Required<Pick<DatabaseOptions, "filename" | "ending">>

const runtime = ManagedRuntime.make(
  layerHeadroom.pipe(Layer.provide(layerOriginals()), Layer.provide(layerReopening(store)))
)

parentPort?.on("message", (asked: ToCompress) => {
  runtime.runFork(Effect.map(compressed(asked), (page) => parentPort?.postMessage(page)))
})
