/** What is asked of settings files, what came of it, and why it could not be. */
import * as Schema from "effect/Schema"
import type { Edit } from "../../domain/config-edit.ts"
import { journalFile } from "./journal-file.ts"
import type { FormatName } from "./settings-text.ts"

/** All that one owner wants to stand in one file. */
export interface Change {
  /** Who asks, such as `mcp/cursor`; its earlier edits of the file that are not asked for again are undone. */
  readonly owner: string
  readonly file: string
  readonly format: FormatName
  readonly edits: ReadonlyArray<Edit>
  /** Replace a value that somebody else put there; it comes back with `undo`. */
  readonly force?: boolean
}

/** standing: as asked for already. */
export type Applied = "applied" | "standing"

export interface Undone {
  readonly file: string
  /** undone: as before. kept: somebody changed the value since, and theirs stays. removed: the file was ours alone. */
  readonly outcome: "undone" | "kept" | "removed"
}

/**
 * unparsable: the file is not in its format. taken: another value stands at the place. unable: the file's layout does not allow the edit.
 * busy: others write it all the time. unusable: it cannot be read or written. damaged: our own journal cannot be read.
 */
export class ConfigEditError extends Schema.TaggedError<ConfigEditError>()("ConfigEditError", {
  reason: Schema.Literal("unparsable", "taken", "unable", "busy", "unusable", "damaged"),
  file: Schema.String,
  /** What is wrong, and the way out. */
  detail: Schema.String
}) {
  override get message(): string {
    return `${this.file}: ${this.detail}`
  }
}

export const unusable = (file: string, error: unknown): ConfigEditError =>
  new ConfigEditError({
    reason: "unusable",
    file,
    detail:
      error instanceof TypeError
        ? "is not UTF-8 text; it was left as it is"
        : `cannot be used: ${error instanceof Error ? error.message : String(error)}`
  })

export const unparsable = (file: string, format: FormatName, line: number, what: string): ConfigEditError =>
  new ConfigEditError({
    reason: "unparsable",
    file,
    detail: `line ${line} is not valid ${format.toUpperCase()} (${what}); mend it, then try again. It was left as it is`
  })

export const damaged = (home: string): ConfigEditError =>
  new ConfigEditError({
    reason: "damaged",
    file: journalFile(home),
    detail: "is damaged, so that nothing can be undone by it; move it away and nothing of its edits is remembered"
  })
