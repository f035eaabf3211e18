import { describe, expect, it } from "vitest"
import { kindNamed, route } from "../../src/compressors/detect.ts"
import { hintFrom } from "../../src/compressors/producer.ts"
import { registryOf } from "../../src/compressors/registry.ts"
import type { Compressor } from "../../src/domain/compressor.ts"
import { noHint } from "../../src/domain/content.ts"

const registry = registryOf()
const kindOf = (text: string, hint = noHint) => registry.route(text, hint)
const bash = (command: string) => hintFrom({ tool: "Bash", input: { command } })

const TIMES = ["10:22:31", "10:22:32", "10:22:33", "10:22:40", "10:22:41", "10:23:02"]
const LOG = TIMES.map(
  (time, i) => `2026-03-01 ${time},113 INFO  [worker-${i}] c.e.Store - Opened segment ${i * 7} in ${i} ms\n`
).join("")
const SEARCH = [3, 18, 40, 41, 77]
  .map((line) => `src/server/app.ts:${line}:  const app = createServer(${line})\n`)
  .join("")
const JSON_TEXT = JSON.stringify(Array.from({ length: 12 }, (_, id) => ({ id, name: `node-${id}`, state: "ready" })))
const PROSE = `The harbour was built in the nineteenth century, when the town lived by the trade in salt and timber. Most of its walls still stand.

After the war the quays were given to the university, which keeps its boats there. It is not open to visitors in winter, unless they ask.`
const CODE = `import { readFile } from "node:fs/promises"

export const load = async (path: string): Promise<string> => {
  const text = await readFile(path, "utf8")
  if (text === "") {
    throw new Error("empty")
  }
  return text.trim()
}
`
const CSV = `id,name,age,city\n1,Ann,31,Bonn\n2,Bob,44,Ulm\n3,Cleo,29,Kiel\n4,Dan,51,Trier\n`
const LISTING = `total 24
drwxr-xr-x  5 me me 4096 Mar  1 10:22 .
-rw-r--r--  1 me me  911 Mar  1 10:22 README.md
-rw-r--r--  1 me me 2911 Mar  1 10:23 package.json
drwxr-xr-x 12 me me 4096 Mar  1 10:24 src
`
const HTML =
  "<!doctype html>\n<html><head><title>Hi</title></head>\n<body><p>The harbour is not open.</p></body></html>\n"

