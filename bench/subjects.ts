/** What the bench measures: texts by kind, and what of each must stay in view, found without any of the code that is measured. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { declaredIn, namesSeen } from "./declared.ts"
import { parseCsv, parses, plainTags, wordRecall } from "./measure.ts"

export interface Subject {
  readonly text: string
  readonly file: string
  readonly origin: "file" | "output"
  /** What the reader asks, where somebody asks. */
  readonly question: string
  /** How much of what must stay a view holds, of how much. */
  readonly held: (view: string) => readonly [held: number, of: number]
}

export interface Group {
  readonly name: string
  readonly must: string
  /** Tokens that a view should not exceed. */
  readonly budgetTokens: number
  /** What BM25 is asked where nobody asks. */
  readonly query: string
  readonly subjects: ReadonlyArray<Subject>
}

const BUDGET = 2_000
const TROUBLE = "error failed failure fatal exception warning panic denied timeout"

const countIn = (wanted: ReadonlyArray<string>): Subject["held"] => {
  const distinct = [...new Set(wanted)]
  return (view) => [distinct.filter((one) => view.includes(one)).length, distinct.length]
}

/** Files under a folder of the corpus, in order. */
const under = (corpus: string, folder: string): ReadonlyArray<readonly [file: string, text: string]> => {
  const root = `${corpus}/${folder}`
  if (!existsSync(root)) return []
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(`${root}/${name}`).isFile())
    .sort()
    .map((name) => [name, readFileSync(`${root}/${name}`, "utf8")] as const)
}

const output = (file: string, text: string, held: Subject["held"], question = ""): Subject => ({
  text,
  file,
  origin: "output",
  question,
  held
})

/** Strings of a JSON text that tell of trouble, the short ones. */
const troubleIn = (value: unknown): ReadonlyArray<string> => {
  const found: Array<string> = []
  const open: Array<unknown> = [value]
  while (open.length > 0) {
    const at = open.pop()
    if (typeof at === "string" && at.length < 80 && /^(?:error|fatal|critical|failed|failure)\b/i.test(at))
      found.push(at)
    else if (typeof at === "object" && at !== null) open.push(...Object.values(at))
  }
  return found
}

