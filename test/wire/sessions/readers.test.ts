import { describe, expect, it } from "vitest"
import type { RecordedSession } from "../../../src/domain/recording.ts"
import { readTranscript, valuesOf } from "../../../src/wire/sessions/read.ts"
import * as transcripts from "../../fixtures/transcripts.ts"

/** A session's messages in short: who says what, calls as `name#id input`, results as `id> text`. */
const short = (session: RecordedSession | undefined): ReadonlyArray<string> =>
  (session?.messages ?? []).map(({ role, content }) => {
    const blocks = content.map((block) => {
      if (block.type === "text") return block.text
      if (block.type === "tool_use") return `${block.name}#${block.id} ${JSON.stringify(block.input)}`
      return `${block.tool_use_id}${block.is_error === true ? "!" : ">"} ${block.content}`
    })
    return `${role}: ${blocks.join(" | ")}`
  })

const read = (lines: ReadonlyArray<string>): ReadonlyArray<RecordedSession> => readTranscript(lines, "x")

describe("a transcript", () => {
  it.each(transcripts.ALL)("of %s is known by its content", (_, agent, lines) => {
    const sessions = read(lines)
    expect(sessions.length).toBeGreaterThan(0)
    expect(new Set(sessions.map((session) => session.agent))).toEqual(new Set([agent]))
  })

  it.each(transcripts.ALL)("of %s is read up to a torn last line", (_, __, lines) => {
    const last = lines.at(-1) ?? ""
    const torn = read([...lines.slice(0, -1), last.slice(0, last.length - 3)])
    const whole = read(lines)
    // one document is nothing without its end
    if (lines.length === 1 || lines[0] === "{") return expect(torn).toEqual([])
    expect(short(torn[0])).toEqual(short(whole[0]).slice(0, short(torn[0]).length))
  })

  it.each(transcripts.ALL)("of %s is read past lines of unknown kinds", (_, __, lines) => {
    if (lines.length === 1 || lines[0] === "{") return
    const noise = ['{"type":"unheard-of","data":{"a":1}}', "null", "17", '"text"', "[]", "{", ""]
    const mixed = lines.flatMap((line, at) => [line, noise[at % noise.length] ?? ""])
    expect(read(mixed)).toEqual(read(lines))
  })

  it("of no known kind holds no session", () => {
    expect(read(['{"a":1}', "text", ""])).toEqual([])
    expect(read([])).toEqual([])
  })
})

describe("values", () => {
  it("are those of lines, or of one document over many", () => {
    expect([...valuesOf(['{"a":1}', "", "torn {", "[2]"])]).toEqual([{ a: 1 }, [2]])
    expect([...valuesOf(["[", "1,", "2", "]"])]).toEqual([[1, 2]])
    expect([...valuesOf(["torn {", '{"a":1}'])]).toEqual([{ a: 1 }])
  })
})

describe("Claude Code", () => {
  const [first, second, aside] = read(transcripts.claudeCode)

  it("has its answers put together, and each result behind them", () => {
    expect(short(first)).toEqual([
      "user: list the files",
      'assistant: Two looks. | Bash#t1 {"command":"ls"} | Read#t2 {"file_path":"cart.ts"}',
      "user: t1> cart.ts\nshop.ts | t2! 1\tlet total = 0\n[image]",
      "assistant: It adds up."
    ])
    expect([first?.id, first?.project]).toEqual(["x#1", "/projects/shop"])
  })

  it("tells when, with which model and at what cost", () => {
    expect(first?.circumstances[1]).toEqual({
      at: Date.parse("2026-03-01T10:01:00Z"),
      model: "claude-opus-5",
      callId: "m1",
      usage: { uncached: 4, cacheRead: 100, cacheWrite: 0, cacheWriteHour: 900, output: 40 }
    })
  })

  it("begins anew at a compaction, and keeps sub-agents apart", () => {
    expect([second?.id, short(second)]).toEqual(["x#2", ["user: Summary so far.", "assistant: On we go."]])
    expect([aside?.id, short(aside)]).toEqual(["x#side", ["user: go on", "assistant: aside"]])
  })

  it("tells side chains without a name apart by their root", () => {
    const side = (uuid: string, parent: string | null, role: string, text: string): string =>
      JSON.stringify({
        isSidechain: true,
        sessionId: "s",
        type: role,
        uuid,
        parentUuid: parent,
        message: { role, content: [{ type: "text", text }] }
      })
    const sessions = read([
      side("a1", null, "user", "one"),
      side("b1", null, "user", "two"),
      side("a2", "a1", "assistant", "first"),
      side("b2", "b1", "assistant", "second")
    ])
    expect(sessions.map((session) => [session.id, ...short(session)])).toEqual([
      ["x#side", "user: one", "assistant: first"],
      ["x#side2", "user: two", "assistant: second"]
    ])
  })
})

