import type { Compressor } from "../../domain/compressor.ts"
import { detectProse } from "./detect.ts"
export const prose: Compressor = { kind: "prose", version: 1, detect: detectProse, tile: () => undefined, codecs: [] }
