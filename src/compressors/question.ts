/**
 * The words of a question that lines are matched by, few enough to look for each of them in every line: of a long one those that look like
 * names of something, for what an agent says is mostly grammar.
 */

const MAX_WORDS = 16
const READ_CHARACTERS = 4_000

const MIN_LENGTH = 3
const WORD = /[\p{L}\p{N}_]+/gu
/** Names in a question, such as `src/a.ts` and `worker-97`, which words alone would split. */
const NAME = /[\p{L}\p{N}_][\p{L}\p{N}_./:@-]*[\p{L}\p{N}_]/gu
const CODED = /[\p{N}_./:@-]|\p{Ll}\p{Lu}/u
const GRAMMAR = new Set(
  "the and for with from that this what which why how did does was were are has have not all any into there when where who will would can could should let now then also but you your its our out see look show find need want use using".split(
    " "
  )
)

/** Of the words that a pattern finds, the most telling: those with a digit, a sign or capitals within, then the longest. */
const telling = (question: string, pattern: RegExp): ReadonlyArray<string> => {
  const found = new Map<string, number>()
  for (const word of question.slice(0, READ_CHARACTERS).match(pattern) ?? []) {
    const lower = word.toLowerCase()
    if (word.length >= MIN_LENGTH && !GRAMMAR.has(lower))
      found.set(lower, Math.max(found.get(lower) ?? 0, word.length + (CODED.test(word) ? 1_000 : 0)))
  }
  return [...found]
    .sort((a, b) => b[1] - a[1])
    .slice(0, MAX_WORDS)
    .map(([word]) => word)
}

/** Lower-case, three characters or more, each once. */
export const questionWords = (question: string): ReadonlyArray<string> => telling(question, WORD)

/** Lower-case, three characters or more, each once: words, paths, ids with what joins their parts. */
export const questionNames = (question: string): ReadonlyArray<string> => telling(question, NAME)

/** A word that more of the entries hold tells nothing of any. */
const COMMON = 0.1
const ALWAYS = 3

/** Which entries hold a word or name of the question that few of them hold. */
export const entriesAsked = (entries: ReadonlyArray<string>, question: string): ReadonlySet<number> => {
  const asked = new Set<number>()
  if (question === "") return asked
  const lowered = entries.map((entry) => entry.toLowerCase())
  for (const word of new Set([...questionNames(question), ...questionWords(question)])) {
    const holding = lowered.flatMap((entry, at) => (entry.includes(word) ? [at] : []))
    if (holding.length <= Math.max(ALWAYS, COMMON * entries.length)) for (const at of holding) asked.add(at)
  }
  return asked
}
