/** Message lists of every shape, texts of every kind, and texts as nobody expects them, for the laws. */
import * as fc from "effect/FastCheck"
import { conversation, FEIGNED, output, type Turn } from "./conversations.ts"

/** How each provider writes the turns. */
const SHAPES = {
  anthropic: (turns: ReadonlyArray<Turn>) =>
    turns.flatMap(
      (turn, i): ReadonlyArray<unknown> =>
        turn._tag === "Said"
          ? [{ role: turn.role, content: i % 2 === 0 ? turn.text : [{ type: "text", text: turn.text }] }]
          : [
              {
                role: "assistant",
                content: [
                  { type: "thinking", thinking: "hm", signature: "c2ln" },
                  { type: "tool_use", id: `t${i}`, name: turn.call.tool, input: turn.call.input }
                ]
              },
              {
                role: "user",
                content: [
                  {
                    type: "tool_result",
                    tool_use_id: `t${i}`,
                    is_error: turn.failed,
                    content:
                      i % 2 === 0
                        ? turn.output
                        : [{ type: "text", text: turn.output, cache_control: { type: "ephemeral" } }]
                  }
                ]
              }
            ]
    ),
  chat: (turns: ReadonlyArray<Turn>) =>
    turns.flatMap(
      (turn, i): ReadonlyArray<unknown> =>
        turn._tag === "Said"
          ? [{ role: turn.role, content: turn.text }]
          : [
              {
                role: "assistant",
                content: null,
                tool_calls: [
                  {
                    id: `c${i}`,
                    type: "function",
                    function: { name: turn.call.tool, arguments: JSON.stringify(turn.call.input) }
                  }
                ]
              },
              { role: "tool", tool_call_id: `c${i}`, content: turn.output }
            ]
    ),
  responses: (turns: ReadonlyArray<Turn>) =>
    turns.flatMap(
      (turn, i): ReadonlyArray<unknown> =>
        turn._tag === "Said"
          ? [
              {
                type: "message",
                role: turn.role,
                content: [{ type: turn.role === "user" ? "input_text" : "output_text", text: turn.text }]
              }
            ]
          : [
              { type: "reasoning", id: `r${i}`, summary: [], encrypted_content: "Z0E" },
              {
                type: "function_call",
                call_id: `f${i}`,
                name: turn.call.tool,
                arguments: JSON.stringify(turn.call.input)
              },
              { type: "function_call_output", call_id: `f${i}`, output: turn.output }
            ]
    ),
  gemini: (turns: ReadonlyArray<Turn>) =>
    turns.flatMap(
      (turn): ReadonlyArray<unknown> =>
        turn._tag === "Said"
          ? [{ role: turn.role === "user" ? "user" : "model", parts: [{ text: turn.text }] }]
          : [
              { role: "model", parts: [{ functionCall: { name: turn.call.tool, args: turn.call.input } }] },
              {
                role: "user",
                parts: [{ functionResponse: { name: turn.call.tool, response: { output: turn.output } } }]
              }
            ]
    ),
  vercel: (turns: ReadonlyArray<Turn>) =>
    turns.flatMap(
      (turn, i): ReadonlyArray<unknown> =>
        turn._tag === "Said"
          ? [{ role: turn.role, content: [{ type: "text", text: turn.text }] }]
          : [
              {
                role: "assistant",
                content: [{ type: "tool-call", toolCallId: `v${i}`, toolName: turn.call.tool, input: turn.call.input }]
              },
              {
                role: "tool",
                content: [
                  {
                    type: "tool-result",
                    toolCallId: `v${i}`,
                    toolName: turn.call.tool,
                    output: { type: "text", value: turn.output }
                  }
                ]
              }
            ]
    )
} as const

/** The messages of a conversation in one of the shapes. */
export const messages: fc.Arbitrary<ReadonlyArray<unknown>> = fc
  .tuple(conversation, fc.constantFrom(...Object.values(SHAPES)))
  .map(([turns, write]) => write(turns))

/** The wires that a proxy reads: the field of a body that holds the messages. */
export const WIRES = {
  anthropic: { field: "messages" },
  chat: { field: "messages" },
  responses: { field: "input" },
  gemini: { field: "contents" }
} as const

export type Provider = keyof typeof WIRES

