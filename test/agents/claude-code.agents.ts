/**
 * Claude Code itself, from npm, against a scripted vendor on the loopback, with the hook or the MCP server installed.
 *
 * Not part of `npm test`. `npm run test:agents` with HEADROOM_AGENTS naming a folder in which `npm install @anthropic-ai/claude-code` was
 * run; agents get a home of their own and a time limit.
 */
import { spawn } from "node:child_process"
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { bundle } from "../../scripts/bundle.ts"
import { refsIn } from "../../src/domain/marker.ts"
import { type Answer, resultsIn, startVendor } from "./vendor.ts"

const LIMIT_MS = 120_000
const agents = process.env["HEADROOM_AGENTS"] ?? ""
const claude = join(agents, "node_modules", ".bin", "claude")
const isInstalled = agents !== "" && existsSync(claude)

/** Inside the package, because the bundle finds the store's driver from there. */
const built = fileURLToPath(new URL(`../../node_modules/.cache/headroom-agents-${process.pid}/`, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "headroom-agents-"))
const bin = join(folder, "bin")

beforeAll(async () => {
  if (!isInstalled) return
  await bundle(built)
  mkdirSync(bin)
  writeFileSync(join(bin, "headroom"), `#!/bin/sh\nexec '${process.execPath}' '${join(built, "headroom.js")}' "$@"\n`)
  chmodSync(join(bin, "headroom"), 0o755)
})
afterAll(() => {
  for (const path of [folder, built]) rmSync(path, { recursive: true, force: true })
})

interface Place {
  readonly home: string
  readonly work: string
}

let count = 0
const place = (): Place => {
  const root = join(folder, String(count++))
  const [home, work] = [join(root, "home"), join(root, "work")]
  mkdirSync(join(home, ".claude"), { recursive: true })
  mkdirSync(work)
  return { home, work }
}

const run = (
  command: string,
  args: ReadonlyArray<string>,
  { home, work }: Place,
  env: Readonly<Record<string, string>> = {}
): Promise<{ readonly code: number | null; readonly out: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: work,
      timeout: LIMIT_MS,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: `${bin}:${process.env["PATH"] ?? ""}`,
        HOME: home,
        ANTHROPIC_API_KEY: "sk-ant-api03-scripted",
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
        ...env
      }
    })
    let out = ""
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (out += chunk.toString()))
    child.on("error", reject)
    child.on("close", (code) => resolve({ code, out }))
  })

const call = (id: string, name: string, input: unknown): ReadonlyArray<Answer> => [
  { type: "tool_use", id, name, input }
]

const rows = JSON.stringify(
  Array.from({ length: 60 }, (_, id) => ({ id, name: `service ${id}`, state: id === 41 ? "failed" : "running" })),
  null,
  2
)
const file = Array.from({ length: 120 }, (_, i) => `export const value${i} = compute(${i * 7919}) // of the file`)
const SETTINGS = '{\n\t"permissions": {\n\t\t"allow": ["Bash(cat *)"]\n\t},\n\t"theme": "dark"\n}\n'

