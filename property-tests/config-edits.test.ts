/** Laws of edits to settings files on disk: whatever others write in between, undoing takes back what was ours and nothing else. */
import * as Effect from "effect/Effect"
import * as fc from "effect/FastCheck"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import type { Change } from "../src/adapters/config-files/change.ts"
import { makeConfigEdits } from "../src/adapters/config-files/config-edits.ts"
import { type FormatName, parseSettings } from "../src/adapters/config-files/settings-text.ts"
import { type Edit, sameSetting } from "../src/domain/config-edit.ts"

const folder = mkdtempSync(join(tmpdir(), "headroom-edits-"))
afterAll(() => rmSync(folder, { recursive: true }))

const server = { command: "node", args: ["headroom.js", "mcp", "serve"] }
const set = (...at: ReadonlyArray<string>): Edit => ({ _tag: "Set", at, value: server })
const add = (value: string, ...at: ReadonlyArray<string>): Edit => ({ _tag: "Add", at, value })

/** Files as agents and their users leave them. */
const FILES: Readonly<Record<FormatName, ReadonlyArray<string | undefined>>> = {
  json: [
    undefined,
    "",
    "{}",
    "{}\n",
    '{"numStartups":12,"mcpServers":{},"projects":{"/a b":{"allowedTools":[]}}}',
    '\ufeff{\r\n\t"theme": "dark", // mine\r\n\t"mcpServers": {\r\n\t\t/* old */\r\n\t\t"files": { "command": "npx", "args": ["-y", "x"] }, // last\r\n\t},\r\n}\r\n',
    '{\n  // Zed settings\n  "context_servers": {\n    // none yet\n  },\n  "buffer_font_size": 15.0\n}\n',
    '{\n    "permissions": {\n        "allow": [\n            "Bash(ls:*)"\n        ]\n    },\n    "hooks": {"PostToolUse": []}\n}'
  ],
  toml: [
    undefined,
    "",
    'model = "o5"\n',
    '# mine\r\nmodel = "o5" # best\r\n\r\n[projects."/a b"]\r\ntrust_level = "trusted"\r\n',
    '[mcp_servers.files]\ncommand = "npx"\nargs = [\n  "-y", # yes\n  "x",\n]\n\n[[hooks]]\nname = "mcp_servers.headroom"\n',
    '[mcp_servers]\nfiles = { command = "npx", args = [] }\n\n[profiles.azure]\nmodel_provider = """\n[mcp_servers.headroom]\n"""\n'
  ],
  yaml: [
    undefined,
    "",
    "# mine\nextensions:\n  developer:\n    enabled: true # on\n\nGOOSE_MODEL: o5\n",
    "extensions:\nother: [1, 2]\n"
  ]
}

const EDITS: Readonly<Record<FormatName, ReadonlyArray<ReadonlyArray<Edit>>>> = {
  json: [
    [set("mcpServers", "headroom")],
    [set("context_servers", "headroom"), add("Bash(headroom retrieve:*)", "permissions", "allow")],
    [add("hook", "hooks", "PostToolUse")],
    [add("other hook", "hooks", "PostToolUse"), set("theme2")]
  ],
  toml: [
    [set("mcp_servers", "headroom")],
    [set("model_providers", "headroom"), { _tag: "Set", at: ["provider"], value: "headroom" }]
  ],
  yaml: [[set("extensions", "headroom")], [set("extensions", "other"), { _tag: "Set", at: ["provider"], value: "x" }]]
}

/** What somebody else does to the file in between, as a program that prints it anew or a person who adds a line. */
const OTHERS: Readonly<Record<FormatName, (text: string) => string>> = {
  json: (text) => `// noted\n${text.startsWith("\ufeff") ? text.slice(1) : text}`,
  toml: (text) => `# noted\n${text}\n[added]\nby = "someone"\n`,
  yaml: (text) => `# noted\n${text}\nadded: someone\n`
}

/** What our edits leave of a file that held nothing, where others have come into it since. */
const EMPTY: Readonly<Record<FormatName, string>> = { json: "{}", toml: "", yaml: "" }

const scenario = fc.constantFrom<FormatName>("json", "toml", "yaml").chain((format) =>
  fc.record({
    format: fc.constant(format),
    text: fc.constantFrom(...FILES[format]),
    steps: fc.array(
      fc.record({
        owner: fc.integer({ min: 0, max: EDITS[format].length - 1 }),
        undo: fc.boolean(),
        other: fc.boolean()
      }),
      { maxLength: 6 }
    )
  })
)

let count = 0
const openFile = (format: FormatName, text: string | undefined) => {
  const place = join(folder, String(count++))
  const file = join(place, `settings.${format}`)
  if (text !== undefined) {
    mkdirSync(place)
    writeFileSync(file, text)
  }
  return { file, edits: makeConfigEdits(join(folder, `home ${count}`)), place }
}

const valueOf = (format: FormatName, text: string): unknown => {
  const parsed = parseSettings(format, text)
  return parsed._tag === "Parsed" ? parsed.value : undefined
}

/** Blanks between empty brackets are not remembered, nor whether YAML's empty table had them. */
const bare = (text: string): string => text.replaceAll(/\s|\{\}/g, "")

describe("edits to settings files", () => {
  it("come back byte for byte once all is undone, in any order; with others' changes, all but ours stays", () => {
    fc.assert(
      fc.property(scenario, ({ format, text, steps }) => {
        const { file, edits, place } = openFile(format, text)
        let expected = text
        const changeOf = (owner: number): Change => ({
          owner: `owner ${owner}`,
          file,
          format,
          edits: EDITS[format][owner] ?? []
        })
        for (const { owner, undo, other } of steps) {
          if (
            other &&
            existsSync(file) &&
            readFileSync(file, "utf8").trim() !== "" &&
            !(expected ?? "").includes("noted")
          ) {
            writeFileSync(file, OTHERS[format](readFileSync(file, "utf8")))
            expected = OTHERS[format](expected === undefined || expected === "" ? EMPTY[format] : expected)
          }
          if (undo) Effect.runSync(edits.undo(`owner ${owner}`))
          else {
            Effect.runSync(edits.apply(changeOf(owner)))
            const once = readFileSync(file, "utf8")
            expect(Effect.runSync(edits.apply(changeOf(owner)))).toBe("standing")
            expect(readFileSync(file, "utf8")).toBe(once)
            expect(Effect.runSync(edits.inspect(changeOf(owner))).every((each) => each === "ours")).toBe(true)
          }
        }
        for (let owner = 0; owner < EDITS[format].length; owner++) {
          Effect.runSync(edits.undo(`owner ${owner}`))
          expect(Effect.runSync(edits.undo(`owner ${owner}`))).toEqual([])
        }
        const after = existsSync(file) ? readFileSync(file, "utf8") : undefined
        expect([...Effect.runSync(edits.owners)]).toEqual([])
        if (after === expected) return
        if (after === undefined) throw new Error("the file is gone")
        expect(sameSetting(valueOf(format, after), valueOf(format, expected ?? ""))).toBe(true)
        expect(bare(after)).toBe(bare(expected ?? ""))
        expect(readdirSync(place)).toEqual([`settings.${format}`])
      })
    )
  })
})
