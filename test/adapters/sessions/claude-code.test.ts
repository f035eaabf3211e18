/** What Claude Code's model sees at a call, from transcripts as the agent writes them: chains, branches, calls at once, compactions. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, describe, expect, it } from "vitest"
import { readSessionSoFar } from "../../../src/adapters/sessions/claude-code.ts"
import type { Block } from "../../../src/domain/document.ts"

const folder = mkdtempSync(join(tmpdir(), "transcripts-"))
afterAll(() => rmSync(folder, { recursive: true }))

interface Event {
  readonly [key: string]: unknown
}

const user = (uuid: string, parentUuid: string | null, content: unknown, more: Event = {}): Event => ({
  parentUuid,
  isSidechain: false,
  type: "user",
  message: { role: "user", content },
  uuid,
  timestamp: "2026-01-01T00:00:00.000Z",
  ...more
})
const assistant = (uuid: string, parentUuid: string, ...content: ReadonlyArray<unknown>): Event => ({
  parentUuid,
  isSidechain: false,
  message: { id: `msg_${uuid}`, type: "message", role: "assistant", content },
  type: "assistant",
  uuid
})
const call = (id: string, command: string) => ({ type: "tool_use", id, name: "Bash", input: { command } })
const result = (uuid: string, parent: string, id: string, text: string): Event =>
  user(uuid, parent, [{ tool_use_id: id, type: "tool_result", content: text, is_error: false }], {
    toolUseResult: { stdout: text, stderr: "", uuid: "a uuid of its own" },
    sourceToolAssistantUUID: parent
  })

let count = 0
const written = (events: ReadonlyArray<Event | string>, name = `${count++}.jsonl`): string => {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(
    path,
    events.map((event) => (typeof event === "string" ? event : JSON.stringify(event)) + "\n").join("")
  )
  return path
}

const textOf = (block: Block<unknown>): string =>
  block._tag === "Called" ? `call ${JSON.stringify(block.call.input)}` : `${block._tag} ${block.text}`
const seen = (path: string, id: string, agent?: string): ReadonlyArray<string> =>
  readSessionSoFar(path, agent, id).map(textOf)

const start = [
  { type: "queue-operation", operation: "enqueue", content: "please go" },
  user("u1", null, "please go"),
  { parentUuid: "u1", attachment: { type: "skill_listing", content: "…" }, type: "attachment", uuid: "x1" },
  assistant("a1", "x1", { type: "thinking", thinking: "hm", signature: "s" }),
  assistant("a2", "a1", { type: "text", text: "I look." }),
  assistant("a3", "a2", call("t1", "ls")),
  result("r1", "a3", "t1", "a.txt\nb.txt"),
  { type: "last-prompt", lastPrompt: "please go", leafUuid: "r1" }
]

describe("a session up to a call", () => {
  it("is the chain that leads there, an answer over several lines, and the call itself", () => {
    const path = written([...start, assistant("a4", "r1", call("t2", "cat a.txt"))])
    expect(seen(path, "t2")).toEqual([
      "Said please go",
      "Said I look.",
      'call {"command":"ls"}',
      "Slot a.txt\nb.txt",
      'call {"command":"cat a.txt"}'
    ])
  })

  it("knows the call of each result", () => {
    const path = written([...start, assistant("a4", "r1", call("t2", "x"))])
    const slot = readSessionSoFar(path, undefined, "t2").find((block) => block._tag === "Slot")
    expect(slot?.call).toEqual({ tool: "Bash", input: { command: "ls" } })
  })

  it("has results of calls made at once, which hang beside the chain", () => {
    const path = written([
      ...start,
      assistant("a4", "r1", call("t2", "first")),
      assistant("a5", "a4", call("t3", "second")),
      result("r2", "a4", "t2", "result of the first")
    ])
    expect(seen(path, "t3").at(-1)).toBe("Slot result of the first")
    expect(seen(path, "t2").join()).not.toContain("second")
  })

  it("leaves out the branch that was rewound", () => {
    const path = written([
      ...start,
      user("u2", "r1", "wrong way"),
      assistant("a4", "u2", { type: "text", text: "wrong answer" }),
      user("u3", "r1", "right way"),
      assistant("a5", "u3", call("t2", "x"))
    ])
    expect(seen(path, "t2").join()).not.toContain("wrong")
  })

  it("begins behind the last compaction", () => {
    const path = written([
      ...start,
      { parentUuid: null, logicalParentUuid: "r1", type: "system", subtype: "compact_boundary", uuid: "c1" },
      user("u2", "c1", "This session is continued", { isCompactSummary: true }),
      assistant("a4", "u2", call("t2", "x"))
    ])
    expect(seen(path, "t2")).toEqual(["Said This session is continued", 'call {"command":"x"}'])
  })

  it("of a sub-agent is its own", () => {
    const path = written(start, "session.jsonl")
    written([user("s1", null, "do it"), assistant("s2", "s1", call("t9", "ls"))], "session/subagents/agent-a7.jsonl")
    expect(seen(path, "t9", "a7")).toEqual(["Said do it", 'call {"command":"ls"}'])
    expect(seen(path, "t9")).not.toContain("Said do it")
  })

  it("is what stands up to the last message where the call is not written yet, or half", () => {
    const whole = seen(written(start), "t1")
    const path = written([
      ...start,
      '{"parentUuid":"r1","type":"assistant","message":{"role":"assistant","content":[{"type":"tool_use","id":"t2"'
    ])
    expect(whole.length).toBeGreaterThan(0)
    expect(seen(path, "t2")).toEqual(whole)
    expect(seen(path, "none")).toEqual(whole)
    const aside = { ...user("s1", null, "do it"), isSidechain: true }
    expect(seen(written([...start, aside]), "none")).toEqual(whole)
  })

  it("is nothing where the file is gone, is empty, or no call is named", () => {
    expect(seen(join(folder, "absent.jsonl"), "t1")).toEqual([])
    expect(seen(written(start), "")).toEqual([])
    expect(seen(written([]), "t1")).toEqual([])
  })

  it("passes over what it does not know, and does not loop", () => {
    const path = written([
      "no json",
      "[]",
      "null",
      user("u1", "a2", [{ type: "text", text: "round" }, "odd", null, { type: "new_kind", data: 1 }]),
      assistant("a2", "u1", call("t1", "x"), { type: "server_tool_use", id: "z" })
    ])
    expect(seen(path, "t1")).toEqual(["Said round", 'call {"command":"x"}'])
  })

  it("is not misled by texts that look like lines of the file", () => {
    const trap = JSON.stringify({ uuid: "r1", parentUuid: null, id: "t2", tool_use_id: "t1" })
    const path = written([
      ...start,
      assistant("a4", "r1", { type: "text", text: trap }),
      assistant("a5", "a4", call("t2", trap))
    ])
    expect(seen(path, "t2")).toHaveLength(6)
  })
})

const corpus = fileURLToPath(new URL("../../../../shared/corpus/sessions/claude-code/", import.meta.url))

describe.skipIf(!existsSync(corpus))("recorded sessions (skipped without ../shared/corpus)", () => {
  it.each(existsSync(corpus) ? readdirSync(corpus) : [])(
    "%s: every call finds its chain, and results their calls",
    (name) => {
      const path = join(corpus, name)
      // Older versions tell of a sub-agent's calls in lines of another kind.
      const lines = readFileSync(path, "utf8")
        .split("\n")
        .filter((line) => !line.includes('"type":"progress"'))
      const ids = lines.join("\n").match(/(?<="type":"tool_use","id":")toolu_\w+/g) ?? []
      const some = ids.filter((_, i) => i % 25 === 0)
      expect(some.length).toBeGreaterThan(5)
      for (const id of some) {
        const blocks = readSessionSoFar(path, undefined, id)
        expect(blocks.at(-1)?._tag === "Called" || blocks.some((block) => block._tag === "Called"), id).toBe(true)
        for (const block of blocks) if (block._tag === "Slot") expect(block.call, id).toBeDefined()
      }
    }
  )
})