/** The messages that each call of a session adds: an answer of the model's, if any, and what follows it. */
export const turnsFor = (provider: Provider, turns: ReadonlyArray<Turn>): ReadonlyArray<ReadonlyArray<unknown>> =>
  turns.map((_, i) => SHAPES[provider](turns.slice(0, i + 1)).slice(SHAPES[provider](turns.slice(0, i)).length))

const edit = fc.record(
  {
    type: fc.constant("clear_tool_uses_20250919"),
    exclude_tools: fc.subarray(["Read", "Bash", "Edit", "Write"]),
    clear_tool_inputs: fc.oneof(fc.boolean(), fc.subarray(["Read", "Bash", "Edit", "Write"]))
  },
  { requiredKeys: ["type"] }
)

/** Request bodies whose provider may take blocks out of the model's sight. */
export const bodiesThatFade: fc.Arbitrary<{ readonly [field: string]: unknown }> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(conversation, fc.array(edit, { minLength: 1, maxLength: 2 }))
      .map(([turns, edits]) => ({ messages: SHAPES.anthropic(turns), context_management: { edits } }))
  },
  {
    weight: 1,
    arbitrary: conversation.map((turns) => ({ input: SHAPES.responses(turns), truncation: "auto" }))
  }
)

const PIECES: ReadonlyArray<string> = [
  "",
  " ",
  "\t",
  "\r",
  "\r\n",
  "\u0000",
  "\ud800",
  "\udfff",
  "\u2028",
  "\ufeff",
  "é",
  "中文",
  "👩‍💻",
  "{",
  "}",
  "[",
  "]",
  '"',
  "\\",
  "```",
  "---",
  "@@ -1,2 +1,2 @@",
  "+a",
  "-a",
  "src/a.ts:12:const a = 1",
  "src/a.ts-13-",
  "    12→const a = 1",
  "13→const b = 2",
  "\u001b[31m",
  "\u001b[0m",
  "\u001b[2K",
  "\u001b[5C",
  "\u001b]8;;http://a\u0007",
  "2026-03-01 10:22:31,113 INFO worker started",
  "Error: it failed at 7f3a9c21",
  "  at f (a.js:1:2)",
  '{"a":1,"a":1.0,"b":null}',
  "The quay is not open in winter, because of the ice.",
  '<p class="a b">',
  "</p>",
  '<a href="/quay?a=1&amp;b=2">to the quay</a>',
  '<a href="/quay"><p>',
  "<h2>Ice &amp; tides</h2>",
  "<ul><li>",
  "<tr><td>",
  "<nav>",
  "<pre>",
  "&lt;&nbsp;&#39;&hellip;",
  '<input name="q" value="ice">',
  '<script type="application/json">{"a":1}</script>',
  "<script>if (a<b) f()</script>",
  "<!-- hidden",
  "-->",
  ...FEIGNED
]

const cell = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      "",
      "open",
      "closed",
      "7",
      "007",
      "1.50",
      "-3",
      "null",
      "true",
      "Fix the quay",
      "a,b",
      'say "so"'
    )
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }) }
)

const padTo = (text: string, width: number, right: boolean): string =>
  right ? text.padStart(width) : text.padEnd(width)

