/** A kind of one's own: sections of an INI file that the question does not name are hidden. Run: npx tsx examples/custom-kind.ts */
import { type Compressor, compressText, type Segment } from "headroom-ts"

const sections = /^\[[^\]\n]+\]\n(?:(?!\[).*\n?)*/gm

const ini: Compressor = {
  kind: "ini",
  version: 1,
  codecs: [],
  detect: (text) => (/^\[[\w.]+\]\n(?:[\w.]+ ?= ?.*\n)+/.test(text) ? 1 : 0),
  tile: ({ text }, { question, visibleOnly }) => {
    if (visibleOnly) return undefined
    const segments: Array<Segment> = []
    for (const match of text.matchAll(sections)) {
      const start = match.index
      const end = start + match[0].length
      const name = match[0].slice(1, match[0].indexOf("]"))
      segments.push(
        question.includes(name)
          ? { _tag: "Shown", spans: [start, end], codec: "verbatim", text: match[0] }
          : {
              _tag: "Elide",
              spans: [start, end],
              gap: { unit: "lines", count: match[0].trimEnd().split("\n").length, profile: `section ${name}` }
            }
      )
    }
    return segments
  }
}

const words =
  "amber birch cedar delta ember fjord grove haven inlet jetty knoll larch marsh north orchid pine quay ridge".split(
    " "
  )
const word = (n: number) => words[n % words.length]
const section = (name: string, at: number) =>
  `[${name}]\n${words.map((key, n) => `${key}.${word(n * 5 + at)} = ${word(n * 7 + 3 * at)} ${word(n * n + at)}\n`).join("")}`
const settings = ["server", "database", "cache"].map(section).join("")

const { text, ref } = await compressText(settings, {
  compressors: [ini],
  mode: "offload",
  query: "database",
  budgetTokens: 60
})
console.log(text)
console.log(`the whole file: retrieve("${ref}")`)
