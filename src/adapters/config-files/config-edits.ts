/**
 * Changes to other programs' settings files that can be taken back: surgical, one writer at a time, journaled before the file is touched.
 *
 * Laws, checked by property-tests/config-edits.test.ts:
 *  1. Applying and undoing gives the file byte for byte, where nobody else changed it; else everything but our keys is as others left it.
 *  2. Applying twice is applying once; undoing twice is undoing once.
 *  3. Killed between any two steps, the file is the old or the new one whole, and either call, made again, ends where it would have ended.
 *  4. A file that does not parse is not written.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { sameSetting, settingAt, stands } from "../../domain/config-edit.ts"
import { Settings } from "../settings/settings.ts"
import { type Applied, type Change, ConfigEditError, type Undone, unparsable, unusable } from "./change.ts"
import { entriesIn, make } from "./edit-files.ts"
import { journalFile } from "./journal-file.ts"
import { parseSettings } from "./settings-text.ts"
import { readText } from "./text-file.ts"

/** ours: as asked for. earlier: what the same owner put there before. other: another value is there. absent: nothing is there. */
export type Standing = "ours" | "earlier" | "other" | "absent"

export class ConfigEdits extends Context.Tag("headroom/ConfigEdits")<
  ConfigEdits,
  {
    readonly apply: (change: Change) => Effect.Effect<Applied, ConfigEditError>
    /** Takes back what the owner did. Edits of `known` go too where they stand and the journal was lost. */
    readonly undo: (owner: string, known?: Change) => Effect.Effect<ReadonlyArray<Undone>, ConfigEditError>
    /** How each edit of the change stands in its file. */
    readonly inspect: (change: Change) => Effect.Effect<ReadonlyArray<Standing>, ConfigEditError>
    /** The owners that have something to undo. */
    readonly owners: Effect.Effect<ReadonlySet<string>, ConfigEditError>
  }
>() {}

const standingOf = (home: string, change: Change): ReadonlyArray<Standing> => {
  const parsed = parseSettings(change.format, readText(change.file) ?? "")
  if (parsed._tag === "Unparsable") throw unparsable(change.file, change.format, parsed.line, parsed.what)
  const own = entriesIn(home).filter(({ owner, file }) => owner === change.owner && file === change.file)
  return change.edits.map((edit) => {
    if (stands(parsed.value, edit)) return "ours"
    const before = own.some((entry) => sameSetting(entry.edit.at, edit.at) && stands(parsed.value, entry.edit))
    if (before) return "earlier"
    return edit._tag === "Set" && settingAt(parsed.value, edit.at) !== undefined ? "other" : "absent"
  })
}

/** Synchronous work whose failures are values; anything else is a bug. */
const attempt = <A>(file: string, work: () => A): Effect.Effect<A, ConfigEditError> =>
  Effect.try({ try: work, catch: (error) => (error instanceof ConfigEditError ? error : unusable(file, error)) })

/** `step` is called before each step that a crash could come before; for tests. */
export const makeConfigEdits = (home: string, step?: (name: string) => void): ConfigEdits["Type"] => {
  const files = make(home, step ?? (() => {}))
  return {
    apply: (change) => attempt(change.file, () => files.apply(change)),
    undo: (owner, known) => attempt(known?.file ?? journalFile(home), () => files.undo(owner, known)),
    inspect: (change) => attempt(change.file, () => standingOf(home, change)),
    owners: attempt(journalFile(home), () => new Set(entriesIn(home).map((entry) => entry.owner)))
  }
}

export const layerConfigEdits: Layer.Layer<ConfigEdits, never, Settings> = Layer.effect(
  ConfigEdits,
  Effect.map(Settings, ({ home }) => makeConfigEdits(home))
)
