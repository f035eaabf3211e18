/**
 * Questions on a paragraph (SQuAD) or on sentences of several (HotpotQA, where its contexts are there), put among others as a search gives
 * them back.
 */
import { sequence } from "../../domain/naive-cuts.ts"
import type { Probe } from "../../domain/probe.ts"
import { type JsonRecord, listOf, textIn } from "../json-value.ts"

export interface Paragraph {
  readonly title: string
  readonly text: string
}

/** Paragraphs beside the one that answers. */
const OTHERS = 10

const answersIn = (record: JsonRecord): ReadonlyArray<string> => [
  ...new Set(
    listOf(record["answers"]).filter((answer): answer is string => typeof answer === "string" && answer !== "")
  )
]

/** The others from the same article where there are enough of them, for those are hardest to tell from the right one. */
const othersFor = (title: string, own: string, contexts: ReadonlyArray<Paragraph>, next: () => number) => {
  const near = contexts.filter((paragraph) => paragraph.title === title && paragraph.text !== own)
  const pool = near.length >= OTHERS ? near : contexts.filter((paragraph) => paragraph.text !== own)
  return pool
    .map((paragraph) => ({ paragraph, lot: next() }))
    .sort((a, b) => a.lot - b.lot)
    .slice(0, OTHERS)
    .map(({ paragraph }) => paragraph.text)
}

export const paragraphProbes = (
  records: ReadonlyArray<JsonRecord>,
  contexts: ReadonlyArray<Paragraph>
): ReadonlyArray<Probe> =>
  records.flatMap((record, at) => {
    const answers = answersIn(record)
    const own = textIn(record, "context")
    const question = textIn(record, "question")
    if (answers.length === 0 || own === undefined || question === undefined) return []
    const next = sequence(at + 1)
    const paragraphs = othersFor(textIn(record, "title") ?? "", own, contexts, next)
    const place = Math.floor(next() * (paragraphs.length + 1))
    return [
      {
        id: textIn(record, "id") ?? String(at),
        question,
        tool: "search_documents",
        input: { query: question },
        text: paragraphs.toSpliced(place, 0, own).join("\n\n"),
        needs: [answers],
        answers
      }
    ]
  })

/** Paragraphs of HotpotQA's distractor setting: a title and its sentences each. */
const passagesIn = (
  record: JsonRecord
): ReadonlyArray<{ readonly title: string; readonly sentences: ReadonlyArray<string> }> =>
  listOf(record["context"]).map((passage) => {
    const [title, sentences] = listOf(passage)
    return {
      title: String(title),
      sentences: listOf(sentences).flatMap((sentence) => (typeof sentence === "string" ? [sentence.trim()] : []))
    }
  })

/** What must be in sight is each sentence that the question's authors call supporting. */
export const passageProbes = (records: ReadonlyArray<JsonRecord>): ReadonlyArray<Probe> =>
  records.flatMap((record, at): ReadonlyArray<Probe> => {
    const question = textIn(record, "question")
    const answer = textIn(record, "answer")
    const passages = passagesIn(record)
    const needs = listOf(record["supporting_facts"]).flatMap((fact): ReadonlyArray<ReadonlyArray<string>> => {
      const [title, number] = listOf(fact)
      const sentence = passages.find((passage) => passage.title === title)?.sentences[Number(number)]
      return sentence === undefined ? [] : [[sentence]]
    })
    if (question === undefined || answer === undefined || needs.length === 0) return []
    return [
      {
        id: textIn(record, "_id") ?? String(at),
        question,
        tool: "search_documents",
        input: { query: question },
        text: passages.map(({ title, sentences }) => `${title}\n${sentences.join(" ")}`).join("\n\n"),
        needs,
        answers: [answer]
      }
    ]
  })
