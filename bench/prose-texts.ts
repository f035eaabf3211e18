/**
 * Texts with questions and what in them answers: SQuAD paragraphs among ten distractors, and whole meetings of QMSum.
 *
 * Each has its half by a hash of what it is (a question's id, a meeting's text), so that what is chosen on one half is judged on the other.
 */
import { existsSync, readFileSync } from "node:fs"
import { sequence } from "../src/domain/naive-cuts.ts"

/** From and to, in UTF-16 units. */
type Span = readonly [from: number, to: number]

export interface Asked {
  readonly set: "SQuAD, far distractors" | "SQuAD, near distractors" | "QMSum" | "QMSum, unasked"
  readonly half: "steered by" | "held back"
  readonly text: string
  /** "" where nothing is asked. */
  readonly question: string
  /** How much of what answers is visible, from 0 to 1, given the text that is shown and where in the whole it stands. */
  readonly visible: (view: string, spans: ReadonlyArray<Span>) => number
}

/** FNV-1a; its low bits alternate on neighbouring ids, so that a higher one is asked. */
const halfOf = (id: string): Asked["half"] => {
  let hash = 0x811c9dc5
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193)
  return ((hash >>> 13) & 1) === 0 ? "steered by" : "held back"
}

const linesOf = (file: URL): ReadonlyArray<unknown> =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line))

interface SquadQuestion {
  readonly id: string
  readonly title: string
  readonly context: string
  readonly question: string
  readonly answers: ReadonlyArray<string>
  readonly is_impossible: boolean
}

interface SquadTitle {
  readonly title: string
  readonly paragraphs: ReadonlyArray<{ readonly context: string }>
}

const DISTRACTORS = 10

const plain = (text: string): string => text.replace(/\s+/g, " ")

/** The question's paragraph at any place among paragraphs of other titles, or of the same title, none of which holds the answer. */
const amongDistractors = (
  question: SquadQuestion,
  titles: ReadonlyArray<SquadTitle>,
  near: boolean,
  seed: number
): string => {
  const next = sequence(seed)
  const pool = titles
    .filter(({ title }) => (title === question.title) === near)
    .flatMap(({ paragraphs }) => paragraphs.map(({ context }) => context))
    .filter((context) => context !== question.context && !question.answers.some((answer) => context.includes(answer)))
  const chosen: Array<string> = []
  while (chosen.length < DISTRACTORS && pool.length > 0)
    chosen.push(...pool.splice(Math.floor(next() * pool.length), 1))
  chosen.splice(Math.floor(next() * (chosen.length + 1)), 0, question.context)
  return chosen.join("\n\n")
}

const squad = (folder: URL): ReadonlyArray<Asked> => {
  const { data: titles } = JSON.parse(readFileSync(new URL("squad_v2.contexts.json", folder), "utf8")) as {
    readonly data: ReadonlyArray<SquadTitle>
  }
  const questions = (linesOf(new URL("squad_v2.sample.jsonl", folder)) as ReadonlyArray<SquadQuestion>).filter(
    (question) => !question.is_impossible && question.answers.length > 0
  )
  return [false, true].flatMap((near) =>
    questions.map((question, index): Asked => {
      const answers = question.answers.map(plain)
      return {
        set: near ? "SQuAD, near distractors" : "SQuAD, far distractors",
        half: halfOf(question.id),
        text: amongDistractors(question, titles, near, index + 1),
        question: question.question,
        visible: (view) => {
          const shown = plain(view)
          return answers.some((answer) => shown.includes(answer)) ? 1 : 0
        }
      }
    })
  )
}

interface Meeting {
  readonly general_query_list: ReadonlyArray<{ readonly answer: string }>
  readonly specific_query_list: ReadonlyArray<{
    readonly query: string
    readonly relevant_text_span: ReadonlyArray<readonly [from: string, to: string]>
  }>
  readonly meeting_transcripts: ReadonlyArray<{ readonly speaker: string; readonly content: string }>
}

const overlap = ([from, to]: Span, [start, end]: Span): number => Math.max(0, Math.min(to, end) - Math.max(from, start))

/** Who said what, a line a turn. What answers: the turns that QMSum's annotators marked as relevant, weighed by their length. */
const meetings = (folder: URL): ReadonlyArray<Asked> =>
  (linesOf(new URL("qmsum.test.8meetings.jsonl", folder)) as ReadonlyArray<Meeting>).flatMap((meeting) => {
    const turns = meeting.meeting_transcripts.map(({ speaker, content }) => `${speaker}: ${content}\n`)
    const text = turns.join("")
    const starts = [0]
    for (const turn of turns) starts.push((starts[starts.length - 1] as number) + turn.length)
    return meeting.specific_query_list.map(({ query, relevant_text_span: marked }): Asked => {
      const isRelevant = new Set(
        marked.flatMap(([from, to]) =>
          Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => Number(from) + i)
        )
      )
      const relevant = turns.flatMap(
        (_, at): ReadonlyArray<Span> => (isRelevant.has(at) ? [[starts[at] as number, starts[at + 1] as number]] : [])
      )
      const all = relevant.reduce((sum, [from, to]) => sum + to - from, 0)
      return {
        set: "QMSum",
        half: halfOf(text),
        text,
        question: query,
        visible: (_, spans) =>
          relevant.reduce((sum, turn) => sum + spans.reduce((part, span) => part + overlap(span, turn), 0), 0) / all
      }
    })
  })

const wordsIn = (text: string): ReadonlySet<string> => new Set(text.toLowerCase().match(/\p{L}{4,}/gu))

/** Meetings without a question. What answers: the words of four letters or more that the annotators' summary took from the meeting. */
const summaries = (folder: URL): ReadonlyArray<Asked> =>
  (linesOf(new URL("qmsum.test.8meetings.jsonl", folder)) as ReadonlyArray<Meeting>).flatMap((meeting) => {
    const text = meeting.meeting_transcripts.map(({ speaker, content }) => `${speaker}: ${content}\n`).join("")
    const said = wordsIn(text)
    return meeting.general_query_list.map(({ answer }): Asked => {
      const taken = [...wordsIn(answer)].filter((word) => said.has(word))
      return {
        set: "QMSum, unasked",
        half: halfOf(text),
        text,
        question: "",
        visible: (view) => {
          const shown = wordsIn(view)
          return taken.filter((word) => shown.has(word)).length / taken.length
        }
      }
    })
  })

/** What the bench asks; nothing where the corpus is not beside the repository. */
export const askedIn = (folder: URL): ReadonlyArray<Asked> =>
  existsSync(folder) ? [...squad(folder), ...meetings(folder), ...summaries(folder)] : []
