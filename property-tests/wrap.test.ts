/**
 * Laws of what Headroom edits for any agent of the registry: whatever wraps, hooks and servers come and go, in any order and killed at any
 * step, once all are gone the user's file is what it was, byte for byte.
 */
import * as Effect from "effect/Effect"
import * as fc from "effect/FastCheck"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import type { Agent } from "../src/adapters/agents/agent.ts"
import { registration } from "../src/adapters/agents/mcp-clients.ts"
import { agents } from "../src/adapters/agents/registry.ts"
import type { Change } from "../src/adapters/config-files/change.ts"
import { makeConfigEdits } from "../src/adapters/config-files/config-edits.ts"
import type { FormatName } from "../src/adapters/config-files/settings-text.ts"
import { type Launch, type Machine, machineFrom } from "../src/adapters/settings/machine.ts"

const folder = mkdtempSync(join(tmpdir(), "headroom-wrap-laws-"))
afterAll(() => rmSync(folder, { recursive: true }))

const launchOf = (version: number): Launch => ({
  node: `/opt/node ${version}/bin/node`,
  options: [],
  script: `/opt/headroom-${version}/headroom.js`,
  hook: `/opt/headroom-${version}/hook.cjs`,
  piExtension: `/opt/headroom-${version}/pi-extension.js`,
  openCodePlugin: `/opt/headroom-${version}/opencode-plugin.js`
})

/** All that is ever put into the agent's settings, by a version of ours, or to a port. */
const CHANGES: Readonly<Record<string, (agent: Agent, machine: Machine, version: number) => Change | undefined>> = {
  wrap: ({ route }, machine, version) =>
    route._tag === "Edit"
      ? route.change(machine, (provider) => `http://127.0.0.1:${8787 + version}/${provider}`)
      : undefined,
  hook: ({ hook }, machine, version) =>
    hook?.change(machine, launchOf(version), version === 0 ? [] : ["--mode", "offload"]),
  mcp: (agent, machine, version) =>
    agent.mcp === undefined ? undefined : registration({ ...agent.mcp, agent }, machine, launchOf(version))
}

/** As programs and people leave them. */
const FILES: Readonly<Record<FormatName, ReadonlyArray<string | undefined>>> = {
  json: [
    undefined,
    "{}",
    "{}\n",
    '{"numStartups":12,"mcpServers":{},"projects":{"/a b":{"allowedTools":[]}},"hooks":{"PostToolUse":[]}}',
    '\ufeff{\r\n\t"theme": "dark", // mine\r\n\t"mcpServers": {\r\n\t\t/* old */\r\n\t\t"files": { "command": "npx", "args": ["-y", "x"] }, // last\r\n\t},\r\n\t"extensions": [ "./mine.ts" ],\r\n\t"plugin": [],\r\n}\r\n',
    '// Zed settings\n{\n  "language_models": {\n    // the gateway\n    "openai": { "version": "1", "api_url" : "https://gateway.example/v1", },\n    "anthropic": {}\n  },\n  "context_servers": {\n    // none yet\n  },\n  "buffer_font_size": 15.0\n}\n',
    '{\n    "permissions": {\n        "allow": [\n            "Bash(ls:*)"\n        ]\n    },\n    "mcp": {"other": {"type": "local"}},\n    "servers": {}, "unknown key": [1.50, 1e3, null]\n}'
  ],
  toml: [
    undefined,
    "",
    '# mine\r\nmodel = "o5" # best\r\n\r\n[projects."/a b"]\r\ntrust_level = "trusted"\r\n',
    '[mcp_servers.files]\ncommand = "npx"\nargs = [\n  "-y", # yes\n  "x",\n]\n\n[[hooks]]\nname = "mcp_servers.headroom"\n'
  ],
  yaml: [undefined, "", "# mine\nextensions:\n  developer:\n    enabled: true # on\n\nGOOSE_MODEL: o5\n"]
}

const step = fc.record({
  what: fc.constantFrom(...Object.keys(CHANGES)),
  version: fc.integer({ min: 0, max: 2 }),
  undo: fc.boolean(),
  /** The step before which it is killed; 0 for not at all. */
  killedAt: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 8 }))
})

const edited = agents.filter((agent) =>
  Object.values(CHANGES).some((change) => change(agent, machineFrom({}, "linux", "/h"), 0) !== undefined)
)

class Killed extends Error {}

let count = 0

describe("what is edited for agents", () => {
  it("is each agent's that has a hook, takes servers, or is led by its settings", () => {
    expect(edited.map(({ name }) => name)).toEqual(
      agents.flatMap(({ hook, mcp, name, route }) =>
        hook !== undefined || mcp !== undefined || route._tag === "Edit" ? [name] : []
      )
    )
  })

  it("is gone without a trace once all of it is undone", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...edited),
        fc.nat(),
        fc.array(step, { maxLength: 8 }),
        fc.constantFrom<NodeJS.Platform>("linux", "darwin", "win32"),
        (agent, choice, steps, platform) => {
          const home = join(folder, String(count++))
          const machine = machineFrom({}, platform, join(home, "user"))
          const files = new Map<string, string | undefined>()
          for (const change of Object.values(CHANGES)) {
            const known = change(agent, machine, 0)
            if (known === undefined || files.has(known.file)) continue
            const texts = FILES[known.format]
            const text = texts[choice % texts.length]
            files.set(known.file, text)
            if (text === undefined) continue
            mkdirSync(dirname(known.file), { recursive: true })
            writeFileSync(known.file, text)
          }
          for (const { killedAt, undo, version, what } of steps) {
            const change = CHANGES[what]?.(agent, machine, version)
            if (change === undefined) continue
            let left = killedAt
            const edits = makeConfigEdits(join(home, "kept"), () => {
              left--
              if (left === 0) throw new Killed()
            })
            // what is killed ends without a word; a refusal leaves all as it was
            const done = Effect.runSync(
              Effect.either(undo ? Effect.asVoid(edits.undo(change.owner)) : Effect.asVoid(edits.apply(change)))
            )
            if (done._tag === "Right" && !undo)
              expect(Effect.runSync(edits.inspect(change)).every((standing) => standing === "ours")).toBe(true)
            if (killedAt === 0) expect(done._tag).toBe("Right")
          }
          const edits = makeConfigEdits(join(home, "kept"))
          for (const what of Object.values(CHANGES)) {
            const change = what(agent, machine, 0)
            if (change === undefined) continue
            Effect.runSync(edits.undo(change.owner))
            expect(Effect.runSync(edits.undo(change.owner))).toEqual([])
          }
          expect([...Effect.runSync(edits.owners)]).toEqual([])
          for (const [file, text] of files) expect(existsSync(file) ? readFileSync(file, "utf8") : undefined).toBe(text)
        }
      ),
      { numRuns: 400 }
    )
  })
})
