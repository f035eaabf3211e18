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
