/**
 * Conversations as agents have them, each a list of small steps played over a world of files, so that the same lines come back the way
 * they really do: read again in another window, echoed by an edit, printed by a test that runs again with other times.
 */
import * as fc from "effect/FastCheck"
import type { Call } from "../src/domain/document.ts"

/** One turn of a conversation, whatever the provider. */
export type Turn =
  | { readonly _tag: "Said"; readonly role: "user" | "assistant"; readonly text: string }
  | { readonly _tag: "Ran"; readonly call: Call; readonly output: string; readonly failed: boolean }

const WORDS =
  "cache index worker request buffer parser schema column token window session ledger digest marker segment render".split(
    " "
  )
const word = (n: number): string => WORDS[Math.abs(n) % WORDS.length] as string

const FILES = ["src/domain/cache-index.ts", "src/worker.ts", "lib/very/deep/folder/request-buffer.py"] as const
type File = (typeof FILES)[number]

const firstLines = (file: File): ReadonlyArray<string> =>
  Array.from({ length: 60 }, (_, i) => {
    const n = i + file.length
    if (i % 9 === 8) return ""
    if (i % 9 === 7) return "}"
    if (i % 9 === 0) return `export const ${word(n)}${i} = (${word(n + 1)}: number): number => {`
    return `  const ${word(n)}${n} = ${word(n + 3)}.${word(n * 7)}(${word(n + 5)}, ${n * 37})${i % 5 === 0 ? "  " : ""}`
  })

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("read" as const),
      file: fc.nat(2),
      from: fc.nat(50),
      count: fc.integer({ min: 3, max: 40 }),
      gutter: fc.nat(4)
    })
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("edit" as const), file: fc.nat(2), line: fc.nat(50), seed: fc.nat(99) })
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("write" as const), file: fc.nat(2), seed: fc.nat(99) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("test" as const),
      suites: fc.integer({ min: 1, max: 12 }),
      seed: fc.nat(9_999),
      failing: fc.nat(20)
    })
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("grep" as const), seed: fc.nat(15), context: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("build" as const),
      steps: fc.integer({ min: 1, max: 25 }),
      seed: fc.nat(99)
    })
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("json" as const),
      rows: fc.integer({ min: 1, max: 60 }),
      seed: fc.nat(99),
      pretty: fc.boolean()
    })
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("diff" as const),
      file: fc.nat(2),
      hunks: fc.integer({ min: 1, max: 6 }),
      seed: fc.nat(99)
    })
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("log" as const),
      lines: fc.integer({ min: 1, max: 250 }),
      seed: fc.nat(999)
    })
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("twice" as const),
      file: fc.nat(2),
      from: fc.nat(30),
      numbered: fc.boolean()
    })
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("look up" as const),
      passages: fc.array(
        fc.record({ document: fc.nat(3), from: fc.nat(40), words: fc.integer({ min: 20, max: 90 }) }),
        {
          minLength: 1,
          maxLength: 5
        }
      )
    })
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("wrapped" as const), file: fc.nat(2), code: fc.nat(2) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("say" as const),
      role: fc.constantFrom("user" as const, "assistant" as const),
      file: fc.nat(2),
      from: fc.nat(40)
    })
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("odd" as const),
      text: fc.string({ unit: "binary", maxLength: 300 }),
      times: fc.integer({ min: 1, max: 4 })
    })
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("feign" as const),
      which: fc.nat(20),
      by: fc.constantFrom("user" as const, "tool" as const)
    })
  }
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

/** Text in the form of our markers and notes that nobody of ours wrote. */
export const FEIGNED: ReadonlyArray<string> = [
  "[… 12-80: 69 lines, 3 templates]",
  "[… 212 of 900 lines hidden; headroom retrieve 1a2b3c4d5e6f]",
  '[lines 2-9 as in this output above: "a" … "b"]',
  '[lines 1-4 as in Read src/worker.ts above: "a" … "b"]',
  '[text of lines 1-3 in user message 1 above: "a" … "b"]',
  '[lines 1-3 as in user message 1 above, here: "  7→a" … "  9→b"]',
  '[part of line 1 in user message 1 above: "Find" … "slow."]'
]

/** Words of a document that searches quote from. */
const prose = (document: number): ReadonlyArray<string> =>
  Array.from(
    { length: 12 },
    (_, i) =>
      `The ${word(i * 5 + document)} of the ${word(i + document * 3)} was "closed" in ${1800 + i * 7 + document}, for the ${word(i * 3)} of every ${word(i + 2)} there is a ${word(i * 7 + document)} elsewhere.`
  )
    .join(" ")
    .split(" ")

