/**
 * Whether a text is talk, a transcript or a chat: there a sentence says little by itself, and what is asked for lasts over many turns;
 * and which words of a question about talk name no matter of it.
 */
import { type Asked, askedOf } from "./words.ts"

/** A line's speaker, behind a time or none: `Ann: …`, `[10:02] Ann: …`, `**User:** …`, `<ann> …`. */
const SPEAKER =
  /^\s{0,3}(?:[[(]?\d{1,2}:\d{2}(?::\d{2})?(?: ?[AaPp]\.?[Mm]\.?)?[\])]?\s{0,3}[-–]?\s{0,3})?(?:\*\*)?(<[^<>\n]{1,40}>|\p{L}[^:\n]{0,60}:)(?:\*\*)?\s/u
/** Fewer turns are read as they stand. */
const MIN_TURNS = 8
/** A turn may go on over several lines. */
const MIN_SHARE = 0.25
/** Whoever speaks speaks again; keys of a list are told once each. */
const MIN_TURNS_EACH = 3
const READ_CHARACTERS = 120

export const isTalk = (text: string): boolean => {
  let lines = 0
  let turns = 0
  const speakers = new Set<string>()
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf("\n", at)
    const end = newline === -1 ? text.length : newline
    const line = text.slice(at, Math.min(end, at + READ_CHARACTERS))
    if (line.trim() !== "") lines++
    const speaker = SPEAKER.exec(`${line} `)?.[1]
    if (speaker !== undefined) {
      turns++
      speakers.add(speaker)
    }
    at = end + 1
  }
  return turns >= MIN_TURNS && turns >= MIN_SHARE * lines && turns >= MIN_TURNS_EACH * speakers.size
}

/** What all do who talk, and who they are: seldom said among them, so that rarity alone would make these the words that count most. */
const TALKING = new Set(
  askedOf(
    "summarize summarise summary discuss discussed discussion talk say said saying tell told mention speak spoke speaker state think " +
      "thought believe opinion view idea decide decided decision conclude conclusion agree agreement suggest suggestion propose proposal " +
      "recommend recommendation explain describe meeting group team participant"
  ).map(({ stem }) => stem)
)
/** Of a word that names talk itself: some talk is about a group or a decision. */
const OF_TALKING = 0.5

/** The words of a question about talk. */
export const askedOfTalk = (asked: ReadonlyArray<Asked>): ReadonlyArray<Asked> =>
  asked.map((word) => (TALKING.has(word.stem) ? { ...word, weight: OF_TALKING * word.weight } : word))
