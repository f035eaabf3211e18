/** Transcripts where agents put them: a home of our own, files of every kind, a database, and what cannot be read. */
import { assert, beforeAll, describe, it } from "@effect/vitest"
import Database from "better-sqlite3"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { homedir, tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll } from "vitest"
import { layerSessionFiles } from "../../src/adapters/sessions/files.ts"
import { linesOf } from "../../src/adapters/sessions/lines.ts"
import { agentFolders } from "../../src/adapters/settings/agent-folders.ts"
import { Sessions } from "../../src/pipeline/ports/sessions.ts"
import * as transcripts from "../fixtures/transcripts.ts"

let home = ""
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "headroom-sessions-"))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

const write = (path: string, content: string | Uint8Array): string => {
  const file = join(home, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
  return file
}

/** The form of OpenCode's database, as far as sessions go. */
const writeDatabase = (path: string): string => {
  const file = write(path, "")
  const database = new Database(file)
  database.pragma("journal_mode = WAL")
  database.exec(`
    CREATE TABLE session (id text PRIMARY KEY, directory text NOT NULL, time_created integer, time_updated integer);
    CREATE TABLE message (id text PRIMARY KEY, session_id text, time_created integer, time_updated integer, data text);
    CREATE TABLE part (id text PRIMARY KEY, message_id text, session_id text, time_created integer, data text);
  `)
  const { info, messages } = transcripts.openCodeSession
  database.prepare("INSERT INTO session VALUES (?, ?, 1, 2)").run(info.id, info.directory)
  database.prepare("INSERT INTO session VALUES ('ses_2', '/projects/empty', 2, 3)").run()
  messages.forEach((message, at) => {
    database
      .prepare("INSERT INTO message VALUES (?, ?, ?, 0, ?)")
      .run(`m${at}`, info.id, at, JSON.stringify(message.info))
    message.parts.forEach((part, place) =>
      database
        .prepare("INSERT INTO part VALUES (?, ?, ?, 0, ?)")
        .run(`p${at}-${place}`, `m${at}`, info.id, JSON.stringify(part))
    )
  })
  database.close()
  return file
}

/** A Zstandard frame whose blocks are stored as they are. */
const stored = (text: string): Uint8Array => {
  const bytes = Buffer.from(text)
  const frame: Array<Uint8Array> = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58])]
  const SIZE = 100
  for (let at = 0; at < bytes.length; at += SIZE) {
    const block = bytes.subarray(at, at + SIZE)
    const header = (block.length << 3) | (at + SIZE >= bytes.length ? 1 : 0)
    frame.push(Buffer.from([header & 0xff, (header >> 8) & 0xff, header >> 16]), block)
  }
  return Buffer.concat(frame)
}

const text = (lines: ReadonlyArray<string>): string => `${lines.join("\n")}\n`

const withEnvironment =
  (entries: Readonly<Record<string, string>>) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.withConfigProvider(effect, ConfigProvider.fromMap(new Map(Object.entries(entries))))

const readAll = Effect.fnUntraced(function* (
  files: Effect.Effect<ReadonlyArray<Parameters<Sessions["Type"]["read"]>[0]>, unknown, Sessions>
) {
  const sessions = yield* Sessions
  const found = yield* files
  return (yield* Effect.forEach(found, (file) => sessions.read(file))).flat()
})

describe("lines", () => {
  it("are whole, however the file is cut into pieces", () => {
    const long = `"${"ä".repeat(700_000)}"`
    const file = write("lines/long.jsonl", `${long}\n1\n\n${long}`)
    assert.deepStrictEqual([...linesOf(file)], [long, "1", "", long])
    assert.deepStrictEqual([...linesOf(write("lines/none.jsonl", ""))], [])
  })

  it("are unpacked", () => {
    const file = write("lines/packed.jsonl.zst", stored(text(transcripts.codex)))
    assert.deepStrictEqual([...linesOf(file)], [...transcripts.codex])
  })

  it("leave no file open when the reader stops", () => {
    const lines = linesOf(write("lines/two.jsonl", "1\n2\n"))
    lines.next()
    assert.deepStrictEqual(lines.return(undefined), { value: undefined, done: true })
  })
})

