/** The MCP server as an app: the tools over the user's store, served over the one transport or the other. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layerMemory } from "../../adapters/originals/memory.ts"
import { layerSqlite } from "../../adapters/originals/sqlite.ts"
import { Settings, storeFile } from "../../adapters/settings/settings.ts"
import { layer } from "../../pipeline/service.ts"
import { type ListenError, PATH, serveHttp } from "./http.ts"
import { serveStdio } from "./stdio.ts"

/** Where the file cannot be used, what is hidden can be got back as long as this process lives. */
const layerStore = Layer.unwrapEffect(
  Effect.map(Settings, ({ home }) =>
    Layer.catchAll(layerSqlite({ filename: storeFile(home) }), (error) =>
      Layer.unwrapEffect(Effect.as(Effect.logWarning(error.message), layerMemory()))
    )
  )
)

const serveOn = (port: number) =>
  Effect.scoped(
    Effect.flatMap(serveHttp(port), (taken) => {
      process.stderr.write(`headroom: MCP server at http://127.0.0.1:${taken}${PATH}\n`)
      return Effect.never
    })
  )

/** Over standard input and output without a port. */
export const serve = (port: number | undefined): Effect.Effect<void, ListenError, Settings> =>
  Effect.provide(port === undefined ? serveStdio : serveOn(port), Layer.provideMerge(layer, layerStore))
