/**
 * Questions without a text of their own (GSM8K, TruthfulQA), as rows of one list that a tool gives back: what must be in sight is all of
 * the row that is asked for. Questions whose answer stands nowhere (HotpotQA without its contexts) give no probe.
 */
import type { Probe } from "../../domain/probe.ts"
import { type JsonRecord, textIn } from "../json-value.ts"

/** Rows in a list. */
const LISTED = 40

interface Row {
  readonly id: string
  readonly question: string
  /** What the row shows besides. */
  readonly shown: { readonly [name: string]: string }
  readonly answers: ReadonlyArray<string>
}

/** A problem of GSM8K: the number behind `####` is the answer, which the list does not show. */
const problemOf = (record: JsonRecord, id: string): Row | undefined => {
  const question = textIn(record, "question")
  const answer = textIn(record, "answer")?.match(/####\s*(\S+)\s*$/)?.[1]
  return question === undefined || answer === undefined ? undefined : { id, question, shown: {}, answers: [answer] }
}

/** A question of TruthfulQA with the answer that its list shows. */
const truthOf = (record: JsonRecord, id: string): Row | undefined => {
  const question = textIn(record, "Question")
  const best = textIn(record, "Best Answer")
  if (question === undefined || best === undefined) return undefined
  const correct = (textIn(record, "Correct Answers") ?? "").split(";").map((answer) => answer.trim())
  return { id, question, shown: { answer: best }, answers: [best, ...correct].filter((answer) => answer !== "") }
}

const printed = ({ id, question, shown }: Row): { readonly [name: string]: string } => ({ id, question, ...shown })

export const rowProbes = (records: ReadonlyArray<JsonRecord>): ReadonlyArray<Probe> => {
  const rows = records.flatMap((record, at) => {
    const row = problemOf(record, `q-${1_000 + at}`) ?? truthOf(record, `q-${1_000 + at}`)
    return row === undefined ? [] : [row]
  })
  return rows.map((row, at) => {
    const first = Math.floor(at / LISTED) * LISTED
    const listed = rows.slice(first, first + LISTED)
    return {
      id: row.id,
      question: `Read the list of questions and answer ${row.id}.`,
      tool: "list_questions",
      input: { from: first },
      text: JSON.stringify(listed.map(printed), null, 2),
      needs: [[row.id], ...Object.values(printed(row)).map((value) => [JSON.stringify(value).slice(1, -1), value])],
      answers: row.answers
    }
  })
}