describe("the agents' folders", () => {
  it.effect("are those of their environment variables, and their own choice without", () =>
    Effect.gen(function* () {
      const plain = (yield* withEnvironment({})(agentFolders)).map((folder) => folder.path)
      assert.includeMembers(
        [...plain],
        [
          join(homedir(), ".claude", "projects"),
          join(homedir(), ".codex", "sessions"),
          join(homedir(), ".codex", "archived_sessions"),
          join(homedir(), ".gemini", "tmp"),
          join(homedir(), ".local", "share", "opencode"),
          join(homedir(), ".copilot", "session-state"),
          join(homedir(), ".pi", "agent", "sessions")
        ]
      )
      const set = (yield* withEnvironment({
        CLAUDE_CONFIG_DIR: "/c1,/c2",
        CODEX_HOME: "/x",
        GEMINI_CLI_HOME: "/g",
        XDG_DATA_HOME: "/data",
        COPILOT_HOME: "/p",
        PI_CODING_AGENT_DIR: "/pi"
      })(agentFolders)).map((folder) => folder.path)
      assert.includeMembers(
        [...set],
        [
          "/c1/projects",
          "/c2/projects",
          "/x/sessions",
          "/g/.gemini/tmp",
          "/data/opencode",
          "/p/session-state",
          "/pi/sessions"
        ]
      )
      assert.notInclude(set.join("\n"), join(homedir(), ".claude"))
    })
  )

  it.effect("are searched for what their agent wrote", () =>
    Effect.gen(function* () {
      write("found/claude/projects/-projects-shop/s1.jsonl", text(transcripts.claudeCode))
      write("found/claude/projects/-projects-shop/s1/subagents/agent-1.jsonl", text(transcripts.claudeCode.slice(7, 9)))
      write("found/claude/projects/-projects-shop/memory/MEMORY.md", "none of ours")
      write("found/codex/sessions/2026/03/01/rollout-1.jsonl.zst", stored(text(transcripts.codex)))
      write("found/codex/sessions/2026/03/01/other.jsonl", text(transcripts.codex))
      write("found/gemini/.gemini/tmp/h/chats/session-1.json", text(transcripts.geminiDocument))
      write("found/gemini/.gemini/tmp/h/.project_root", "/projects/shop\n")
      write("found/copilot/session-state/p1/events.jsonl", text(transcripts.copilotCli))
      write("found/pi/sessions/--projects-shop--/1.jsonl", text(transcripts.pi))
      writeDatabase("found/data/opencode/opencode.db")
      const all = yield* readAll(Effect.flatMap(Sessions, (sessions) => sessions.installed)).pipe(
        withEnvironment({
          CLAUDE_CONFIG_DIR: join(home, "found/claude"),
          CODEX_HOME: join(home, "found/codex"),
          GEMINI_CLI_HOME: join(home, "found/gemini"),
          XDG_DATA_HOME: join(home, "found/data"),
          XDG_CONFIG_HOME: join(home, "found/config"),
          COPILOT_HOME: join(home, "found/copilot"),
          PI_CODING_AGENT_DIR: join(home, "found/pi")
        })
      )
      assert.strictEqual(all.find((one) => one.agent === "gemini-cli")?.project, "/projects/shop")
      const counts = new Map<string, number>()
      for (const session of all.filter((one) => one.project !== "/projects/empty"))
        counts.set(session.agent, (counts.get(session.agent) ?? 0) + 1)
      // three parts of the one file of Claude Code, one of its sub-agent's; two of Codex
      assert.deepStrictEqual(Object.fromEntries(counts), {
        "claude-code": 4,
        codex: 2,
        "gemini-cli": 1,
        opencode: 1,
        "copilot-cli": 1,
        pi: 1
      })
    }).pipe(Effect.provide(layerSessionFiles))
  )
})

describe("a folder of transcripts", () => {
  it.effect("is read in the order of its paths, each named by its own", () =>
    Effect.gen(function* () {
      write("given/b/two.traj.json", text(transcripts.miniSweAgent))
      write("given/a/one.jsonl", text(transcripts.codex))
      write("given/notes.txt", "not one of them")
      write("given/other.json", '{"none":"of ours"}')
      const all = yield* readAll(Effect.flatMap(Sessions, (sessions) => sessions.under(join(home, "given"))))
      assert.deepStrictEqual(
        all.map((session) => session.id),
        ["a/one#1", "a/one#2", "b/two"]
      )
      const [single] = yield* readAll(
        Effect.flatMap(Sessions, (sessions) => sessions.under(join(home, "given/b/two.traj.json")))
      )
      assert.deepStrictEqual([single?.id, single?.agent], ["two", "mini-swe-agent"])
    }).pipe(Effect.provide(layerSessionFiles))
  )

  it.effect("that is missing says so", () =>
    Effect.gen(function* () {
      const sessions = yield* Sessions
      const error = yield* Effect.flip(sessions.under(join(home, "nowhere")))
      assert.deepStrictEqual([error._tag, error.reason], ["SessionsError", "missing"])
      assert.include(error.message, join(home, "nowhere"))
    }).pipe(Effect.provide(layerSessionFiles))
  )
})

describe("a database", () => {
  it.effect("is read as its sessions, and not written to", () =>
    Effect.gen(function* () {
      const file = writeDatabase("database/opencode.db")
      const before = readFileSync(file)
      const sessions = yield* Sessions
      const found = yield* sessions.under(join(home, "database"))
      assert.deepStrictEqual(
        found.map((one) => one.key),
        ["ses_1", "ses_2"]
      )
      const [session] = (yield* Effect.forEach(found, (one) => sessions.read(one))).flat()
      assert.deepStrictEqual([session?.id, session?.project, session?.messages.length], ["ses_1", "/projects/shop", 6])
      assert.isTrue(before.equals(readFileSync(file)))
    }).pipe(Effect.provide(layerSessionFiles))
  )

  it.effect("that is none fails by itself", () =>
    Effect.gen(function* () {
      write("broken/opencode.db", "no database")
      const sessions = yield* Sessions
      const [found] = yield* sessions.under(join(home, "broken"))
      if (found === undefined) throw new Error("not found")
      assert.strictEqual((yield* Effect.flip(sessions.read(found))).reason, "unreadable")
    }).pipe(Effect.provide(layerSessionFiles))
  )
})