describe.skipIf(!isInstalled)(
  "Claude Code (skipped without HEADROOM_AGENTS, a folder with @anthropic-ai/claude-code installed)",
  () => {
    it("sends what the hook made of its tools' outputs, and can get back what is only named", async () => {
      const at = place()
      writeFileSync(join(at.home, ".claude", "settings.json"), SETTINGS)
      writeFileSync(join(at.work, "rows.sh"), `cat <<'END'\n${rows}\nEND\n`)
      writeFileSync(join(at.work, "file.ts"), `${file.join("\n")}\n`)
      const installed = await run("headroom", ["hook", "install"], at)
      expect(installed.out).toMatch(/^claude-code {2}installed/)
      const vendor = await startVendor([
        () => call("toolu_1", "Bash", { command: "sh rows.sh" }),
        () => call("toolu_2", "Bash", { command: "sh rows.sh" }),
        () => call("toolu_3", "Read", { file_path: join(at.work, "file.ts") }),
        () => call("toolu_4", "Bash", { command: "sed -i s/value50/changed50/ file.ts" }),
        () => call("toolu_5", "Read", { file_path: join(at.work, "file.ts") }),
        // Allowed by what the hook's installation wrote, and by nothing else.
        (body) => call("toolu_6", "Bash", { command: `headroom retrieve ${refsIn(resultsIn(body)[1] ?? "")[0]}` })
      ])
      const { code, out } = await run(
        claude,
        ["-p", "please go", "--allowedTools", "Bash(sh rows.sh)", "Bash(sed *)", "Read"],
        at,
        { ANTHROPIC_BASE_URL: vendor.url }
      )
      await vendor.close()
      expect([code, out]).toEqual([0, "done\n"])
      const [first = "", second = "", read = "", , again = "", original = ""] = resultsIn(vendor.bodies.at(-1))
      expect(first.length).toBeLessThan(rows.length / 2)
      expect(first).toContain("failed")
      expect(second).toMatch(/^\[lines 1-\d+ as in Bash sh rows\.sh above/)
      expect(second).toMatch(/stand above; headroom retrieve [0-9a-f]{12}\]$/)
      expect(read).toContain(`50\t${file[49]}\n`)
      expect(again).toMatch(/^50\t\[text of lines 1-50 in Read /)
      expect(again).toContain(
        `51\t${(file[50] ?? "").replace("value50", "changed50")}\n52\t[text of lines 52-120 there`
      )
      expect(original).toBe(rows)
      const uninstalled = await run("headroom", ["hook", "uninstall"], at)
      expect(uninstalled.out).toMatch(/^claude-code {2}taken out/)
      expect(readFileSync(join(at.home, ".claude", "settings.json"), "utf8")).toBe(SETTINGS)
    })

    it("gives a sub-agent what its own transcript lets it name", async () => {
      const at = place()
      writeFileSync(join(at.work, "rows.sh"), `cat <<'END'\n${rows}\nEND\n`)
      await run("headroom", ["hook", "install"], at)
      const isAside = (body: { readonly messages: ReadonlyArray<unknown> }): boolean =>
        JSON.stringify(body.messages[0]).includes("look into it")
      const aside: Array<ReadonlyArray<string>> = []
      const turn = (body: Parameters<Parameters<typeof startVendor>[0][number]>[0]): ReadonlyArray<Answer> => {
        if (!isAside(body)) {
          return resultsIn(body).length === 0
            ? call("toolu_1", "Agent", { description: "d", prompt: "look into it", subagent_type: "general-purpose" })
            : [{ type: "text", text: "done" }]
        }
        aside.push(resultsIn(body))
        const made = resultsIn(body).length
        return made < 2 ? call(`toolu_s${made}`, "Bash", { command: "sh rows.sh" }) : [{ type: "text", text: "looked" }]
      }
      const vendor = await startVendor(Array.from({ length: 8 }, () => turn))
      const { code } = await run(
        claude,
        ["-p", "please go", "--allowedTools", "Bash(sh rows.sh)", "Agent", "Task"],
        at,
        { ANTHROPIC_BASE_URL: vendor.url }
      )
      await vendor.close()
      expect(code).toBe(0)
      const [first = "", second = ""] = aside.at(-1) ?? []
      expect(first.length).toBeLessThan(rows.length / 2)
      expect(second).toMatch(/^\[lines 1-\d+ as in Bash sh rows\.sh above/)
    })

    it("knows the MCP server, and calls its tools", async () => {
      const at = place()
      const installed = await run("headroom", ["mcp", "install", "claude-code"], at)
      expect(installed.out).toMatch(/^claude-code {2}installed/)
      const listed = await run(claude, ["mcp", "list"], at)
      expect(listed.out).toMatch(/headroom: .*mcp serve.*Connected/)
      const vendor = await startVendor([
        () => call("toolu_1", "mcp__headroom__headroom_stats", {}),
        () => call("toolu_2", "mcp__headroom__headroom_retrieve", { id: "000000000000" })
      ])
      const { code } = await run(claude, ["-p", "please go", "--allowedTools", "mcp__headroom"], at, {
        ANTHROPIC_BASE_URL: vendor.url
      })
      await vendor.close()
      expect(code).toBe(0)
      const [stats = "", missing = ""] = resultsIn(vendor.bodies.at(-1))
      expect(JSON.parse(stats)).toMatchObject({ texts: 0 })
      expect(missing).toContain("is not kept here")
      const uninstalled = await run("headroom", ["mcp", "uninstall"], at)
      expect(uninstalled.out).toMatch(/^claude-code {2}taken out/)
      expect((await run(claude, ["mcp", "list"], at)).out).not.toContain("headroom")
    })
  }
)