/** How programs draw tables. */
const DRAWN: ReadonlyArray<(rows: ReadonlyArray<ReadonlyArray<string>>, widths: ReadonlyArray<number>) => string> = [
  (rows) =>
    rows
      .map((row) => row.map((one) => (/[",\n]/.test(one) ? `"${one.replaceAll('"', '""')}"` : one)).join(","))
      .join("\n"),
  (rows) => rows.map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(";")).join("\r\n"),
  (rows) => rows.map((row) => row.join("\t")).join("\n"),
  (rows) =>
    rows.map((row, at) => `| ${row.join(" | ")} |${at === 0 ? `\n|${row.map(() => "---|").join("")}` : ""}`).join("\n"),
  (rows, widths) => {
    const rule = `+${widths.map((width) => "-".repeat(width + 2)).join("+")}+`
    const line = (row: ReadonlyArray<string>): string =>
      `| ${row.map((one, at) => padTo(one, widths[at] as number, /^[\d.]+$/.test(one))).join(" | ")} |`
    return [rule, line(rows[0] ?? []), rule, ...rows.slice(1).map(line), rule, `${rows.length} rows in set`].join("\n")
  },
  (rows, widths) =>
    rows
      .map((row, at) => {
        const line = ` ${row.map((one, i) => padTo(one, widths[i] as number, at > 0 && i === 0)).join(" | ")}`
        return at === 0 ? `${line}\n${widths.map((width) => "-".repeat(width + 2)).join("+")}` : line
      })
      .join("\n"),
  (rows, widths) =>
    rows
      .map((row, at) =>
        row
          .map((one, i) => padTo(at === 0 ? one.toUpperCase() : one, (widths[i] as number) + 3, false))
          .join("")
          .trimEnd()
      )
      .join("\n")
]

/** Tables of a few columns, some rows ragged, as programs draw them. */
const tabular: fc.Arbitrary<string> = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom("id", "name", "state", "Full Name", "count"), { minLength: 2, maxLength: 5 }),
    fc.array(fc.array(cell, { minLength: 5, maxLength: 5 }), { minLength: 2, maxLength: 30 }),
    fc.constantFrom(...DRAWN),
    fc.nat(40)
  )
  .map(([header, body, draw, ragged]) => {
    const rows = [header, ...body.map((row, at) => row.slice(0, header.length - (at === ragged ? 1 : 0)))]
    const widths = header.map((_, at) => Math.max(...rows.map((row) => (row[at] ?? "").length)))
    return `${draw(rows, widths)}\n`
  })

const path = fc
  .array(fc.constantFrom("src", "wire", "a.ts", "b c.md", "12 names", "lib", "..", "x"), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join("/"))
const COMMITS: ReadonlyArray<string> = ["8e5397bfa", "^dc43372", "4b68a5f12", "41d8591eb"]

/** Entries of listings by their number and path, and what stands above them. */
const ENTRIES: ReadonlyArray<readonly [head: string, entry: (at: number, path: string) => string]> = [
  ["", (_, path) => path],
  ["", (at, path) => (at % 5 === 0 ? `${path}:` : path.replaceAll("/", "-"))],
  [
    "total 8\n",
    (at, path) => `${at % 4 === 0 ? "d" : "-"}rw-r--r-- 1 me me ${at * 97} 2026-03-01 10:2${at % 10} ${path}`
  ],
  [
    "",
    (at, path) =>
      `${COMMITS[(at * at) % 4] as string} (Ann Example 2026-03-0${at % 3} 10:00:00 +0100 ${String(at).padStart(3)}) ${path}`
  ],
  ["", (at, path) => `${(at * 7_919_321 + 1e9).toString(16).slice(0, 8)} fix ${path} (#${at})`],
  [
    "",
    (at, path) =>
      at % 4 === 0
        ? `commit ${"8e5397bfa".repeat(4)}${at}\nAuthor: Ann\nDate:   now\n\n    touch ${path}\n`
        : ` ${path} | ${at} ++--`
  ],
  [
    "my-app@1.0.0 /srv\n",
    (at, path) =>
      `${"│ ".repeat(at % 4)}├── ${path.replaceAll(" ", "")}@${at}${at % 9 === 0 ? " UNMET DEPENDENCY" : ""}`
  ],
  ["On branch main\nChanges not staged for commit:\n", (_, path) => `\tmodified:   ${path}`],
  ["## main\n", (at, path) => `${["??", " M", "UU"][at % 3] as string} ${path}`]
]

/** Listings, some with a line of something else. */
const listed: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...ENTRIES), fc.array(path, { minLength: 4, maxLength: 60 }), fc.boolean(), fc.nat(200))
  .map(([[head, entry], paths, ends, odd]) => {
    const lines = paths.map((one, at) => (at === odd ? "and so it goes, on and on" : entry(at, one)))
    return `${head}${lines.join("\n")}${ends ? "\n" : ""}`
  })

/** Any text: outputs, pieces that mean something to some compressor in any order, and noise. */
export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: output },
  { weight: 2, arbitrary: tabular },
  { weight: 2, arbitrary: listed },
  {
    weight: 3,
    arbitrary: fc
      .array(fc.constantFrom(...PIECES), { maxLength: 60 })
      .chain((parts) => fc.constantFrom("\n", "\r\n", "", " ").map((glue) => parts.join(glue)))
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 400 }) },
  { weight: 1, arbitrary: fc.tuple(output, output, fc.nat(400)).map(([a, b, cut]) => `${a.slice(cut)}\n${b}`) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 4 }).map((json) => JSON.stringify(JSON.parse(json), null, 2)) }
)

