/** What an evaluation came to, as tables for a terminal and as one JSON object. */
import type { Sights } from "../../../domain/probe.ts"
import type { AnswerResult, SetResult } from "../../../pipeline/evaluate.ts"
import { count, table } from "../figures.ts"
import type { Paint } from "../terminal.ts"

const share = (some: number, all: number): string => (all === 0 ? "-" : `${((100 * some) / all).toFixed(1)} %`)

const HEAD = ["", "probes", "tokens", "kept", "visible", "query", "whole", "lost", "in sight", "unasked"]

const all = (results: ReadonlyArray<SetResult>, of: (sights: Sights) => number): number =>
  results.reduce((sum, { asked }) => sum + of(asked), 0)

const rowOf = ({ name, asked, blind, cuts, tokensBefore, tokensAfter }: SetResult): ReadonlyArray<string> => [
  name,
  count(asked.probes),
  count(tokensBefore),
  share(tokensAfter, tokensBefore),
  share(asked.visible, asked.probes),
  share(asked.query, asked.probes),
  share(asked.whole, asked.probes),
  count(asked.lost + blind.lost),
  share(asked.met, asked.needs),
  share(blind.met, blind.needs),
  ...cuts.map(({ met }) => share(met, asked.needs))
]

export const setLines = (results: ReadonlyArray<SetResult>, paint: Paint): ReadonlyArray<string> => {
  const [first] = results
  const names = first?.cuts.map(({ name }) => name) ?? []
  const rows = table(
    [[...HEAD, ...names], ...results.map(rowOf)],
    new Set(Array.from({ length: 13 }, (_, at) => at + 1))
  )
  const lost = results.flatMap((result) => result.lost)
  return [
    ...rows.map((row, at) => (at === 0 ? paint("bold", row) : row)),
    "",
    paint(
      "dim",
      "visible, query, whole: the answer stands in what is shown, comes by a retrieval of the question's words, of everything"
    ),
    paint(
      "dim",
      "in sight: single facts visible, with the question known and (unasked) without; then the same for naive cuts of one size"
    ),
    lost.length === 0
      ? `nothing is lost: ${count(all(results, ({ visible }) => visible))} of ${count(all(results, ({ probes }) => probes))} answers at first sight, all others one retrieval away`
      : paint("red", `LOST: ${lost.slice(0, 20).join("; ")}`)
  ]
}

const score = (value: number): string => value.toFixed(3)

const signed = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`

export const answerLines = (
  model: string,
  results: ReadonlyArray<AnswerResult>,
  paint: Paint
): ReadonlyArray<string> => {
  const rows = results.map(({ name, whole, smaller, difference, retrievals }) => [
    name,
    count(difference.pairs),
    score(whole),
    score(smaller),
    signed(difference.mean),
    `${signed(difference.low)} … ${signed(difference.high)}`,
    count(retrievals)
  ])
  const head = [model, "questions", "all of it", "smaller", "difference", "95 % interval", "retrievals"]
  return table([head, ...rows], new Set([1, 2, 3, 4, 5, 6])).map((row, at) => (at === 0 ? paint("bold", row) : row))
}
