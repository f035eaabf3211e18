/**
 * The same API for Effect: the service, its layer, the stores that it stands on, and the parser of source and the model of prose that it may be
 * given.
 */
export { layerTreeSitter } from "./adapters/code-parser/tree-sitter.ts"
export { layerMemory } from "./adapters/originals/memory.ts"
export { layerSqlite } from "./adapters/originals/sqlite.ts"
export { layerOnnx } from "./adapters/prose-model/onnx.ts"
export { Headroom } from "./pipeline/headroom.ts"
export { CodeParser, CodeParserError } from "./pipeline/ports/code-parser.ts"
export { Originals, OriginalsError } from "./pipeline/ports/originals.ts"
export { ProseModel, ProseModelError } from "./pipeline/ports/prose-model.ts"
export { RetrieveError } from "./pipeline/retrieve.ts"
export { layer } from "./pipeline/service.ts"