export const want = fc.record({
  visibleOnly: fc.boolean(),
  budgetTokens: fc.integer({ min: 0, max: 2_000 }),
  question: fc.constantFrom("", "cache worker", "why failed?"),
  wholeWords: fc.boolean()
})

/** Texts that break what is not linear or not iterative, by name. */
export const GIANTS: ReadonlyArray<readonly [name: string, text: string]> = [
  ["a line of 1 MB", "x=1,".repeat(250_000)],
  ["50,000 spaces", " ".repeat(50_000)],
  ["1 MB of spaces", " ".repeat(1_000_000)],
  ["48,000 CJK characters", "漢".repeat(48_000)],
  ["arrays nested 10,000 deep", "[".repeat(10_000) + "]".repeat(10_000)],
  ["objects nested 10,000 deep", '{"a":'.repeat(10_000) + "1" + "}".repeat(10_000)],
  ["1 MB of brackets that never close", "[{".repeat(500_000)],
  ["1 MB of quotes", '"'.repeat(1_000_000)],
  ["1 MB of newlines", "\n".repeat(1_000_000)],
  ["1 MB of CR", "\r".repeat(1_000_000)],
  ["1 MB of CRLF", "\r\n".repeat(500_000)],
  ["1 MB of NUL", "\u0000".repeat(1_000_000)],
  ["1 MB of colours", "\u001b[31mred\u001b[0m ".repeat(70_000)],
  ["1 MB of escapes cut short", "\u001b[3".repeat(330_000)],
  ["1 MB of gaps that never close", "[… 1-2: 3 lines, ".repeat(60_000)],
  ["1 MB of notes that never close", `[lines 1-2 as in a${" above, but x".repeat(85_000)}`],
  ["1 MB of numbered lines", Array.from({ length: 60_000 }, (_, i) => `${i + 1}: const a = ${i}`).join("\n")],
  [
    "1 MB of short runs said before",
    Array.from({ length: 30_000 }, (_, i) => `alpha beta\ngamma delta\nepsilon eta\nq${i.toString(36)}`).join("\n")
  ],
  [
    "1 MB numbered anew every five lines",
    Array.from({ length: 60_000 }, (_, i) => `${1 + (i % 5)}: alpha ${i % 3}`).join("\n")
  ],
  ["1 MB of equal lines", "the quick brown fox\n".repeat(50_000)],
  ["1 MB of places", Array.from({ length: 25_000 }, (_, i) => `src/f${i % 700}.ts:${i}:const value = ${i}`).join("\n")],
  ["1 MB of changes", `diff --git a/a b/a\n--- a/a\n+++ b/a\n${"@@ -1,1 +1,1 @@\n-a\n+b\n".repeat(45_000)}`],
  ["1 MB of words", "so it goes, and on it went. ".repeat(37_000)],
  [
    "1 MB of passages cut elsewhere",
    Array.from({ length: 320 }, (_, i) =>
      Array.from(
        { length: 60 },
        (_, k) => `It was in ${1_800 + ((i * 7 + k) % 90)} that the quay of the town was closed.`
      ).join(" ")
    ).join("\n\n")
  ],
  ["1 MB of tags that stay open", `<!doctype html>${"<div><p>".repeat(125_000)}`],
  ["1 MB of links that stay open", `<!doctype html>${'<a href="/q?a=1&amp;b">x '.repeat(40_000)}`],
  ["1 MB of comments that stay open", `<!doctype html>${"<!-- <p".repeat(125_000)}`],
  ["1 MB of named characters", `<!doctype html><p>${"&lt;&#39;&nbsp;".repeat(70_000)}`],
  [
    "1 MB of cells",
    `id,name,state\n${Array.from({ length: 45_000 }, (_, i) => `${i},name ${i % 90},open`).join("\n")}`
  ],
  ["1 MB of headers", "NAME   AGE   STATUS\n".repeat(50_000)],
  ["1 MB of rules", `| a | b |\n${"|---|---|\n".repeat(100_000)}`],
  ["1 MB of cells that stay open", 'a,"b,c\n'.repeat(125_000)],
  ["a row of 100,000 keys", JSON.stringify(Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`k${i}`, i])))]
]
