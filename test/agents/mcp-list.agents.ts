/**
 * Agents' own programs, from npm, asked for the MCP servers that they know, once ours is installed in their settings and once it is not.
 *
 * Not part of `npm test`; see claude-code.agents.ts.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { bundle } from "../../scripts/bundle.ts"

const LIMIT_MS = 120_000
const agents = process.env["HEADROOM_AGENTS"] ?? ""
const built = fileURLToPath(new URL(`../../node_modules/.cache/headroom-mcp-list-${process.pid}/`, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "agents-"))

beforeAll(async () => {
  if (agents !== "") await bundle(built)
})
afterAll(() => {
  for (const path of [folder, built]) rmSync(path, { recursive: true, force: true })
})

interface Agent {
  readonly name: string
  /** Its program. */
  readonly program: string
  /** Its settings file in the home, and what stands in it. */
  readonly file: string
  readonly text: string
  /** What it says of a server that it knows. */
  readonly knows: RegExp
}

const AGENTS: ReadonlyArray<Agent> = [
  {
    name: "codex",
    program: "codex",
    file: ".codex/config.toml",
    text: '# mine\nmodel = "o5" # best\n\n[projects."/a b"]\ntrust_level = "trusted"\n',
    knows: /^headroom .* mcp serve .*enabled/m
  },
  {
    name: "opencode",
    program: "opencode",
    file: ".config/opencode/opencode.jsonc",
    text: '{\n  // mine\n  "$schema": "https://opencode.ai/config.json"\n}\n',
    knows: /headroom .*connected/
  },
  {
    name: "gemini",
    program: "gemini",
    file: ".gemini/settings.json",
    text: '{"security":{"auth":{"selectedType":"gemini-api-key"}}}',
    knows: /headroom: .* mcp serve \(stdio\)/
  }
]

describe("agents asked for their MCP servers (each skipped where HEADROOM_AGENTS lacks its program)", () => {
  for (const { name, program, file, text, knows } of AGENTS) {
    const path = join(agents, "node_modules", ".bin", program)
    it.skipIf(agents === "" || !existsSync(path))(
      `${name} knows ours, and its settings come back byte for byte`,
      () => {
        const home = join(folder, name)
        const settings = join(home, file)
        mkdirSync(dirname(settings), { recursive: true })
        writeFileSync(settings, text)
        const run = (command: string, ...args: ReadonlyArray<string>): string => {
          const { stdout, stderr } = spawnSync(command, args, {
            cwd: home,
            encoding: "utf8",
            timeout: LIMIT_MS,
            env: { PATH: process.env["PATH"] ?? "", HOME: home, GEMINI_API_KEY: "x", NO_COLOR: "1" }
          })
          return `${stdout}${stderr}`.replaceAll(/\u001b\[[0-9;]*m/g, "")
        }
        const headroom = (...args: ReadonlyArray<string>): string =>
          run(process.execPath, join(built, "headroom.js"), ...args)
        expect(headroom("mcp", "install", name)).toContain("installed")
        expect(run(path, "mcp", "list")).toMatch(knows)
        expect(headroom("mcp", "uninstall", name)).toContain("taken out")
        expect(readFileSync(settings, "utf8")).toBe(text)
        expect(run(path, "mcp", "list")).not.toMatch(knows)
      }
    )
  }
})
