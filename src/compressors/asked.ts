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
import { type Segment, type Shown, type Tiling, verbatim, type VisibleSegment, whole } from "../domain/tiling.ts"
import { estimateTokens } from "../domain/tokens.ts"
import { print, type Reader } from "../domain/view.ts"
import { SEARCHES } from "./producer.ts"
import { innerSpan, unwrapJsonText } from "./json-text.ts"

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
  /** The layer that shows wrapped text as text, where the text is such a wrapper. */
  readonly wrapper: Tiling<VisibleSegment> | undefined
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

const wrapperOf = (text: string, hint: Hint): Tiling<VisibleSegment> | undefined => {
  const segments = hint.origin === "file" ? undefined : unwrapJsonText(text)
  return segments !== undefined && isVisible(segments) ? { input: text, segments } : undefined
}

/** What the wrapper prints, cut so that the passes see the wrapped text by itself. */
export const unwrapped = (wrapper: Tiling): Tiling<Shown> => {
  const input = print(wrapper)
  const inner = innerSpan(input)
  if (inner === undefined) return whole(input)
  const cuts = [0, ...inner, input.length]
  const parts = cuts.slice(1).map((end, at) => [cuts[at] as number, end] as const)
  return { input, segments: parts.filter(([from, to]) => to > from).map((span) => verbatim(input, span)) }
}

/** The text whose kind counts. */
const innerText = (text: string, wrapper: Tiling | undefined): string => {
  if (wrapper === undefined) return text
  const shown = print(wrapper)
  return shown.slice(...(innerSpan(shown) ?? [0]))
}

export const isSearch = (hint: Hint, kind: Kind): boolean =>
  kind === "search" || hint.commands.some((name) => SEARCHES.has(name))

/** What is known of the question's text. */
export const caseOf = (question: Question, shown: ShownIndex, registry: Registry): Case => {
  const { text, hint } = question
  const wrapper = wrapperOf(text, hint)
  const kind = question.kind ?? registry.route(innerText(text, wrapper), hint)
  const literal = hint.origin === "file" || kind === "diff"
  return {
    ...question,
    kind,
    compressor: registry.compressorOf(kind),
    wrapper,
    literal,
    holdsFileLines: literal || isSearch(hint, kind),
    before: estimateTokens(text),
    shown,
    registry,
    reader: { codecs: registry.codecs, recall: (note, place) => shown.recall(note, place) }
  }
}
