/**
 * Every kind in one ordered list: where two detectors are equally sure the earlier one has it, so the stricter grammar stands first.
 */
import type { Compressor } from "../domain/compressor.ts"
import type { Hint, Kind } from "../domain/content.ts"
import type { Codec } from "../domain/tiling.ts"
import { gutterCodec } from "../domain/fold.ts"
import type { Registry } from "./decide.ts"
import { blob } from "./blob/blob.ts"
import { code } from "./code/code.ts"
import { type Route, route } from "./detect.ts"
import { diff } from "./diff/diff.ts"
import { jsonTextCodec } from "./json-text.ts"
import { html } from "./html/html.ts"
import { json } from "./json/json.ts"
import { listing } from "./listing/listing.ts"
import { lockfile } from "./lockfile/lockfile.ts"
import { log, tileBlocks } from "./log/log.ts"
import { isMixed, mixedOf, split } from "./mixed.ts"
import { prose } from "./prose/prose.ts"
import { search } from "./search/search.ts"
import { structure } from "./structure/structure.ts"
import { table } from "./table/table.ts"
import { withTools } from "./tools/tools.ts"

export const compressors: ReadonlyArray<Compressor> = [
  search,
  diff,
  lockfile,
  json,
  html,
  table,
  listing,
  structure,
  blob,
  withTools(log),
  prose,
  code
]

/** A kind this sure is not looked through for parts of other kinds; lines of source may stand around anything. */
const isWhole = ({ kind, confidence }: Route): boolean => kind !== "text" && confidence >= (kind === "code" ? 1 : 0.9)

/** Decoders of every codec that a view's pieces can name. */
const codecsOf = (list: ReadonlyArray<Compressor>): ReadonlyMap<string, Codec["decode"]> =>
  new Map(
    [gutterCodec, jsonTextCodec, ...list.flatMap((compressor) => compressor.codecs)].map((codec) => [
      codec.name,
      codec.decode
    ])
  )

/** The registry over a caller's own kinds, asked first, and the built-in ones. */
export const registryOf = (custom: ReadonlyArray<Compressor> = []): Registry => {
  const list = [...custom, ...compressors]
  const all = [...list, mixedOf(list)]
  return {
    codecs: codecsOf(all),
    route: (text: string, hint: Hint): Kind => {
      const routed = route(text, hint, list)
      const { kind } = routed
      if (isWhole(routed)) return kind
      const parts = split(text, (part) => (part.length === text.length ? kind : route(part, hint, list).kind))
      return isMixed(parts, kind) ? "mixed" : kind
    },
    compressorOf: (kind) => all.find((compressor) => compressor.kind === kind),
    // A path that begins many lines is printed once, whatever else the text holds.
    encodeLines: (text) =>
      search.tile(
        { kind: "search", text, origin: "output" },
        { visibleOnly: true, budgetTokens: Infinity, question: "" }
      ),
    encodeBlocks: (text) => tileBlocks({ text, origin: "output" })
  }
}

export const registry: Registry = registryOf()