describe("route", () => {
  it("knows each kind by its structure alone", () => {
    expect(kindOf(LOG)).toBe("log")
    expect(kindOf(SEARCH)).toBe("search")
    expect(kindOf(JSON_TEXT)).toBe("json")
    expect(kindOf(PROSE)).toBe("prose")
    expect(kindOf(CODE)).toBe("code")
    expect(kindOf(HTML)).toBe("html")
    expect(kindOf(CSV)).toBe("table")
    expect(kindOf(LISTING)).toBe("listing")
  })

  it("knows a transcript by speakers who take turns, and records by fields that do not", () => {
    const turns = [
      "Ann",
      "Ben Ode",
      "Ann",
      "Cleo",
      "Ben Ode",
      "Ann",
      "Cleo",
      "Ann",
      "Ben Ode",
      "Cleo",
      "Ann",
      "Ben Ode"
    ]
    const transcript = turns.map(
      (name, at) => `${name}: Well , {gap} I had said in week ${at} that we take the other one .`
    )
    expect(kindOf(transcript.join("\n"))).toBe("prose")
    const record = ["Name", "State", "Note"].map((field) => `${field}: alpha beta gamma delta epsilon zeta`)
    expect(
      kindOf(
        Array.from({ length: 12 }, () => record)
          .flat()
          .join("\n")
      )
    ).not.toBe("prose")
  })

  it("claims nothing of what is hardly anything", () => {
    for (const text of ["", "\n\n", "ok"]) expect(kindOf(text), text).toBe("text")
  })

  it("sees through the colours of a terminal", () => {
    expect(kindOf(LOG.replace(/INFO/g, "\u001b[32mINFO\u001b[0m").replace(/^/gm, "\u001b[0m"))).toBe("log")
  })

  it("knows prose in scripts without blanks, and prose that runs from right to left", () => {
    expect(
      kindOf(
        "港は十九世紀に建てられました。町は塩と木材の貿易で栄えていました。壁のほとんどは今も残っています。".repeat(4)
      )
    ).toBe("prose")
    expect(
      kindOf(
        "بُني الميناء في القرن التاسع عشر عندما كانت المدينة تعيش على تجارة الملح والخشب. معظم جدرانه لا تزال قائمة حتى اليوم.\n".repeat(
          3
        )
      )
    ).toBe("prose")
  })

  it("believes a command only as far as the structure bears it out", () => {
    expect(kindNamed(bash("git diff | head -200"))).toBe("diff")
    expect(kindNamed(bash("git diff && rg x"))).toBe(undefined)
    expect(kindOf(JSON_TEXT, bash("rg -n x"))).toBe("json")
    expect(kindOf(PROSE, bash("rg -n x"))).toBe("prose")
    expect(kindOf(CODE, bash("npm test"))).toBe("code")
  })

  it("asks the caller's own kinds first", () => {
    const song: Compressor = {
      kind: "song",
      version: 1,
      detect: (text) => (text.startsWith("♪") ? 1 : 0),
      tile: () => undefined,
      codecs: []
    }
    expect(registryOf([song]).route(`♪ ${PROSE}`, noHint)).toBe("song")
    expect(registryOf([song]).compressorOf("song")).toBe(song)
    expect(route(PROSE, noHint, [song]).kind).toBe("text")
  })

  const rows = (count: number, row: (at: number) => string): string =>
    Array.from({ length: count }, (_, at) => `${row(at)}\n`).join("")

  it.each([
    [
      "a compiler's remarks between rules",
      "log",
      rows(
        6,
        (at) =>
          `----------\n${at + 3}. WARNING in C:\\quay\\Store${at}.java (at line ${at + 40})\n   public Class[] columns() {\n          ^^^^^\nClass is a raw type. References to it should be given a parameter`
      )
    ],
    [
      "a race that a test found",
      "log",
      `==================\nWARNING: DATA RACE\n${rows(3, (at) => `Write at 0x00c00013816${at} by goroutine ${at}:\n  quay/store.TestRace.func1()\n      /src/quay/store/race_test.go:${at} +0x39\n`)}Goroutine 8 (running) created at:\n  quay/store.TestRace()\n      /src/quay/store/race_test.go:7 +0xd1\n==================\n`
    ],
    [
      "slow queries",
      "log",
      rows(
        5,
        (at) =>
          `# Time: 2026-01-26T23:45:5${at}.678222Z\n# User@Host: quay[quay] @ localhost []  Id: ${at}\n# Query_time: 0.01${at}  Rows_sent: 268\nuse quay;\nSELECT * FROM tides WHERE port = ${at};`
      )
    ],
    [
      "downloads",
      "log",
      rows(9, (at) => `Downloading: http://repo.example/maven2/org/quay/quay-${at}/1.7.${at}/quay-${at}.pom`)
    ],
    ["what is done with each path", "log", rows(12, (at) => `Compiling quay/store/Tide${at}.cpp`)],
    [
      "comments that hold tags",
      "code",
      `  /**\n${rows(9, (at) => `   * <li>The tide ${at} of <a href="/tide">the quay</a>, as in {@link Tide${at}}.</li>`)}   */\n  public Tide tide() {\n    return tide;\n  }\n`
    ],
    ["declarations in a row", "code", rows(12, (at) => `const tide${at} = require("./tide-${at}")`)],
    ["calls in a row", "code", rows(12, (at) => `matches!(tide${at}, "quay/**/tide-${at}.txt");`)],
    [
      "comments of a script",
      "code",
      `${rows(6, (at) => `# The tide of day ${"abcdef"[at]} comes in by the north quay.`)}require "quay"\nTIDES = []\nTIDES.freeze\n`
    ],
    [
      "a page that begins within its script",
      "html",
      `  $("a").hide()\n}\n</script>\n<script>\n${rows(30, (at) => `function tide${at}() { return ${at} }`)}</script>\n${rows(9, (at) => `<div class="tide"><a href="/tide/${at}">tide ${at}</a></div>`)}`
    ],
    [
      "a page with a line that begins as source does",
      "html",
      rows(
        6,
        (at) => `<p>The tides of day ${at} are in the <a href="/editor">
function editor</a> of the quay.</p>`
      )
    ]
  ])("takes %s for %s", (_, kind, text) => {
    expect(kindOf(text)).toBe(kind)
  })

  it("takes a part of a log of commits for one, and a status only where there is one", () => {
    const commit = (at: number) =>
      `commit ${"0123456789abcdef".repeat(3).slice(0, 40)}\nAuthor: Ann <ann@example.org>\nDate:   Thu Jul 30 17:33:1${at} 2026 +0000\n\n    quay: open the gate ${at}\n\n    It stood shut for the tide.\n    So did the next one.\n    Both are open.\n    The boats came in.\n`
    const log = commit(1)
    expect(kindOf(log.slice(log.indexOf("Date:")))).toBe("listing")
    expect(kindOf(rows(8, (at) => `   * tide ${at} of the quay`))).not.toBe("listing")
  })

  it("finds parts of other kinds in a text of none", () => {
    expect(kindOf(`Fetched 12 nodes in 31 ms\n${JSON_TEXT}\ndone\n`)).toBe("mixed")
  })
})
