import { describe, expect, it } from "vitest"
import { registry } from "../../../src/compressors/registry.ts"
import { readNotation } from "../../../src/compressors/table/notation.ts"
import { gridsOf, table } from "../../../src/compressors/table/table.ts"
import { noHint } from "../../../src/domain/content.ts"
import { isLawful } from "../../../src/domain/tiling.ts"
import { draft } from "../../../src/domain/view.ts"

const PSQL = ` id |      name      |   city    | balance 
----+----------------+-----------+---------
  1 | Ann Example    | Brest     |   12.50
  2 | Bob Longername | Lorient   |  100.00
  3 | Cyd            | Brest     |    7.25
 14 | Dan            |           |    0.00
(4 rows)

`
const MYSQL = `+----+----------------+---------+
| id | name           | balance |
+----+----------------+---------+
|  1 | Ann Example    |   12.50 |
|  2 | Bob | Longer   |  100.00 |
|  3 | Cyd            |    7.25 |
+----+----------------+---------+
3 rows in set (0.00 sec)
`
const BOX = `┌────┬────────────────┬─────────┐
│ id │      name      │ balance │
├────┼────────────────┼─────────┤
│ 1  │ Ann Example    │ 12.5    │
│ 2  │ Bob Longername │ 100.0   │
│ 3  │ Cyd            │ 7.25    │
└────┴────────────────┴─────────┘
`
const PODS = `NAME                      READY   STATUS             RESTARTS      AGE
api-7d9c5b6f4-2xkqp       1/1     Running            0             3d4h
api-7d9c5b6f4-8vlmz       1/1     Running            0             3d4h
worker-5c8b7d9f6-abcde    0/1     CrashLoopBackOff   12 (2m ago)   3d4h
worker-5c8b7d9f6-fghij    1/1     Running            0             3d4h
scheduler-0               1/1     Running            1             9d
`
const PIP = `Package                  Version
------------------------ ---------
attrs                    23.2.0
certifi                  2024.2.2
charset-normalizer       3.3.2
idna                     3.6
requests                 2.31.0
typing_extensions        4.10.0
urllib3                  2.2.1
zope.interface           6.2
`
const MARKDOWN = `| Name  | Stars | Note       |
| :---- | ----: | ---------- |
| alpha |    12 | the first  |
| beta  |     7 | the second |
| gamma |     0 |            |
`
const SQLITE = `id  name            balance
--  --------------  -------
1   Ann Example     12.5   
2   Bob Longername  100.0  
3   Cyd             7.25   
`

const csv = (row: (i: number) => string, header = "id,note,state"): string =>
  `${[header, ...Array.from({ length: 40 }, (_, i) => row(i))].join("\n")}\n`

const print = (text: string, visibleOnly: boolean, budgetTokens = 200, question = ""): string => {
  const want = { visibleOnly, budgetTokens, question }
  const segments = table.tile({ kind: "table", text, origin: "output" }, want)
  if (segments === undefined) return text
  expect(isLawful({ input: text, segments })).toBe(true)
  for (const segment of segments)
    if (segment._tag === "Shown" && segment.codec === "table") expect(readNotation(segment.text)).toBeDefined()
  return draft([{ input: text, segments }])
}

