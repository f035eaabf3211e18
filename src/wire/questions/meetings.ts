/** Questions on a meeting (QMSum): a transcript, a speaker a line, and the lines that bear on the question. */
import type { Probe } from "../../domain/probe.ts"
import { isRecord, type JsonRecord, listOf, textIn } from "../json-value.ts"

/** Lines that say less than this in letters bear on nothing. */
const LEAST = 20

const linesOf = (meeting: JsonRecord): ReadonlyArray<string> =>
  listOf(meeting["meeting_transcripts"])
    .filter(isRecord)
    .map((turn) => `${textIn(turn, "speaker") ?? ""}: ${(textIn(turn, "content") ?? "").replace(/\s+/g, " ").trim()}`)

/** Line numbers from 0 of the spans, both ends included. */
const spansOf = (query: JsonRecord): ReadonlyArray<number> =>
  listOf(query["relevant_text_span"]).flatMap((span) => {
    const [from, to] = listOf(span).map(Number)
    return from === undefined || to === undefined || !(to >= from)
      ? []
      : Array.from({ length: to - from + 1 }, (_, at) => from + at)
  })

export const meetingProbes = (meetings: ReadonlyArray<JsonRecord>): ReadonlyArray<Probe> =>
  meetings.flatMap((meeting, at) => {
    const lines = linesOf(meeting)
    return listOf(meeting["specific_query_list"])
      .filter(isRecord)
      .flatMap((query, number): ReadonlyArray<Probe> => {
        const question = textIn(query, "query")
        const needs = [...new Set(spansOf(query))].flatMap((line) => {
          const said = lines[line]
          return said === undefined || said.length < LEAST ? [] : [[said]]
        })
        if (question === undefined || needs.length === 0) return []
        const answer = textIn(query, "answer")
        return [
          {
            id: `${at}.${number}`,
            question,
            tool: "get_meeting",
            input: { meeting: at },
            text: lines.join("\n"),
            needs,
            answers: answer === undefined ? [] : [answer]
          }
        ]
      })
  })
