/**
 * The contract of a compressor: a pure, total, deterministic function from content to a tiling of it, so that one suite of laws can
 * hold for all of them.
 */
import type { Content, Hint, Kind } from "./content.ts"
import type { Codec, Segment } from "./tiling.ts"

/** How sure a detector is, from 0 (no) to 1 (proven by structure). */
export type Confidence = number

/** What the caller wants of a tiling. */
export interface Want {
  /** Nothing may be hidden: no `Elide`. */
  readonly visibleOnly: boolean
  /** Tokens (by the estimate) that the view should not exceed where hiding is allowed; what must stay may exceed it. */
  readonly budgetTokens: number
  /** What the text costs with nothing hidden, in tokens, where that was found out before. */
  readonly visibleTokens?: number
  /** What the reader is after, or "". */
  readonly question: string
  /**
   * Every word of the text stands whole in the view, tables included: no value is split by a prefix named apart. Set for an agent's
   * session, where paths, dates and URLs of one call are copied into the next.
   */
  readonly wholeWords?: boolean
}

export interface Compressor {
  readonly kind: Kind
  /** Changes whenever output bytes may change. */
  readonly version: number
  /** Reads at most a bounded part of long texts or stops at the first contradiction: detection is not parsing. */
  readonly detect: (text: string, hint: Hint) => Confidence
  /** Lawful segments of a tiling of `content.text` (tiling.ts), or undefined where this kind has nothing to offer. */
  readonly tile: (content: Content, want: Want) => ReadonlyArray<Segment> | undefined
  /** Segments, none that hides, of a further layer over what the text's layers print, where that prints it shorter. */
  readonly over?: (printed: string, want: Want) => ReadonlyArray<Segment> | undefined
  /** The share that hiding must bring over the visible form to be taken; a quarter where it is left out. */
  readonly hidingGain?: number
  /** It counts what a text holds, or numbers its parts, which would be false of the rest of a text whose repeats are named before. */
  readonly readsWhole?: boolean
  /** Decoders of every codec that its segments name, `verbatim` aside. */
  readonly codecs: ReadonlyArray<Codec>
}