describe("a table", () => {
  it.each([
    ["psql", PSQL, "# psql -2 14 9 -7\nid,name,city,balance\n1,Ann Example,Brest,12.50\n"],
    [
      "mysql, a bar within a cell",
      MYSQL,
      "# mysql -2 14 -7\nid,name,balance\n1,Ann Example,12.50\n2,Bob | Longer,100.00\n"
    ],
    ["sqlite3 boxes", BOX, "# box centred 2 14 7\nid,name,balance\n1,Ann Example,12.5\n"],
    ["kubectl", PODS, 'NAME,READY:"1/1",STATUS:"Running",RESTARTS:0,AGE:"3d4h"\napi-7d9c5b6f4-2xkqp\n'],
    ["padded Markdown", MARKDOWN, "Name,Stars,Note\nalpha,12,the first\n"]
  ])("of %s stands without its drawing", (_, text, part) => {
    expect(registry.route(text, noHint)).toBe("table")
    expect(print(text, true)).toContain(part)
  })

  it.each([
    ["pip", PIP],
    ["sqlite3 columns", SQLITE]
  ])("of %s is known", (_, text) => {
    expect(registry.route(text, noHint)).toBe("table")
    expect(gridsOf(text)).toHaveLength(1)
  })

  it.each([
    [
      "quoted cells",
      csv((i) => `${i},${['"a, b"', '"say ""so"""', '"two\nlines"', "plain"][i % 4] as string},open for review`)
    ],
    [
      "all quoted, CRLF",
      csv((i) => `"${i}";"${i % 2}a";"open for review"`, '"id";"note";"state"').replaceAll("\n", "\r\n")
    ],
    ["tabs", csv((i) => `${i}\t${i % 3 === 0 ? "" : "a"}\topen for review`, "id\tnote\tstate")],
    ["a ragged row", csv((i) => (i === 14 ? "odd,row" : `${i},n${i},open for review`))],
    ["numbers as they are written", csv((i) => `00${i},1.0,1e${i % 3}`)]
  ])("with %s comes back from its notation", (_, text) => {
    const [grid] = gridsOf(text)
    expect(grid).toBeDefined()
    const view = print(text, true)
    expect(view).not.toBe(text)
    expect(readNotation(view)).toBe(text)
  })

  it("above the budget keeps the rows that stand out and counts the others", () => {
    const rows = Array.from({ length: 400 }, (_, i) =>
      i === 211 ? "211,worker-211,failed: disk full,9999" : `${i},worker-${i},ready,${40 + (i % 5)}`
    )
    const text = `id,name,state,latency\n${rows.join("\n")}\n`
    const view = print(text, false)
    expect(view).toContain("\n211,211,failed: disk full,9999\n")
    expect(view).toMatch(/\[… \d+-398: \d+ rows, state "ready"/)
    expect(print(text, false, 200, "what of worker-77?")).toContain("\n77,77,")
    expect(view.length).toBeLessThan(text.length / 5)
  })

  it("is known by its beginning, however long, and by a header without quotes or in the middle", () => {
    const rows = Array.from({ length: 400 }, (_, n) => [`berth ${n} of a long quay`, String(n * 7)] as const)
    const line = (down: string, cells: readonly [string, string]): string =>
      `${down} ${cells[0].padEnd(26)} ${down} ${cells[1].padEnd(5)} ${down}\n`
    const all = (down: string): string => rows.map((cells) => line(down, cells)).join("")
    const rule = (marks: string): string =>
      `${marks[0]}${(marks[1] as string).repeat(28)}${marks[2]}${(marks[1] as string).repeat(7)}${marks[3]}\n`
    const head = (down: string): string => `${down}            name            ${down} depth ${down}\n`
    const texts = [
      `${rule("┌─┬┐")}${head("│")}${rule("├─┼┤")}${all("│")}${rule("└─┴┘")}`,
      `${rule("+-++")}${head("|")}${rule("+-++")}${all("|")}${rule("+-++")}`,
      `${head("|")}${rule("|-||")}${all("|")}`,
      `name,depth\n${rows.map(([name, depth]) => `"${name}",${depth}\n`).join("")}`
    ]
    for (const text of texts) {
      expect(text.length).toBeGreaterThan(10_000)
      expect([text.slice(0, 40), registry.route(text, noHint)]).toEqual([text.slice(0, 40), "table"])
      expect(gridsOf(text)[0]?.header).toEqual(["name", "depth"])
    }
  })

  it("of a file stays as it is", () => {
    expect(
      table.tile({ kind: "table", text: PSQL, origin: "file" }, { visibleOnly: true, budgetTokens: 9, question: "" })
    ).toBeUndefined()
  })
})

describe("the detector", () => {
  it.each([
    [
      "test results",
      "ok  \tgithub.com/a/b/cmd\t0.3s\n?   \tgithub.com/a/b\t[no test files]\nok  \tgithub.com/a/b/x\t0.1s\nok  \tgithub.com/a/b/y\t0.2s\n"
    ],
    [
      "sentences with commas",
      "So it goes, and on it went, as ever.\nThe quay, they said, is closed.\nIce, snow, and a wind.\nBoats, ropes, and men.\n"
    ],
    ["source", "call(a, b, c)\ncall(d, e, f)\ncall(g, h, i)\ncall(j, k, l)\n"]
  ])("takes %s for no table", (_, text) => {
    expect(registry.route(text, noHint)).not.toBe("table")
  })
})