describe("Codex", () => {
  const [first, second] = read(transcripts.codex)

  it("has outputs unwrapped, and cut as the model was sent them", () => {
    expect(short(first)).toEqual([
      "user: rules | test it",
      'assistant: exec_command#k1 {"cmd":"npm test"} | apply_patch#k2 {"input":"*** Begin Patch\\n*** End Patch"}',
      `user: k1> all green | k2> Total output lines: 1\n\n${"a".repeat(20)}…60 chars truncated…${"c".repeat(20)}`,
      "assistant: Done."
    ])
    expect([first?.system, first?.project]).toEqual(["Be brief.", "/projects/shop"])
  })

  it("gives the counts that stand behind a call to it", () => {
    expect(first?.circumstances[1]).toMatchObject({
      model: "gpt-5.5",
      usage: { uncached: 200, cacheRead: 300, cacheWrite: 0, output: 20 }
    })
  })

  it("begins anew with what stands in the window's place", () => {
    expect([second?.id, short(second)]).toEqual(["x#2", ["user: test it | So far: green.", "assistant: Again."]])
  })

  it("reads the rollouts of old", () => {
    expect(short(read(transcripts.codexOfOld)[0])).toEqual([
      "user: look",
      'assistant: local_shell#k1 {"type":"exec","command":["ls"]}',
      "user: k1> cart.ts",
      "assistant: Seen."
    ])
  })
})

describe("Gemini CLI", () => {
  const chat = [
    "user: count",
    'assistant: One moment. | run_shell_command#q1 {"command":"wc -l cart.ts"}',
    "user: q1> 12 cart.ts",
    "assistant: Twelve."
  ]

  it("is the same chat as a document, line by line, and as contents", () => {
    const [document] = read(transcripts.geminiDocument)
    const [byLine] = read(transcripts.geminiLines)
    const [contents] = read(transcripts.geminiContents)
    expect([document, byLine, contents].map(short)).toEqual([chat, chat, chat])
    expect(byLine?.project).toBe("/projects/shop")
    expect(document?.circumstances[1]).toMatchObject({
      model: "gemini-3-pro",
      usage: { uncached: 40, cacheRead: 60, output: 15 }
    })
  })
})

describe("OpenCode", () => {
  it("makes each step a call, with its results and counts", () => {
    const [session] = read(transcripts.openCode)
    expect(short(session)).toEqual([
      "user: read both",
      'assistant: First. | bash#o1 {"command":"cat o1"}',
      "user: o1> one",
      "assistant: bash#o2 {}",
      "user: o2! no such file",
      "assistant: Both read."
    ])
    expect(session?.circumstances[1]).toMatchObject({
      model: "claude-sonnet-5",
      usage: { uncached: 10, cacheRead: 80, cacheWrite: 30, output: 7 }
    })
  })
})

describe("the others", () => {
  it("are read as their agents sent them", () => {
    const { copilotCli, pi, cline, sweAgent, miniSweAgent, openHands, openaiBody, anthropicLines } = transcripts
    const sessions = { copilotCli, pi, cline, sweAgent, miniSweAgent, openHands, openaiBody, anthropicLines }
    expect(Object.fromEntries(Object.entries(sessions).map(([name, lines]) => [name, short(read(lines)[0])]))).toEqual({
      copilotCli: [
        "user: <now/> look",
        'assistant: view#v1 {"path":"cart.ts"}',
        "user: v1! denied",
        "assistant: I may not."
      ],
      pi: [
        "user: start",
        'assistant: read#w1 {"path":"cart.ts"}',
        "user: w1> let total | $ ls\ncart.ts",
        "assistant: Seen."
      ],
      cline: [
        "user: <task>look</task> | <environment_details>\n# Current Working Directory (/projects/shop) Files\ncart.ts\n</environment_details>",
        'assistant: Reading. | read_file#f1 {"path":"cart.ts"} | read_file#f2 {"path":"shop.ts"}',
        "user: f1> [read_file for 'cart.ts'] Result:\nlet total | f2> export {} | <environment_details>later</environment_details>",
        "assistant: Both read."
      ],
      sweAgent: [
        "user: the task",
        'assistant: Look. | bash#call_1 {"command":"ls\\n"}',
        "user: call_1> <output>cart.ts</output>",
        "assistant: Submit."
      ],
      miniSweAgent: [
        "user: the task",
        'assistant: THOUGHT: look | bash#call_1 {"command":"ls"}',
        "user: call_1> <output>cart.ts</output>",
        "assistant: THOUGHT: done, no command"
      ],
      openHands: [
        "user: look",
        'assistant: Looking. | execute_bash#h2 {"command":"ls"}',
        "user: h2> cart.ts",
        "assistant: Seen."
      ],
      openaiBody: ["user: look", 'assistant: ls#j1 {"path":"."}', "user: j1> cart.ts", "assistant: Seen."],
      anthropicLines: [
        "user: look",
        'assistant: Looking. | Bash#t1 {"command":"ls"}',
        "user: t1> cart.ts",
        "assistant: Seen."
      ]
    })
  })

  it("tell the folder that they worked in, and the system text, where they know it", () => {
    const known = (lines: ReadonlyArray<string>) => read(lines).map(({ project, system }) => [project, system])[0]
    expect(known(transcripts.copilotCli)).toEqual(["/projects/shop", "You help."])
    expect(known(transcripts.pi)).toEqual(["/projects/shop", undefined])
    expect(known(transcripts.cline)).toEqual(["/projects/shop", undefined])
    expect(known(transcripts.sweAgent)).toEqual([undefined, "You fix."])
    expect(known(transcripts.miniSweAgent)).toEqual(["/testbed", "You fix."])
    expect(known(transcripts.openHands)).toEqual([undefined, "You help."])
    expect(known(transcripts.openaiBody)).toEqual(["/projects/shop", "You help."])
  })
})
