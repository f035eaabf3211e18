/** Edits to settings files where processes die and meet: real processes, SIGKILL before each step. */
import { spawn } from "node:child_process"
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import { build } from "esbuild"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { ConfigEditError } from "../../src/adapters/config-files/change.ts"
import { makeConfigEdits } from "../../src/adapters/config-files/config-edits.ts"
import { changeOf } from "../fixtures/edit-settings.ts"

const folder = mkdtempSync(join(tmpdir(), "headroom-edits-"))
const script = join(folder, "edit-settings.mjs")
const ORIGINAL = '\ufeff{\r\n\t"theme": "dark", // mine\r\n\t"permissions": { "allow": ["Bash(ls:*)"] }\r\n}\r\n'

beforeAll(async () => {
  await build({
    entryPoints: [fileURLToPath(new URL("../fixtures/edit-settings.ts", import.meta.url))],
    outfile: script,
    bundle: true,
    platform: "node",
    format: "esm",
    mainFields: ["module", "main"],
    banner: {
      js: 'import { createRequire as createRequireForBundle } from "node:module"; const require = createRequireForBundle(import.meta.url);'
    },
    logLevel: "error"
  })
})
afterAll(() => rmSync(folder, { recursive: true }))

let count = 0
const place = (text: string | undefined) => {
  const root = join(folder, String(count++))
  mkdirSync(root)
  const file = join(root, "agent", "settings.json")
  if (text !== undefined) {
    mkdirSync(join(root, "agent"))
    writeFileSync(file, text)
  }
  return { root, file, home: join(root, "home") }
}

/** Whether the process was killed. */
const child = (...args: ReadonlyArray<string>): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const process_ = spawn(process.execPath, [script, ...args], { stdio: ["ignore", "ignore", "inherit"] })
    process_.on("error", reject)
    process_.on("close", (code, signal) =>
      signal === "SIGKILL" ? resolve(true) : code === 0 ? resolve(false) : reject(new Error(`exit ${code}`))
    )
  })

const textOf = (file: string): string | undefined => (existsSync(file) ? readFileSync(file, "utf8") : undefined)

describe("a process killed before any step", () => {
  it.each([
    ["applying to a file", ORIGINAL, "apply"],
    ["making a file", undefined, "apply"],
    ["renewing its edits", ORIGINAL, "renew"],
    ["undoing", ORIGINAL, "undo"],
    ["taking its file away", undefined, "undo"]
  ])("while %s leaves it whole, and the next run ends where that one would have", async (_, text, operation) => {
    for (let step = 1; ; step++) {
      const { root, file, home } = place(text)
      const edits = makeConfigEdits(home)
      const before = operation === "apply" ? undefined : Effect.runSync(edits.apply(changeOf("a", file, "old 0")))
      const old = textOf(file)
      const killed = await child(home, file, "a", operation === "renew" ? "new" : operation, String(step))
      const after = textOf(file)
      if (operation === "undo") {
        expect([old, text]).toContain(after)
        Effect.runSync(edits.undo("a"))
      } else {
        Effect.runSync(edits.apply(changeOf("a", file, "new 0")))
        const final = textOf(file)
        if (operation === "renew") expect([old, final]).toContain(after)
        expect(JSON.parse((final ?? "").replace("\ufeff", "").replace("// mine", ""))).toMatchObject({
          mcpServers: { a: { args: ["new 0"] } }
        })
        Effect.runSync(edits.undo("a"))
      }
      expect(textOf(file), `${operation} ${step} ${before}`).toBe(text)
      expect([...Effect.runSync(edits.owners)]).toEqual([])
      expect(readdirSync(home).filter((name) => name.includes("lock"))).toEqual([])
      expect(readdirSync(root).toSorted()).toEqual(text === undefined ? ["home"] : ["agent", "home"])
      if (text !== undefined) expect(readdirSync(join(root, "agent"))).toEqual(["settings.json"])
      if (!killed) {
        expect(step).toBeGreaterThan(2)
        return
      }
    }
  })
})

