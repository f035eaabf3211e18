/**
 * Whole decisions on about 1 MB of anything, in milliseconds, the least of five runs once the code is warm: every form, repeats, choice, gate
 * and proof, with nothing hidden and with originals stored; beside it what a quarter of the same text takes, for cost must be linear.
 *
 * The code is bundled first, as it is in the package: what keeps names and source maps costs a fifth more.
 *
 *     npm run bench:speed [-- part of a name]
 */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { pathToFileURL } from "node:url"
import { decide } from "../src/compressors/decide.ts"
import { hintFrom } from "../src/compressors/producer.ts"
import { registry } from "../src/compressors/registry.ts"
import { ShownIndex } from "../src/domain/shown.ts"
import { GIANTS } from "../property-tests/arbitraries.ts"

/** What an output may cost before lines of it are hidden. */
const BUDGET_TOKENS = 2_000
const ROUNDS = 5
/** The most that 1 MB may take, in milliseconds. */
const MOST = 250

interface Input {
  readonly name: string
  readonly command: string
  /** The text, or the share of it that is asked for. */
  readonly make: (share: number) => string
}

const lines = (count: number, line: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => line(at)).join("\n")

/** A number that looks random and is the same in every run. */
const mixed = (at: number): number => (Math.imul(at + 1, 2_654_435_761) >>> 0) % 100_003

const WORDS = "cache request worker queue shard region retry timeout commit index token batch".split(" ")
const word = (at: number): string => WORDS[mixed(at) % WORDS.length] as string
const two = (value: number): string => String(value).padStart(2, "0")
const clock = (at: number): string =>
  `${two(Math.floor(at / 3600) % 24)}:${two(Math.floor(at / 60) % 60)}:${two(at % 60)}`

const row = (at: number) => ({
  id: 100_000 + at,
  name: `${word(at)}-${mixed(at)}`,
  active: mixed(at) % 3 === 0,
  score: mixed(at) / 100,
  tags: [word(at + 1), word(at + 2)],
  address: { city: word(at + 3), zip: String(mixed(at + 4)) }
})

const raggedRow = (at: number) => ({
  id: at,
  kind: word(at),
  [word(at)]: { [word(at + 1)]: mixed(at), text: `${word(at)} ${word(at + 2)}` }
})

const rows = <A>(count: number, make: (at: number) => A): ReadonlyArray<A> =>
  Array.from({ length: count }, (_, at) => make(at))

const serviceLine = (at: number): string =>
  `2026-03-01T${clock(at)}.${mixed(at) % 1000}Z ${at % 97 === 0 ? "ERROR" : "INFO"} [${word(at)}] request ${mixed(at)} from 10.0.${at % 256}.${mixed(at) % 256} took ${mixed(at + 7) % 900} ms`

const buildLine = (at: number): string =>
  `[${at % 100}%] Building ${word(at)} object src/${word(at + 1)}/${word(at + 2)}_${at}.o`

const traceLine = (at: number): string =>
  at % 12 === 0
    ? `Error: ${word(at)} ${mixed(at)} failed at ${word(at + 1)}`
    : `    at ${word(at)}.${word(at + 1)} (/app/src/${word(at + 2)}/${word(at + 3)}.js:${mixed(at) % 900}:${at % 80})`

const patchLine = (at: number): string => {
  if (at % 60 === 0)
    return `diff --git a/src/f${at}.ts b/src/f${at}.ts\n--- a/src/f${at}.ts\n+++ b/src/f${at}.ts\n@@ -1,59 +1,59 @@`
  return at % 5 === 0
    ? `-const ${word(at)} = ${mixed(at)}\n+const ${word(at)} = ${mixed(at + 1)}`
    : ` const ${word(at)} = ${mixed(at)}`
}

const sentence = (at: number): string =>
  `The ${word(at)} of ${word(at + 1)} ${mixed(at)} was ${word(at + 2)} before it came to the ${word(at + 3)}.`

const ofLines = (name: string, command: string, count: number, line: (at: number) => string): Input => ({
  name,
  command,
  make: (share) => lines(count * share, line)
})

