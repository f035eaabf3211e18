import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layerMemory } from "../../src/adapters/originals/memory.ts"
import { layerSqlite } from "../../src/adapters/originals/sqlite.ts"
import { originalsContract } from "../contracts/originals.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "originals-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

originalsContract("originals in memory", layerMemory)
originalsContract("originals in SQLite", (options) =>
  Layer.unwrapScoped(
    Effect.map(folder, (path) => layerSqlite({ filename: join(path, "deep", "originals.db"), ...options }))
  )
)
