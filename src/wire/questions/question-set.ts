/**
 * Question sets as their authors publish them, as probes: the answer stands somewhere in what a tool gives back, among much that does
 * not matter. What a file is, its own fields say.
 */
import type { Probe } from "../../domain/probe.ts"
import { isRecord, type JsonRecord, listOf, parsed, textIn } from "../json-value.ts"
import { csvRows } from "./csv.ts"
import { functionProbes } from "./functions.ts"
import { meetingProbes } from "./meetings.ts"
import { paragraphProbes, passageProbes } from "./paragraphs.ts"
import { rowProbes } from "./rows.ts"

export interface QuestionSet {
  readonly name: string
  readonly probes: ReadonlyArray<Probe>
}

/** A file of a question set. */
export interface QuestionFile {
  readonly name: string
  readonly text: string
}

/** The records of a file: a JSON array, JSON lines, or the list under `data`. */
const recordsOf = (text: string): ReadonlyArray<JsonRecord> => {
  const whole = parsed(text)
  if (typeof whole !== "string") {
    const list =
      isRecord(whole) && Array.isArray(whole["data"]) ? whole["data"] : Array.isArray(whole) ? whole : [whole]
    return list.filter(isRecord)
  }
  return text
    .split("\n")
    .map((line) => parsed(line.trim()))
    .filter(isRecord)
}

/** The rows of a CSV file, as records under the names of its first row. */
const csvRecords = (text: string): ReadonlyArray<JsonRecord> => {
  const [names, ...rest] = csvRows(text)
  return rest
    .filter((row) => row.length === names?.length)
    .map((row) => Object.fromEntries(row.map((value, at) => [names?.[at] ?? "", value])))
}

const isSet = (record: JsonRecord | undefined, ...keys: ReadonlyArray<string>): boolean =>
  record !== undefined && keys.every((key) => key in record)

/** The probes of each file that is a question set; files that belong to another (answers, contexts) give none of their own. */
export const questionSets = (files: ReadonlyArray<QuestionFile>): ReadonlyArray<QuestionSet> => {
  const read = files.map(({ name, text }) => ({
    name,
    records: name.endsWith(".csv") ? csvRecords(text) : recordsOf(text)
  }))
  const contexts = read
    .filter(({ records }) => isSet(records[0], "paragraphs"))
    .flatMap(({ records }) => records)
    .flatMap((article) =>
      listOf(article["paragraphs"])
        .filter(isRecord)
        .map((paragraph) => ({ title: textIn(article, "title") ?? "", text: textIn(paragraph, "context") ?? "" }))
    )
  return read.flatMap(({ name, records }): ReadonlyArray<QuestionSet> => {
    const [first] = records
    const probes = isSet(first, "context", "question", "answers")
      ? paragraphProbes(records, contexts)
      : isSet(first, "context", "question", "supporting_facts")
        ? passageProbes(records)
        : isSet(first, "meeting_transcripts")
          ? meetingProbes(records)
          : isSet(first, "function", "question")
            ? functionProbes(records, answersOf(name, read))
            : rowProbes(records)
    return probes.length === 0 ? [] : [{ name: name.replace(/\.\w+$/, ""), probes }]
  })
}

/** The records of `NAME.answers.jsonl` beside `NAME.jsonl`. */
const answersOf = (
  name: string,
  read: ReadonlyArray<{ readonly name: string; readonly records: ReadonlyArray<JsonRecord> }>
): ReadonlyArray<JsonRecord> =>
  read.find((file) => file.name === name.replace(/\.jsonl$/, ".answers.jsonl"))?.records ?? []
