/**
 * Content: a text with what is known of its kind, because each kind is compressed by what it is.
 *
 * What a compressor cannot compute purely (sentence scores of a model, a syntax outline) stands here as data.
 */
import { lineAt, lineStarts } from "./lines.ts"
import { type Outline, outlineWithin } from "./outline.ts"
import { type Relevance, relevanceWithin } from "./relevance.ts"
import type { Spans } from "./spans.ts"

/** Kinds known so far, and what has none. */
export const KINDS = [
  "json",
  "log",
  "search",
  "diff",
  "prose",
  "code",
  "html",
  "table",
  "listing",
  "lockfile",
  "structure",
  "blob",
  "text"
] as const

/** Users register kinds of their own under other names. */
export type Kind = (typeof KINDS)[number] | (string & {})

export interface Content {
  readonly kind: Kind
  readonly text: string
  /** Where the text came from: a file's text is matched by later edits, so its lines stay as they are to the last blank. */
  readonly origin: Origin
  /** The commands that printed it, where the call names them, as `Hint.commands` has them. */
  readonly commands?: ReadonlyArray<string>
  /** What a source text declares, by its lines, where the pipeline has found that its bodies may be hidden. */
  readonly outline?: Outline
  /** How near its passages come to the question, where the pipeline has asked a model. */
  readonly relevance?: Relevance
  /** The number of the text's first line: 1, unless it is a part of a larger text. */
  readonly firstLine?: number
}

export type Origin = "file" | "output"

/** Makes a content of what stands under spans of another. `text`: what is there, less what was stripped. */
export type PartOf = (kind: Kind, text: string, spans: Spans) => Content

/** Parts of a content: each has what of the outline and of the relevance is its own, and its lines are numbered as in the whole. */
export const partsOf = ({ text: whole, origin, commands, outline, relevance, firstLine = 1 }: Content): PartOf => {
  const starts = lineStarts(whole)
  const source = { origin, ...(commands === undefined ? {} : { commands }) }
  return (kind, text, spans) => {
    const judged = relevance === undefined ? {} : { relevance: relevanceWithin(relevance, spans) }
    const from = lineAt(starts, spans[0] as number)
    const to = lineAt(starts, (spans[spans.length - 1] as number) - 1) + 1
    // Stripped noise may have held line breaks: then no line is where the outline has it.
    if (lineStarts(text).length !== to - from) return { kind, text, ...source, outline: [], ...judged }
    const own = outline === undefined ? {} : { outline: outlineWithin(outline, from, to) }
    return { kind, text, ...source, firstLine: firstLine + from, ...own, ...judged }
  }
}

/** What the caller knows beforehand: the tool that printed the text and its command line or arguments. */
export interface Hint {
  /** Lower-case words that name the producer: the tool's name and the commands of its shell line, such as `rg`, `git diff`. */
  readonly commands: ReadonlyArray<string>
  readonly origin: Origin
  /** Names of files whose text it is, where the call names them. */
  readonly files?: ReadonlyArray<string>
}

export const noHint: Hint = { commands: [], origin: "output" }
