/**
 * Requests that a function answers (BFCL), the function among those of other requests as a tool registry lists them: what must be in
 * sight is its name and those of the arguments that the answer gives.
 */
import type { Probe } from "../../domain/probe.ts"
import { isRecord, type JsonRecord, listOf, textIn } from "../json-value.ts"

/** Functions in a list. */
const LISTED = 30

/** What the user asks first, wherever the turns nest. */
const askedIn = (question: unknown): string | undefined => {
  for (let at = question; ; at = at[0]) {
    if (isRecord(at)) return textIn(at, "content")
    if (!Array.isArray(at)) return undefined
  }
}

/** Names of functions and of their arguments in the true calls. */
const namesIn = (answer: JsonRecord | undefined): ReadonlyArray<string> =>
  listOf(answer?.["ground_truth"])
    .filter(isRecord)
    .flatMap((call) =>
      Object.entries(call).flatMap(([name, input]) => [
        name,
        ...(isRecord(input)
          ? Object.entries(input).flatMap(([key, values]) => (listOf(values).includes("") ? [] : [key]))
          : [])
      ])
    )

const functionsOf = (record: JsonRecord): ReadonlyArray<JsonRecord> => listOf(record["function"]).filter(isRecord)

export const functionProbes = (
  records: ReadonlyArray<JsonRecord>,
  answers: ReadonlyArray<JsonRecord>
): ReadonlyArray<Probe> => {
  const answerOf = new Map(answers.map((answer) => [answer["id"], answer]))
  return records.flatMap((record, at): ReadonlyArray<Probe> => {
    const question = askedIn(record["question"])
    const names = namesIn(answerOf.get(record["id"]))
    const own = functionsOf(record)
    if (question === undefined || names.length === 0 || own.length === 0) return []
    const others = Array.from({ length: records.length - 1 }, (_, step) => records[(at + 1 + step) % records.length])
      .flatMap((other) => (other === undefined ? [] : functionsOf(other)))
      .filter((other) => own.every((mine) => mine["name"] !== other["name"]))
      .slice(0, Math.max(0, LISTED - own.length))
    const place = others.length === 0 ? 0 : at % others.length
    return [
      {
        id: textIn(record, "id") ?? String(at),
        question,
        tool: "list_functions",
        input: {},
        text: JSON.stringify(others.toSpliced(place, 0, ...own), null, 2),
        needs: [...new Set(names)].map((name) => [name]),
        answers: []
      }
    ]
  })
}
