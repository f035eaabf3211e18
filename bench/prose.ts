/**
 * Whether the answer stays visible when 30 % of the tokens are kept: SQuAD paragraphs among ten distractors, the question known.
 *
 *     npx tsx bench/prose.ts [--share 0.3] [--misses]
 *
 * Distractors are paragraphs of other titles ("far") or of the same title ("near"). The baseline ranks sentences by BM25 with IDF over
 * the same sentences and takes them until its text, without any gap marks, is as long in tokens as ours with them.
 */
import { existsSync, readFileSync } from "node:fs"
import { countTokens } from "gpt-tokenizer/encoding/o200k_base"
import { prose } from "../src/compressors/prose/prose.ts"
import { draft } from "../src/domain/view.ts"
import { estimateTokens } from "../src/domain/tokens.ts"

interface Question {
  readonly id: string
  readonly title: string
  readonly context: string
  readonly question: string
  readonly answers: ReadonlyArray<string>
  readonly is_impossible: boolean
}

const folder = new URL("../../shared/corpus/qa/", import.meta.url)
if (!existsSync(folder)) {
  console.log("no corpus")
  process.exit(0)
}
const argument = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(name)
  return at === -1 ? otherwise : Number(process.argv[at + 1])
}
const SHARE = argument("--share", 0.3)
const PARAGRAPHS = 11

const questions = readFileSync(new URL("squad_v2.sample.jsonl", folder), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Question)
  .filter((question) => !question.is_impossible && question.answers.length > 0)
const titles = (
  JSON.parse(readFileSync(new URL("squad_v2.contexts.json", folder), "utf8")) as {
    data: ReadonlyArray<{ title: string; paragraphs: ReadonlyArray<{ context: string }> }>
  }
).data

/** A fixed sequence of numbers, so that every run builds the same contexts. */
const sequence = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const contextOf = (question: Question, near: boolean, seed: number): string => {
  const next = sequence(seed)
  const pool = titles
    .filter(({ title }) => (title === question.title) === near)
    .flatMap(({ paragraphs }) => paragraphs.map((paragraph) => paragraph.context))
    .filter((context) => context !== question.context && !question.answers.some((answer) => context.includes(answer)))
  const chosen: Array<string> = []
  while (chosen.length < PARAGRAPHS - 1 && pool.length > 0)
    chosen.push(pool.splice(Math.floor(next() * pool.length), 1)[0] as string)
  chosen.splice(Math.floor(next() * (chosen.length + 1)), 0, question.context)
  return chosen.join("\n\n")
}

const wordsOf = (text: string): ReadonlyArray<string> => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []

/** Plain BM25 over sentences, in order of the text, cut to a number of tokens. */
const baseline = (text: string, question: string, tokens: number): string => {
  const sentences = text.split(/(?<=[.!?])\s+|\n+/).filter((sentence) => sentence !== "")
  const bags = sentences.map(wordsOf)
  const mean = bags.reduce((sum, bag) => sum + bag.length, 0) / bags.length
  const asked = [...new Set(wordsOf(question))]
  const idf = new Map(
    asked.map((word) => {
      const spread = bags.filter((bag) => bag.includes(word)).length
      return [word, Math.log(1 + (bags.length - spread + 0.5) / (spread + 0.5))] as const
    })
  )
  const scored = bags.map((bag, at) => {
    let score = 0
    for (const word of asked) {
      const count = bag.filter((other) => other === word).length
      score += ((idf.get(word) ?? 0) * count * 2.2) / (count + 1.2 * (0.25 + (0.75 * bag.length) / mean))
    }
    return { at, score }
  })
  scored.sort((a, b) => b.score - a.score || a.at - b.at)
  const kept = new Set<number>()
  let spent = 0
  for (const { at } of scored) {
    const cost = countTokens(`${sentences[at] as string} `)
    if (spent + cost > tokens) continue
    spent += cost
    kept.add(at)
  }
  return sentences.filter((_, at) => kept.has(at)).join(" ")
}

const holds = (text: string, answers: ReadonlyArray<string>): boolean => {
  const plain = text.replace(/\s+/g, " ")
  return answers.some((answer) => plain.includes(answer.replace(/\s+/g, " ")))
}

for (const near of [false, true])
  for (const half of ["first half", "second half", "all"]) {
    const sums = { all: 0, ours: 0, theirs: 0, given: 0, kept: 0, spent: 0, blind: 0 }
    questions.forEach((question, index) => {
      if (half !== "all" && (index % 2 === 0) !== (half === "first half")) return
      const text = contextOf(question, near, index + 1)
      const given = countTokens(text)
      const budgetTokens = Math.floor(estimateTokens(text) * SHARE)
      const content = { kind: "prose", text, origin: "output" } as const
      const want = { visibleOnly: false, budgetTokens, question: question.question }
      const segments = prose.tile(content, want) ?? []
      const view = draft([{ input: text, segments }])
      const kept = countTokens(view)
      const other = baseline(text, question.question, kept)
      const blind = draft([{ input: text, segments: prose.tile(content, { ...want, question: "" }) ?? [] }])
      sums.all++
      sums.given += given
      sums.kept += kept
      sums.spent += countTokens(other)
      const ours = holds(view, question.answers)
      if (ours) sums.ours++
      if (holds(blind, question.answers)) sums.blind++
      if (holds(other, question.answers)) sums.theirs++
      if (!ours && process.argv.includes("--misses") && half === "all")
        console.log(`  miss: ${question.question} -> ${question.answers[0]} (${question.title})`)
    })
    const share = (n: number): string => (n / sums.all).toFixed(3)
    console.log(
      `${near ? "near" : "far "} ${half.padEnd(11)} ${sums.all} questions, answer visible: ours ${share(sums.ours)} at ${((100 * sums.kept) / sums.given).toFixed(1)} % kept, BM25 sentences ${share(sums.theirs)} at ${((100 * sums.spent) / sums.given).toFixed(1)} %; without the question ${share(sums.blind)}`
    )
  }
