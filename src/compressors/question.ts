/** The words of a question that lines are matched by, few enough to look for each of them in every line. */

const MAX_WORDS = 16
const READ_CHARACTERS = 4_000

/** Lower-case, three characters or more, each once. */
export const questionWords = (question: string): ReadonlyArray<string> => [
  ...new Set(
    (
      question
        .slice(0, READ_CHARACTERS)
        .toLowerCase()
        .match(/[\p{L}\p{N}_]{3,}/gu) ?? []
    ).slice(0, MAX_WORDS)
  )
]

/** Names in a question, such as `src/a.ts` and `worker-97`, which words alone would split. */
const NAME = /[\p{L}\p{N}_][\p{L}\p{N}_./:@-]*[\p{L}\p{N}_]/gu
/** A word that more of the entries hold tells nothing of any. */
const COMMON = 0.1
const ALWAYS = 3

/** Which entries hold a word or name of the question that few of them hold. */
export const entriesAsked = (entries: ReadonlyArray<string>, question: string): ReadonlySet<number> => {
  const asked = new Set<number>()
  if (question === "") return asked
  const names = (question.slice(0, READ_CHARACTERS).toLowerCase().match(NAME) ?? []).slice(0, MAX_WORDS)
  const lowered = entries.map((entry) => entry.toLowerCase())
  for (const word of new Set([...names, ...questionWords(question)])) {
    const holding = lowered.flatMap((entry, at) => (entry.includes(word) ? [at] : []))
    if (holding.length <= Math.max(ALWAYS, COMMON * entries.length)) for (const at of holding) asked.add(at)
  }
  return asked
}
