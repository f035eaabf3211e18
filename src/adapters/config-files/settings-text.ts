/** Edits to the text of a settings file that are checked by their meaning: what was parsed, changed and parsed again must come out equal. */
import { depthOf, type Edit, edited, reverted, sameSetting, settingAt, stands } from "../../domain/config-edit.ts"
import type { Format, Parsed, Unparsable } from "./format.ts"
import { json } from "./json.ts"
import { toml } from "./toml.ts"
import { yaml } from "./yaml.ts"

export type FormatName = "json" | "toml" | "yaml"
const formats: Readonly<Record<FormatName, Format>> = { json, toml, yaml }

export type TextEdit =
  | {
      readonly _tag: "Edited"
      readonly text: string
      /** The replaced value as the file had it. */
      readonly prior: string | undefined
      /** How many keys of the path there were before. */
      readonly depth: number
    }
  /** The value stands there already. */
  | { readonly _tag: "Standing" }
  /** The file's layout does not allow it, such as a table written within a line. */
  | { readonly _tag: "Unable" }
  | Unparsable

export const parseSettings = (format: FormatName, text: string): Parsed | Unparsable => formats[format].parse(text)

const means = (format: Format, text: string, value: unknown): boolean => {
  const parsed = format.parse(text)
  return parsed._tag === "Parsed" && value !== undefined && sameSetting(parsed.value, value)
}

export const editText = (name: FormatName, text: string, edit: Edit): TextEdit => {
  const format = formats[name]
  const before = format.parse(text)
  if (before._tag === "Unparsable") return before
  if (stands(before.value, edit)) return { _tag: "Standing" }
  const out = format.edited(text, edit)
  if (out === undefined || !means(format, out, edited(before.value, edit))) return { _tag: "Unable" }
  const prior = edit._tag === "Set" ? format.sourceAt(text, edit.at) : undefined
  // What could not be put back is not replaced.
  if (edit._tag === "Set" && prior === undefined && settingAt(before.value, edit.at) !== undefined)
    return { _tag: "Unable" }
  return { _tag: "Edited", text: out, prior, depth: depthOf(before.value, edit.at) }
}

export type TextReversal =
  | { readonly _tag: "Reverted"; readonly text: string }
  /** What the edit put there is there no longer: the user's own value is kept. */
  | { readonly _tag: "Gone" }
  | { readonly _tag: "Unable" }
  | Unparsable

export const revertText = (
  name: FormatName,
  text: string,
  edit: Edit,
  prior: string | undefined,
  depth: number
): TextReversal => {
  const format = formats[name]
  const before = format.parse(text)
  if (before._tag === "Unparsable") return before
  if (!stands(before.value, edit)) return { _tag: "Gone" }
  const out = format.reverted(text, edit, prior, depth)
  if (out === undefined) return { _tag: "Unable" }
  const after = format.parse(out)
  if (after._tag === "Unparsable") return { _tag: "Unable" }
  const old = prior === undefined ? undefined : settingAt(after.value, edit.at)
  return sameSetting(after.value, reverted(before.value, edit, old, depth))
    ? { _tag: "Reverted", text: out }
    : { _tag: "Unable" }
}
