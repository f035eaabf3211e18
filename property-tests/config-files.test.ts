/** Laws of editing settings files in place: the meaning changes by the edit alone, comments stay, and taking it back gives the file again. */
import * as fc from "effect/FastCheck"
import { stringify as tomlText } from "smol-toml"
import { describe, expect, it } from "vitest"
import { stringify as yamlText } from "yaml"
import { editText, type FormatName, parseSettings, revertText } from "../src/adapters/config-files/settings-text.ts"
import { type Edit, edited, sameSetting, settingAt } from "../src/domain/config-edit.ts"

const key = fc.constantFrom("mcpServers", "headroom", "other", "a", "b c", "é", "__proto__", "0")
const word = fc.constantFrom(
  "node",
  "-y",
  "C:\\a b",
  'say "x"',
  "line\nbreak",
  "# no comment",
  "// nor this",
  "é🚀",
  ""
)
const scalar = fc.oneof(word, fc.integer(), fc.boolean())
const server = fc.record({ command: word, args: fc.array(word, { maxLength: 3 }) })

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({
    _tag: fc.constant("Set" as const),
    at: fc.constantFrom(["mcpServers", "headroom"], ["headroom"], ["a", "b c", "é"], ["other", "a"]),
    value: fc.oneof(server, scalar, fc.array(word, { maxLength: 2 }))
  }),
  fc.record({
    _tag: fc.constant("Add" as const),
    at: fc.constantFrom(["hooks", "PostToolUse"], ["a"], ["mcpServers", "other"]),
    value: fc.oneof(server, word)
  })
)

/** What may stand between the tokens of a JSON file that people edit. */
const trivia = fc.constantFrom(
  "",
  "",
  " ",
  "\n",
  "\n  ",
  "\r\n\t",
  " // kept 1\n",
  "/* kept 2 */",
  "\n  /* kept\n 3 */ "
)

const jsonWith = (value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.uniqueArray(key, { maxLength: 3 }),
      fc.array(fc.tuple(trivia, trivia, value, trivia), { minLength: 3 }),
      fc.boolean(),
      trivia
    )
    .map(([keys, parts, trailing, last]) => {
      const items = keys.map((name, i) => {
        const [before, colon, inner, after] = parts[i] ?? ["", "", "null", ""]
        return `${before}${JSON.stringify(name)}${colon}:${colon}${inner}${after}`
      })
      return `{${items.join(",")}${trailing && items.length > 0 ? "," : ""}${last}}`
    })

const leaf = fc.oneof(
  fc.constantFrom("1.50", "-0", "1e400", "[ ]", "[1,2 // kept 4\n]", "{}", '"\\u00e9"', "null", "{ /* kept 5 */ }")
)
const jsonFile = fc
  .tuple(fc.constantFrom("", "\ufeff"), trivia, jsonWith(fc.oneof(leaf, jsonWith(leaf))), trivia)
  .map((parts) => parts.join(""))

const settings = fc.dictionary(
  key.filter((name) => name !== "__proto__"),
  fc.oneof(scalar, fc.dictionary(fc.constantFrom("headroom", "x", "b c"), fc.oneof(scalar, server), { maxKeys: 3 })),
  { maxKeys: 4 }
)

const layout = fc.record({
  mark: fc.constantFrom("", "\ufeff"),
  eol: fc.constantFrom("\n", "\r\n"),
  unit: fc.constantFrom("  ", "\t", "    ")
})

const written = (format: FormatName): fc.Arbitrary<string> =>
  fc.tuple(settings, layout).map(([value, { mark, eol, unit }]) => {
    const text =
      format === "json"
        ? `${JSON.stringify(value, null, unit)}\n`
        : format === "toml"
          ? `# kept 6\n${tomlText(value)}\n# kept 7\n`
          : `# kept 6\n${yamlText(value)}# kept 7\n`
    return mark + text.replaceAll("\n", eol)
  })

const valueOf = (format: FormatName, text: string): unknown => {
  const parsed = parseSettings(format, text)
  if (parsed._tag === "Unparsable") throw new Error(`${parsed.line}: ${parsed.what}: ${text}`)
  return parsed.value
}

const comments = (text: string): ReadonlyArray<string> => text.match(/kept\s+\d/g) ?? []
const withoutBlanks = (text: string): string => text.replaceAll(/\s/g, "")

/** The laws that hold for any file. */
const check = (format: FormatName, text: string, change: Edit): "edited" | "standing" | "unable" => {
  const before = valueOf(format, text)
  const made = editText(format, text, change)
  if (made._tag === "Standing") return "standing"
  if (made._tag !== "Edited") return "unable"
  expect(sameSetting(valueOf(format, made.text), edited(before, change))).toBe(true)
  // Those within a replaced value come back with it.
  expect([...comments(made.text), ...comments(made.prior ?? "")].sort()).toEqual(comments(text).toSorted())
  expect(made.text.startsWith("\ufeff")).toBe(text.startsWith("\ufeff"))
  expect(editText(format, made.text, change)._tag).toBe("Standing")
  const back = revertText(format, made.text, change, made.prior, made.depth)
  if (back._tag !== "Reverted") throw new Error(`${back._tag}: ${JSON.stringify(made.text)}`)
  expect(sameSetting(valueOf(format, back.text), before)).toBe(true)
  expect(comments(back.text)).toEqual(comments(text))
  return "edited"
}

describe("settings files", () => {
  it("in JSON with comments anywhere are edited and come back", () => {
    const seen = { edited: 0, standing: 0, unable: 0 }
    fc.assert(
      fc.property(jsonFile, edit, (text, change) => {
        const outcome = check("json", text, change)
        seen[outcome]++
        // JSON can say any edit but one into what is no table, no list.
        if (outcome === "unable") expect(edited(valueOf("json", text), change)).toBe(undefined)
      }),
      { numRuns: 1000 }
    )
    expect(seen.edited).toBeGreaterThan(seen.unable)
  })

  it.each<FormatName>(["json", "toml", "yaml"])("in %s as programs write them come back byte for byte", (format) => {
    let edits = 0
    fc.assert(
      fc.property(written(format), edit, (text, change) => {
        const made = editText(format, text, change)
        if (check(format, text, change) !== "edited" || made._tag !== "Edited") return
        edits++
        const back = revertText(format, made.text, change, made.prior, made.depth)
        const text2 = back._tag === "Reverted" ? back.text : ""
        expect(withoutBlanks(text2)).toBe(withoutBlanks(text))
        // Of brackets with nothing between them only the brackets are remembered.
        const parent = settingAt(valueOf(format, text), change.at.slice(0, made.depth))
        if (Object.keys(parent ?? {}).length > 0 || made.depth === change.at.length) expect(text2).toBe(text)
      }),
      { numRuns: 500 }
    )
    expect(edits).toBeGreaterThan(50)
  })

  it("that do not parse are left alone", () => {
    fc.assert(
      fc.property(jsonFile, edit, fc.nat(), (text, change, cut) => {
        const broken = text.slice(0, cut % text.length)
        if (parseSettings("json", broken)._tag === "Parsed") return
        expect(editText("json", broken, change)._tag).toBe("Unparsable")
      })
    )
  })
})