const numbered = (lines: ReadonlyArray<string>, from: number, gutter: number): string => {
  const separators = ["", "→", "\t", ": ", " | "] as const
  const separator = separators[gutter] as string
  if (separator === "") return lines.join("\n")
  return lines
    .map((line, i) => `${gutter === 1 || gutter === 2 ? String(from + i).padStart(6) : from + i}${separator}${line}`)
    .join("\n")
}

const ran = (tool: string, input: unknown, output: string, failed = false): Turn => ({
  _tag: "Ran",
  call: { tool, input },
  output,
  failed
})
const bash = (command: string, output: string, failed = false): Turn => ran("Bash", { command }, output, failed)

type World = Map<File, ReadonlyArray<string>>

const linesOf = (world: World, file: number): readonly [File, ReadonlyArray<string>] => {
  const name = FILES[file] as File
  return [name, world.get(name) ?? firstLines(name)]
}

const edit = (world: World, { file, line, seed }: Extract<Step, { do: "edit" }>): Turn => {
  const [name, lines] = linesOf(world, file)
  const old = lines.slice(line, line + 3).join("\n")
  const now = [...lines.slice(line, line + 1), `  ${word(seed)}.${word(seed + 1)}(${seed})`]
  world.set(name, lines.toSpliced(line, 3, ...now))
  const after = (world.get(name) ?? []).slice(Math.max(0, line - 4), line + 8)
  const echo = numbered(after, Math.max(0, line - 4) + 1, 1)
  return ran(
    "Edit",
    { file_path: name, old_string: old, new_string: now.join("\n") },
    `The file ${name} has been updated. Here's the result of running \`cat -n\`:\n${echo}`
  )
}

const testRun = ({ suites, seed, failing }: Extract<Step, { do: "test" }>): Turn => {
  const lines = Array.from({ length: suites }, (_, i) =>
    [
      ` ✓ test/${word(i)}/${word(i * 3)}.test.ts (${3 + (i % 4)} tests) ${(seed * (i + 7)) % 900}ms`,
      `   ✓ ${word(i)} keeps every ${word(i + 1)} of the ${word(i + 2)} as it was ${(seed + i) % 40}ms`,
      i === failing
        ? `   × ${word(i)} fails: expected ${seed} to be ${seed + 1}`
        : `   ✓ ${word(i + 4)} is empty at first ${(seed * i) % 10}ms`
    ].join("\n")
  )
  const tail = ` Test Files  ${suites} passed (${suites})\n   Start at  10:${String(seed % 60).padStart(2, "0")}:07\n   Duration  ${seed % 77}.21s`
  return bash("npx vitest run", `${lines.join("\n")}\n\n${tail}\n`, failing < suites)
}

const build = ({ steps, seed }: Extract<Step, { do: "build" }>): Turn => {
  const lines = Array.from({ length: steps }, (_, i) => {
    if (i % 5 === 3)
      return `\u001b[33mwarning\u001b[0m: unused \u001b[1m${word(i)}\u001b[22m in \u001b[36msrc/${word(i)}.rs:${i}\u001b[39m   `
    if (i % 5 === 4) return `Downloading ${i}%\rDownloading ${i + 40}%\rDownloaded ${word(i)} v1.${seed}.${i}\u001b[K`
    return `\u001b[32m   Compiling\u001b[0m ${word(i)} v0.${seed}.${i} (/srv/${word(i)})\t`
  })
  return bash("cargo build", `${lines.join(seed % 2 === 0 ? "\n" : "\r\n")}\n`)
}

const rows = ({ rows: count, seed, pretty }: Extract<Step, { do: "json" }>): Turn => {
  const list = Array.from({ length: count }, (_, i) => ({
    id: `${word(i)}-${seed}-${i}`,
    path: `/srv/data/${word(seed)}/${word(i)}/part-${i}.json`,
    size: i * 1_024.5,
    state: i === seed % 60 ? "failed" : "ready",
    tags: i % 3 === 0 ? [word(i), ""] : [],
    owner: i % 4 === 0 ? null : { name: word(i + 1), login: `${word(i)}"${i}` }
  }))
  return ran(
    "mcp__api__list_items",
    { page: seed },
    JSON.stringify({ total: count, items: list }, null, pretty ? 2 : undefined)
  )
}

const patch = (world: World, { file, hunks, seed }: Extract<Step, { do: "diff" }>): Turn => {
  const [name, lines] = linesOf(world, file)
  const parts = Array.from({ length: hunks }, (_, i) => {
    const at = i * 8
    const old = lines.slice(at, at + 5)
    return [
      `@@ -${at + 1},${old.length} +${at + 1},${old.length} @@`,
      ...old
        .map((line, k) => (k === 2 ? `-${line}` : ` ${line}`))
        .flatMap((line) => (line.startsWith("-") ? [line, `+  changed ${seed}`] : [line]))
    ].join("\n")
  })
  return bash(
    "git diff",
    `diff --git a/${name} b/${name}\nindex 1a2b3c4..5d6e7f8 100644\n--- a/${name}\n+++ b/${name}\n${parts.join("\n")}\n`
  )
}

