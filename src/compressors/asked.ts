/**
 * What the decision for a slot is asked, and what is known once its text was looked at: its kind, how true to the letter it must stay,
 * the text inside its wrapper.
 */
import type { Compressor, Want } from "../domain/compressor.ts"
import type { Hint, Kind } from "../domain/content.ts"
import type { Treatment } from "../domain/policy.ts"
import type { Outline } from "../domain/outline.ts"
import type { Relevance } from "../domain/relevance.ts"
import type { ShownIndex } from "../domain/shown.ts"
import { type Segment, type Shown, type Tiling, verbatim, type VisibleSegment } from "../domain/tiling.ts"
import { estimateTokens } from "../domain/tokens.ts"
import type { Reader } from "../domain/view.ts"
import { SEARCHES } from "./producer.ts"
import { type Unwrapped, unwrapAll } from "./json-text.ts"

/** What the decision needs to know of kinds. */
export interface Registry {
  readonly codecs: Reader["codecs"]
  /** The kind of a text, or "text". */
  readonly route: (text: string, hint: Hint) => Kind
  readonly compressorOf: (kind: Kind) => Compressor | undefined
  /** Line encodings that hold for any output, or undefined where none applies. */
  readonly encodeLines: (text: string) => ReadonlyArray<Segment> | undefined
  /** Words that neighbouring lines of any output share, or undefined where they share too few. */
  readonly encodeBlocks: (text: string) => ReadonlyArray<Segment> | undefined
}

export interface Question {
  readonly text: string
  readonly hint: Hint
  /** The kind, where the caller knows it. */
  readonly kind: Kind | undefined
  readonly want: Want
  /** How such an output is treated, once its kind is known; without it whatever is over the budget may hide lines. */
  readonly treatment?: (kind: Kind) => Treatment
  /** What the text declares, where it is source whose bodies may be hidden. */
  readonly outline?: Outline
  /** How near its passages come to the question, where it is prose that a model has read. */
  readonly relevance?: Relevance
}

/** A question with what is known once its text was looked at. */
export interface Case extends Question {
  readonly kind: Kind
  readonly compressor: Compressor | undefined
  /** The text with its wrappers taken off; itself where it has none. */
  readonly unwrapped: Unwrapped
  /** Each line must stay as it is to the last blank: a file's for edits, a patch's to apply. */
  readonly literal: boolean
  /** Lines of files stand in it, which edits must match: their words stay together. */
  readonly holdsFileLines: boolean
  readonly before: number
  readonly shown: ShownIndex
  readonly registry: Registry
  readonly reader: Reader
}

export const isVisible = (segments: ReadonlyArray<Segment>): segments is ReadonlyArray<VisibleSegment> =>
  segments.every((segment) => segment._tag !== "Elide")

export const isSearch = (hint: Hint, kind: Kind): boolean =>
  kind === "search" || hint.commands.some((name) => SEARCHES.has(name))

/** What the wrappers print, cut so that the passes see the wrapped text by itself. */
export const innermost = ({ text, inner }: Unwrapped): Tiling<Shown> => {
  const cuts = [0, ...inner, text.length]
  const parts = cuts.slice(1).map((end, at) => [cuts[at] as number, end] as const)
  return { input: text, segments: parts.filter(([from, to]) => to > from).map((span) => verbatim(text, span)) }
}

/** What is known of the question's text. */
export const caseOf = (question: Question, shown: ShownIndex, registry: Registry): Case => {
  const { text, hint } = question
  const unwrapped: Unwrapped = hint.origin === "file" ? { layers: [], text, inner: [0, text.length] } : unwrapAll(text)
  const kind = question.kind ?? registry.route(unwrapped.text.slice(...unwrapped.inner), hint)
  const literal = hint.origin === "file" || kind === "diff"
  return {
    ...question,
    kind,
    compressor: registry.compressorOf(kind),
    unwrapped,
    literal,
    holdsFileLines: literal || isSearch(hint, kind),
    before: estimateTokens(text),
    shown,
    registry,
    reader: { codecs: registry.codecs, recall: (note, place) => shown.recall(note, place) }
  }
}
