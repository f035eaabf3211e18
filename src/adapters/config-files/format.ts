/** What a settings format must do to be edited in place; the text stays the user's, so an edit touches what it changes and nothing else. */
import type { Edit, SettingPath } from "../../domain/config-edit.ts"

/** Why a text is no settings file of its format, as a user can find it: the place, then what is wrong there. */
export interface Unparsable {
  readonly _tag: "Unparsable"
  readonly line: number
  readonly what: string
}

export interface Parsed {
  readonly _tag: "Parsed"
  /** Plain values; an empty text is an empty table. */
  readonly value: unknown
}

export interface Format {
  readonly parse: (text: string) => Parsed | Unparsable
  /** The text of the value at the place, as the file has it; undefined where there is none. */
  readonly sourceAt: (text: string, at: SettingPath) => string | undefined
  /** The text with the edit made, or undefined where this format cannot say it there. The caller checks what came out. */
  readonly edited: (text: string, edit: Edit) => string | undefined
  /** The text with the edit taken back: `prior` is what `sourceAt` gave, and tables below `depth` go where they are empty. */
  readonly reverted: (text: string, edit: Edit, prior: string | undefined, depth: number) => string | undefined
}

/** Offset to line, from 1. */
export const lineOf = (text: string, offset: number): number => text.slice(0, offset).split("\n").length

export const eolOf = (text: string): string => (text.includes("\r\n") ? "\r\n" : "\n")

/** The blanks that begin the line of the offset. */
export const indentAt = (text: string, offset: number): string => {
  const start = text.lastIndexOf("\n", offset - 1) + 1
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? ""
}

/** Whether only blanks stand before the offset on its line. */
export const beginsLine = (text: string, offset: number): boolean => {
  const start = text.lastIndexOf("\n", offset - 1) + 1
  return text.slice(start, offset).trim() === ""
}
