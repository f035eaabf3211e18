/** The journal of edits to settings files: what was put where and what stood there before, written before the file and until it is undone. */
import * as Schema from "effect/Schema"
import { createHash } from "node:crypto"
import { join } from "node:path"
import type { Setting } from "../../domain/config-edit.ts"
import { journalFile } from "./journal-file.ts"
import { readText, replaceText } from "./text-file.ts"

const Value: Schema.Schema<Setting> = Schema.suspend(() =>
  Schema.Union(
    Schema.String,
    Schema.Number,
    Schema.Boolean,
    Schema.Null,
    Schema.Array(Value),
    Schema.Record({ key: Schema.String, value: Schema.UndefinedOr(Value) })
  )
)

const Entry = Schema.Struct({
  /** Who made it, such as `mcp/cursor`. */
  owner: Schema.String,
  file: Schema.String,
  format: Schema.Literal("json", "toml", "yaml"),
  edit: Schema.Struct({ _tag: Schema.Literal("Set", "Add"), at: Schema.Array(Schema.String), value: Value }),
  /** The value that it replaced, as the file had it. */
  prior: Schema.optional(Schema.String),
  /** How many keys of the place there were before. */
  depth: Schema.Number,
  /** The file was not there before; `folders` were made for it. */
  created: Schema.Boolean,
  folders: Schema.Array(Schema.String),
  /** The text's digest after the edit, and how it is undone while it is unchanged: `inserted` at `at` was `removed`. */
  after: Schema.String,
  at: Schema.Number,
  removed: Schema.String,
  inserted: Schema.String
})
export type Entry = typeof Entry.Type

const Journal = Schema.Struct({ version: Schema.Literal(1), entries: Schema.Array(Entry) })
const JournalText = Schema.parseJson(Journal, { space: 1 })

export const lockIn = (home: string): string => join(home, "edits.lock")

/** The entries, oldest first; throws where the journal is damaged. */
export const readJournal = (home: string): ReadonlyArray<Entry> => {
  const text = readText(journalFile(home))
  return text === undefined ? [] : Schema.decodeSync(JournalText)(text).entries
}

/** Called while the lock is held. */
export const writeJournal = (home: string, entries: ReadonlyArray<Entry>): void => {
  replaceText(journalFile(home), `${Schema.encodeSync(JournalText)({ version: 1, entries })}\n`)
}

export const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex")

/** The one place in which two texts differ. */
export const difference = (before: string, after: string): Pick<Entry, "at" | "removed" | "inserted"> => {
  const most = Math.min(before.length, after.length)
  let at = 0
  while (at < most && before[at] === after[at]) at++
  let tail = 0
  while (tail < most - at && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++
  return { at, removed: before.slice(at, before.length - tail), inserted: after.slice(at, after.length - tail) }
}

/** The text before the edit, exactly, where it is still the text after it. */
export const textBefore = (text: string, entry: Entry): string | undefined =>
  digestOf(text) === entry.after
    ? text.slice(0, entry.at) + entry.removed + text.slice(entry.at + entry.inserted.length)
    : undefined
