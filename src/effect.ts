/** The same API for Effect: the service, its layer, and the stores that it may stand on. */
export { layerMemory } from "./adapters/originals/memory.ts"
export { layerSqlite } from "./adapters/originals/sqlite.ts"
export { Headroom } from "./pipeline/headroom.ts"
export { Originals, OriginalsError } from "./pipeline/ports/originals.ts"
export { RetrieveError } from "./pipeline/retrieve.ts"
export { layer } from "./pipeline/service.ts"
