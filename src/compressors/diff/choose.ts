/**
 * Which hunks are shown: those that answer the question, in sources before tests and documents, no two alike before others, never
 * lockfiles and generated files unless the question names them.
 */
import { estimateTokens } from "../../domain/tokens.ts"
import { isLockPath } from "../lockfile/packages.ts"
import { questionWords } from "../question.ts"
import type { FilePatch, Hunk } from "./patch.ts"

const GENERATED_PATH =
  /(?:^|[\\/])(?:node_modules|vendor|third_party|dist|__snapshots__)[\\/]|\.min\.(?:js|css)$|\.(?:map|snap|svg)$|[._]pb2?(?:\.gw)?\.\w+$|[._-]generated\.|\.g\.\w+$/
const TEST_PATH = /(?:^|[\\/._-])(?:tests?|spec|specs|fixtures|testdata)(?:[\\/._-]|$)/i
const PROSE_PATH = /\.(?:md|rst|txt|adoc)$|(?:^|[\\/])(?:CHANGELOG|LICENSE|NEWS)/i

/** Characters of a line from which on it counts as minified. */
const MINIFIED_LINE = 500
const JUDGED_CHARACTERS = 8_000

const worthOfPath = (path: string): number => {
  if (isLockPath(path) || GENERATED_PATH.test(path)) return 0
  if (PROSE_PATH.test(path)) return 0.5
  return TEST_PATH.test(path) ? 0.6 : 1
}

/** Lines that change with any change: blanks, imports. */
const SIDE_LINE = /^[-+]\s*(?:(?:import|use|using|from|#include|require)\b.*|"[^"]*",?|[\]})({[;,]*|)\s*$/

/** The changed lines less numbers and blanks, so that the same change in many files counts once. */
const shapeOf = (changed: ReadonlyArray<string>): string =>
  changed
    .join("\n")
    .replace(/\d+/g, "0")
    .replace(/[ \t]+/g, "")
    .slice(0, 600)

/** The first lines of a hunk, enough to judge it. */
const firstLines = (text: string, hunk: Hunk): ReadonlyArray<string> =>
  text.slice(hunk.start, Math.min(hunk.end, hunk.start + JUDGED_CHARACTERS)).split("\n")

export interface Candidate {
  readonly file: FilePatch
  readonly hunk: number
  readonly tokens: number
  readonly score: number
}

/** The question's words less those that stand in most hunks: such a word tells nothing. */
const tellingWords = (bodies: ReadonlyArray<string>, words: ReadonlyArray<string>): ReadonlyArray<string> =>
  words.filter((word) => bodies.reduce((sum, body) => sum + (body.includes(word) ? 1 : 0), 0) * 2 <= bodies.length + 1)

/** All hunks worth showing, best first. */
export const rankHunks = (
  text: string,
  files: ReadonlyArray<FilePatch>,
  question: string
): ReadonlyArray<Candidate> => {
  const asked = questionWords(question)
  const hunks = files.flatMap((file) => file.hunks.map((hunk, h) => ({ file, hunk, h })))
  const bodies = asked.length === 0 ? [] : hunks.map(({ hunk }) => text.slice(hunk.start, hunk.end).toLowerCase())
  const words = tellingWords(bodies, asked)
  const shapes = new Map<string, number>()
  const out: Array<Candidate> = []
  for (let i = 0; i < hunks.length; i++) {
    const { file, hunk, h } = hunks[i] as (typeof hunks)[number]
    const path = file.path.toLowerCase()
    const pathHits = asked.filter((word) => path.includes(word)).length
    const worth = Math.max(worthOfPath(file.path), pathHits > 0 ? 0.5 : 0)
    if (worth === 0 || hunk.isBinary) continue
    const lines = firstLines(text, hunk)
    if (lines.some((line) => line.length > MINIFIED_LINE)) continue
    const changed = lines.filter((line) => line.startsWith("+") || line.startsWith("-"))
    const own = changed.every((line) => SIDE_LINE.test(line)) ? worth / 2 : worth
    const shape = shapeOf(changed)
    const before = shapes.get(shape) ?? 0
    shapes.set(shape, before + 1)
    const hits = words.filter((word) => bodies[i]?.includes(word)).length
    const tokens = estimateTokens(text.slice(hunk.start, hunk.end))
    // later hunks of a file and changes seen before yield to others; a long hunk takes the place of several
    const fresh = (own * 0.85 ** Math.min(h, 20)) / (1 + before)
    out.push({ file, hunk: h, tokens, score: (fresh + pathHits + 2 * hits) / (1 + tokens / 400) })
  }
  return out.sort((a, b) => b.score - a.score || a.file.start - b.file.start || a.hunk - b.hunk)
}