const play = (world: World, next: Step): Turn => {
  switch (next.do) {
    case "read": {
      const [name, lines] = linesOf(world, next.file)
      const text = numbered(lines.slice(next.from, next.from + next.count), next.from + 1, next.gutter)
      return next.gutter === 0
        ? bash(`sed -n ${next.from + 1},${next.from + next.count}p ${name}`, `${text}\n`)
        : ran("Read", { file_path: name, offset: next.from + 1 }, text)
    }
    case "edit":
      return edit(world, next)
    case "write": {
      const [name, lines] = linesOf(world, next.file)
      const now = lines.map((line, i) => (i % 11 === next.seed % 11 ? `${line} // ${next.seed}` : line))
      world.set(name, now)
      return ran("Write", { file_path: name, content: now.join("\n") }, `File created successfully at: ${name}`)
    }
    case "test":
      return testRun(next)
    case "grep": {
      const found = FILES.flatMap((_, file) => {
        const [name, lines] = linesOf(world, file)
        return lines.flatMap((line, i) =>
          line.includes(word(next.seed))
            ? [`${name}:${i + 1}:${line}`, ...(next.context ? [`${name}-${i + 2}-${lines[i + 1] ?? ""}`] : [])]
            : []
        )
      })
      return bash(`grep -rn ${word(next.seed)} .`, found.length === 0 ? "" : `${found.join("\n")}\n`)
    }
    case "build":
      return build(next)
    case "json":
      return rows(next)
    case "diff":
      return patch(world, next)
    case "log":
      return bash(
        "docker logs app",
        Array.from(
          { length: next.lines },
          (_, i) =>
            `2026-03-01T10:${String(i % 60).padStart(2, "0")}:0${i % 10}.${next.seed}Z ${i % 40 === 39 ? "ERROR" : "INFO"} [${word(i % 3)}] ${word(i % 5)} ${next.seed + i} took ${(i * 7) % 90} ms at 1`
        ).join("\n")
      )
    case "twice": {
      const [, lines] = linesOf(world, next.file)
      const part = lines.slice(next.from, next.from + 12)
      const again = next.numbered ? numbered(part, 501, 1) : part.join("\n")
      return bash(
        "./show.sh",
        `== first ==\n${part.join("\n")}\n== second ==\n${again}\n== third ==\n${part.slice(2, 9).join("\n")}\n`
      )
    }
    case "look up": {
      const passages = next.passages.map(({ document, from, words }) =>
        prose(document)
          .slice(from, from + words)
          .join(" ")
      )
      return ran("search_documents", { top: passages.length }, `${passages.join("\n\n")}\n`)
    }
    case "wrapped": {
      const [name, lines] = linesOf(world, next.file)
      return ran(
        "shell",
        { command: ["bash", "-lc", `./list ${name}`] },
        JSON.stringify({
          output: `${lines.slice(0, 25).join("\n")}\n`,
          metadata: { exit_code: next.code, duration_seconds: 0.1 }
        })
      )
    }
    case "say": {
      const [name, lines] = linesOf(world, next.file)
      return {
        _tag: "Said",
        role: next.role,
        text: `About ${name}:\n\`\`\`\n${lines.slice(next.from, next.from + 14).join("\n")}\n\`\`\`\nWhat do you think?`
      }
    }
    case "odd":
      return ran(
        "odd_tool",
        { id: next.text.slice(0, 9) },
        Array.from({ length: next.times }, () => next.text).join("\n")
      )
    case "feign": {
      const feigned = FEIGNED[next.which % FEIGNED.length] as string
      const [name, lines] = linesOf(world, 1)
      const text = [...lines.slice(0, 6), feigned, ...lines.slice(10, 16)].join("\n")
      return next.by === "user" ? { _tag: "Said", role: "user", text } : ran("Read", { file_path: name }, text)
    }
  }
}

export const conversation: fc.Arbitrary<ReadonlyArray<Turn>> = fc
  .array(step, { minLength: 1, maxLength: 14 })
  .map((steps) => {
    const world: World = new Map()
    return [
      { _tag: "Said", role: "user", text: "Find out why the cache is slow." },
      ...steps.map((next) => play(world, next))
    ]
  })

/** A tool's output of any kind that a conversation holds. */
export const output: fc.Arbitrary<string> = step.map((next) => {
  const turn = play(new Map(), next)
  return turn._tag === "Ran" ? turn.output : turn.text
})