const MADE: ReadonlyArray<Input> = [
  ofLines("log of a service", "docker logs web", 11_000, serviceLine),
  ofLines("log without a clock", "make", 20_000, buildLine),
  ofLines("stack traces", "npm test", 16_000, traceLine),
  { name: "JSON rows, one line", command: "curl x", make: (share) => JSON.stringify(rows(7_000 * share, row)) },
  {
    name: "JSON rows, indented",
    command: "curl x",
    make: (share) => JSON.stringify(rows(4_400 * share, row), null, 2)
  },
  ofLines("JSON lines", "docker inspect x", 7_000, (at) => JSON.stringify(row(at))),
  { name: "JSON of ragged rows", command: "curl x", make: (share) => JSON.stringify(rows(12_000 * share, raggedRow)) },
  ofLines(
    "search results",
    "rg -n value",
    17_000,
    (at) => `src/${word(at >> 6)}/part-${at >> 5}.ts:${at % 900}:  const ${word(at)} = value(${mixed(at)})`
  ),
  ofLines("a diff", "git diff", 36_000, patchLine),
  ofLines("a file, numbered", "", 24_000, (at) => `${at + 1}\tconst ${word(at)}_${at} = ${word(at + 1)}(${mixed(at)})`),
  ofLines("short numbered lines", "nl x", 70_000, (at) => `${at + 1}\t${word(at)}`),
  ofLines("a table", "psql", 30_000, (at) => `${at},${word(at)},${mixed(at)},${word(at + 1)},${mixed(at + 2) / 10}`),
  ofLines(
    "a listing",
    "ls -lR",
    17_000,
    (at) =>
      `-rw-r--r-- 1 user group ${mixed(at)} Mar ${two(at % 30)} 10:${two(at % 60)} ${word(at)}-${mixed(at + 1)}.ts`
  ),
  ofLines("prose", "", 14_000, (at) => sentence(at) + (at % 5 === 0 ? "\n" : "")),
  {
    name: "base64",
    command: "base64 x",
    make: (share) => rows(120_000 * share, (at) => mixed(at).toString(36).padStart(8, "Q")).join("")
  }
]

/** The beginning of a text. */
const cutOf =
  (text: string) =>
  (share: number): string =>
    text.slice(0, text.length * share)

/** Files of the corpus, where it is there, each made up to about 1 MB of files of its folder. */
const found = (): ReadonlyArray<Input> => {
  const corpus = new URL("../shared/corpus/", pathToFileURL(`${process.cwd()}/`))
  return (
    [
      ["logs/loghub", "journalctl"],
      ["logs/ci-build", "make"],
      ["logs/tests", "npm test"],
      ["search", "rg -n x"],
      ["diffs", "git diff"]
    ] as const
  ).flatMap(([folder, command]) => {
    const url = new URL(`${folder}/`, corpus)
    if (!existsSync(url)) return []
    const texts = readdirSync(url, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, "utf8"))
    return [{ name: `corpus ${folder}`, command, make: cutOf(texts.join("\n").slice(0, 1_000_000)) }]
  })
}

const took = (text: string, command: string, visibleOnly: boolean): number => {
  const hint = hintFrom(
    command === "" ? { tool: "Read", input: { file_path: "x" } } : { tool: "Bash", input: { command } }
  )
  const want = { budgetTokens: BUDGET_TOKENS, question: "why did the worker fail", visibleOnly, wholeWords: true }
  const started = performance.now()
  decide({ text, hint, kind: undefined, want }, new ShownIndex(), registry)
  return performance.now() - started
}

const only = process.argv[2] ?? ""
const inputs = [
  ...MADE,
  ...found(),
  ...GIANTS.map(([name, text]): Input => ({ name, command: "cat x", make: cutOf(text) }))
].filter(({ name }) => name.includes(only))

console.log("                                    kB   visible  quarter  offload  quarter   ms")
let slow = 0
for (const { name, command, make } of inputs) {
  const text = make(1)
  const quarter = make(1 / 4)
  for (let round = 0; round < ROUNDS; round++) took(quarter, command, round === 0)
  const measured = [text, quarter].flatMap((part) =>
    [true, false].map((visibleOnly) => Math.min(...rows(ROUNDS, () => took(part, command, visibleOnly))))
  )
  const [visible, offload, quarterVisible, quarterOffload] = measured as [number, number, number, number]
  const isSlow = Math.max(visible, offload) > MOST * Math.max(1, text.length / 1e6)
  if (isSlow) slow++
  console.log(
    name.padEnd(34),
    (text.length / 1e3).toFixed(0).padStart(5),
    ...[visible, quarterVisible, offload, quarterOffload].map((value) => value.toFixed(0).padStart(8)),
    isSlow ? " over" : ""
  )
}
console.log(`${inputs.length - slow} of ${inputs.length} within ${MOST} ms a megabyte`)
