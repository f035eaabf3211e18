/**
 * Content: a text with what is known of its kind, because each kind is compressed by what it is.
 *
 * What a compressor cannot compute purely (sentence scores of a model, a syntax outline) stands here as data.
 */

/** Kinds known so far; users register kinds of their own under other names. */
export type Kind = "json" | "log" | "search" | "diff" | "prose" | "text" | (string & {})

export interface Content {
  readonly kind: Kind
  readonly text: string
  /** Where the text came from: a file's text is matched by later edits, so its lines stay as they are to the last blank. */
  readonly origin: Origin
}

export type Origin = "file" | "output"

/** What the caller knows beforehand: the tool that printed the text and its command line or arguments. */
export interface Hint {
  /** Lower-case words that name the producer: the tool's name and the commands of its shell line, such as `rg`, `git diff`. */
  readonly commands: ReadonlyArray<string>
  readonly origin: Origin
}

export const noHint: Hint = { commands: [], origin: "output" }