describe("processes at once", () => {
  it("all find their edits in the file, and each takes back its own", async () => {
    const { file, home } = place(ORIGINAL)
    const owners = ["a", "b", "c"]
    await Promise.all(owners.map((owner) => child(home, file, owner, "apply", "0", "5")))
    const value = JSON.parse((textOf(file) ?? "").replace("\ufeff", "").replace("// mine", "")) as unknown
    expect(value).toEqual({
      theme: "dark",
      permissions: { allow: expect.arrayContaining(["Bash(ls:*)", ...owners.map((owner) => `Bash(${owner}:*)`)]) },
      mcpServers: Object.fromEntries(owners.map((owner) => [owner, { command: "node", args: ["apply 4"] }]))
    })
    await Promise.all(owners.map((owner) => child(home, file, owner, "undo")))
    expect(textOf(file)).toBe(ORIGINAL)
  })
})

describe("edits to settings files", () => {
  const failure = (run: Effect.Effect<unknown, ConfigEditError>): ConfigEditError => Effect.runSync(Effect.flip(run))

  it("leave a file that does not parse as it is, and say the line", () => {
    for (const text of ['{\n  "a": 1\n  "b": 2\n}', "[1]", "{", 'a = "b"']) {
      const { file, home } = place(text)
      const error = failure(makeConfigEdits(home).apply(changeOf("a", file, "x")))
      expect([error.reason, textOf(file)]).toEqual(["unparsable", text])
      expect(error.message).toMatch(/settings\.json: line \d+ is not valid JSON/)
    }
  })

  it("leave a file that is no text as it is", () => {
    const { file, home } = place(ORIGINAL)
    const bytes = Uint8Array.of(0x7b, 0xff, 0x7d)
    writeFileSync(file, bytes)
    expect(failure(makeConfigEdits(home).apply(changeOf("a", file, "x"))).reason).toBe("unusable")
    expect([...readFileSync(file)]).toEqual([...bytes])
  })

  it("do not replace what somebody else put there, unless told to, and then give it back", () => {
    const text = '{ "mcpServers": {"a": {"command" : "theirs", "n": 1.50}} }'
    const { file, home } = place(text)
    const edits = makeConfigEdits(home)
    expect(failure(edits.apply(changeOf("a", file, "x"))).reason).toBe("taken")
    expect(textOf(file)).toBe(text)
    expect(Effect.runSync(edits.inspect(changeOf("a", file, "x")))).toEqual(["other", "absent"])
    Effect.runSync(edits.apply({ ...changeOf("a", file, "x"), force: true }))
    writeFileSync(file, `${textOf(file)}\n`)
    Effect.runSync(edits.undo("a"))
    expect(textOf(file)).toBe(`${text}\n`)
  })

  it("keep what the user changed since", () => {
    const { file, home } = place(ORIGINAL)
    const edits = makeConfigEdits(home)
    Effect.runSync(edits.apply(changeOf("a", file, "x")))
    const changed = (textOf(file) ?? "").replace('"x"', '"mine"')
    writeFileSync(file, changed)
    expect(Effect.runSync(edits.undo("a"))).toEqual([{ file, outcome: "kept" }])
    expect(textOf(file)).toContain('"mine"')
    expect(textOf(file)).not.toContain("Bash(a:*)")
  })

  it("go through links and keep permissions", () => {
    const { root, file, home } = place(ORIGINAL)
    const link = join(root, "link.json")
    symlinkSync(file, link)
    chmodSync(file, 0o640)
    Effect.runSync(makeConfigEdits(home).apply(changeOf("a", link, "x")))
    expect(textOf(file)).toContain("mcpServers")
    expect(statSync(file).mode & 0o777).toBe(0o640)
  })

  it("stop where the journal is damaged", () => {
    const { file, home } = place(ORIGINAL)
    mkdirSync(home)
    writeFileSync(join(home, "edits.json"), "{")
    const edits = makeConfigEdits(home)
    expect(failure(edits.apply(changeOf("a", file, "x"))).reason).toBe("damaged")
    expect(failure(edits.undo("a")).message).toMatch(/edits\.json: is damaged/)
    expect(textOf(file)).toBe(ORIGINAL)
  })
})