const jsonIn = (text: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  const open: Array<unknown> = [JSON.parse(text)]
  while (open.length > 0) {
    const at = open.pop()
    if (typeof at === "string" && /^[[{]/.test(at) && at.length > 200) found.push(at)
    else if (typeof at === "object" && at !== null) open.push(...Object.values(at))
  }
  return found
}

const jsonSubject = (file: string, text: string): Subject => output(file, text, countIn(troubleIn(JSON.parse(text))))

/** For each kind of event of a loghub system, its lines: one of them must be in view. */
const eventsOf = (log: string, structured: string): Subject["held"] => {
  const lines = log.split("\n")
  const [header = [], ...rows] = parseCsv(structured)
  const column = header.indexOf("EventId")
  const kinds = new Map<string, Array<string>>()
  rows.forEach((row, at) => {
    const id = row[column] ?? ""
    const own = kinds.get(id) ?? []
    kinds.set(id, own)
    own.push((lines[at] ?? "").trim())
  })
  return (view) => {
    const shown = new Set(view.split("\n").map((line) => line.trim()))
    return [[...kinds.values()].filter((own) => own.some((line) => shown.has(line))).length, kinds.size]
  }
}

/** What failed, by name; lines that say error; and lines of files that are named: what whoever reads a build's or a test's output must see. */
const FAILED = /(?:--- FAIL:|\bFAILED\b:?|✕|✗|not ok \d+ -?) +([\w./:[\]-]{4,})/g
const ERROR_WORD = /(?<![\w./\\=-])(?:[Ee]rror|ERROR|[Ff]atal|FATAL)(?![\w/-]|\.\w)/
const PLACE =
  /(?:[\w.+@~-]*[\\/])*[\w.+-]*[A-Za-z][\w+-]*\.(?!com\b|net\b|org\b|io\b)[A-Za-z]\w{0,7}(?::\[?\d+|\(\d+(?:,\d+)*\) ?:|", line \d+)/g
/** Longer lines are data in one line; there only what names a folder is sure to be a place. */
const LONG_LINE = 2_400

const verdictsIn = (text: string): ReadonlyArray<string> => [
  ...[...text.matchAll(FAILED)].map((match) => match[1] as string),
  ...text.split("\n").flatMap((line) => {
    const places = line.match(PLACE) ?? []
    if (line.length > LONG_LINE) return places.filter((place) => place.includes("/"))
    return ERROR_WORD.test(line) ? [...places, line.trim()] : places
  })
]

/** A view with the names that a table gives to repeated text put back, as its reader reads it. */
const spelledOut = (view: string): string => {
  const names = new Map([...view.matchAll(/^&(\w+) (.*)$/gm)].map(([, name, text]) => [name, text] as const))
  return names.size === 0 ? view : view.replace(/\*(\w+)/g, (word, name: string) => names.get(name) ?? word)
}

/** The names of the columns, and the highest number of each. */
const extremesOf = (text: string): Subject["held"] => {
  const [header = [], ...rows] = parseCsv(text)
  const wanted = header.filter((name) => name !== "")
  header.forEach((_, at) => {
    const numbers = rows.map((row) => row[at] ?? "").filter((cell) => /^-?\d+(?:\.\d+)?$/.test(cell))
    if (numbers.length < 0.8 * rows.length) return
    wanted.push(numbers.reduce((most, one) => (Number(one) > Number(most) ? one : most)))
  })
  return countIn(wanted)
}

/** Folders of paths, headings of folders, and the newest commits. */
const landmarks = (text: string): Subject["held"] => {
  const lines = text.split("\n")
  const commits = lines.flatMap((line) => /^(?:commit )?([0-9a-f]{8,40})\b/.exec(line)?.[1] ?? [])
  if (commits.length > 0) return countIn(commits.slice(0, 20))
  const headings = lines.filter((line) => /^\S.*:$/.test(line))
  if (headings.length > 0) return countIn(headings)
  const folders = lines.flatMap((line) => /^(?:\S*\/)(?=[^/]+$)/.exec(line)?.[0] ?? [])
  return countIn(folders.length > 0 ? folders : lines.slice(-2))
}

interface Question {
  readonly title: string
  readonly context: string
  readonly question: string
  readonly answers: ReadonlyArray<string>
  readonly is_impossible: boolean
}

/** Paragraphs of SQuAD that hold an answer, each among ten of other titles, by a fixed rule. */
const proseIn = (corpus: string): ReadonlyArray<Subject> => {
  const file = `${corpus}/qa/squad_v2.sample.jsonl`
  if (!existsSync(file)) return []
  const questions = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Question)
    .filter((one) => !one.is_impossible && one.answers.length > 0)
  const contexts = [...new Set(questions.map((one) => one.context))]
  return questions.slice(0, 150).map((one, at) => {
    const others = Array.from(
      { length: 10 },
      (_, i) => contexts[(at * 37 + i * 11 + 5) % contexts.length] as string
    ).filter((context) => context !== one.context && !one.answers.some((answer) => context.includes(answer)))
    const place = (at * 7) % (others.length + 1)
    const text = [...others.slice(0, place), one.context, ...others.slice(place)].join("\n\n")
    const plain = (view: string): string => view.replace(/\s+/g, " ")
    return output(
      `squad-${at}`,
      text,
      (view) => [one.answers.some((answer) => plain(view).includes(plain(answer))) ? 1 : 0, 1],
      one.question
    )
  })
}

/** Every group that the corpus has texts of. */
export const groupsIn = (corpus: string): ReadonlyArray<Group> => {
  const files = (folder: string): ReadonlyArray<readonly [string, string]> => under(corpus, folder)
  const group = (
    name: string,
    must: string,
    subjects: ReadonlyArray<Subject>,
    budgetTokens = BUDGET,
    query = TROUBLE
  ): Group => ({
    name,
    must,
    budgetTokens,
    query,
    subjects
  })
  const json = (folder: string): ReadonlyArray<Subject> =>
    files(folder).flatMap(([file, text]) => (parses(text) && text.length > 400 ? [jsonSubject(file, text)] : []))
  const loghub = files("logs/loghub")
  const structured = new Map(loghub)
  const listings = [
    ...files("search/find"),
    ...files("search/ls"),
    ...files("search/git").filter(([file]) => !file.includes("diff-range"))
  ]
  return [
    group(
      "JSON: agents' tool results",
      "states of trouble",
      files("peer-workloads").flatMap(([file, text]) => jsonIn(text).map((one) => jsonSubject(file, one)))
    ),
    group("JSON: GitHub, Kubernetes, registries", "states of trouble", [
      ...json("json/github-api"),
      ...json("json/kubernetes"),
      ...json("json/registry")
    ]),
    group(
      "logs: loghub",
      "kinds of events",
      loghub.flatMap(([file, text]) =>
        file.endsWith("_2k.log")
          ? [output(file, text, eventsOf(text, structured.get(`${file}_structured.csv`) ?? ""))]
          : []
      )
    ),
    group(
      "builds and tests",
      "failed tests, lines of errors, places",
      [...files("logs/ci-build"), ...files("logs/tests")].flatMap(([file, text]) => {
        if (!/\.(?:txt|log|out|xml)$/.test(file) || file.endsWith("files.txt")) return []
        const seen = countIn(verdictsIn(text))
        return [output(file, text, (view) => seen(spelledOut(view)))]
      })
    ),
    group(
      "search results",
      "files",
      files("search/grep").flatMap(([file, text]) => {
        const named = text
          .split("\n")
          .flatMap(
            (line) =>
              /^([^\s:]+\.\w+):\d+:/.exec(line)?.[1] ?? (/^[\w@.-]+(?:\/[\w@.-]+)+\.\w+$/.test(line) ? line : [])
          )
        return named.length < 10 || /(?:grep-l|-c|wc)\.txt$/.test(file) ? [] : [output(file, text, countIn(named))]
      })
    ),
    group(
      "diffs",
      "files",
      files("diffs").flatMap(([file, text]) =>
        /\.(?:diff|patch)$/.test(file)
          ? [
              output(
                file,
                text,
                countIn([...text.matchAll(/^diff --git a\/(\S+) /gm)].map((match) => match[1] as string))
              )
            ]
          : []
      )
    ),
    group(
      "source",
      "declared names",
      files("code").flatMap(([file, text]) => {
        const language = file.split("/")[0] ?? ""
        const { names } = declaredIn(text, language)
        return [
          {
            text,
            file,
            origin: "file",
            question: "",
            held: (view: string) => [namesSeen(names, view), names.length]
          } as const
        ]
      }),
      0,
      "class interface type function def struct import"
    ),
    group(
      "web pages",
      "words of the main text",
      files("web/readability").flatMap(([file, text]) => {
        if (!file.endsWith("source.html")) return []
        const expected = plainTags(
          readFileSync(`${corpus}/web/readability/${file.replace("source", "expected")}`, "utf8")
        )
        const held: Subject["held"] = (view) => [wordRecall(expected, view), 1]
        return [output(file, text, held)]
      }),
      1_000,
      "the and of to in is that for it as"
    ),
    group(
      "tables (CSV)",
      "columns and their highest values",
      files("web/csv").map(([file, text]) => output(file, text, extremesOf(text)))
    ),
    group(
      "listings",
      "folders, newest commits",
      listings.map(([file, text]) => output(file, text, landmarks(text))),
      1_000
    ),
    group("prose, with a question", "the answer", proseIn(corpus), 450)
  ].filter(({ subjects }) => subjects.length > 0)
}
