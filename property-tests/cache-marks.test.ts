/** Marks made to say one lifetime: nothing else of a body changes, and a shorter one never stands before a longer. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Ttl } from "../src/domain/cache-lifetime.ts"
import { lasting, marksIn } from "../src/wire/cache-marks.ts"
import { spliced } from "../src/wire/json-spans.ts"
import { openBody } from "../src/wire/request-body.ts"

type Json = { readonly [key: string]: unknown }

const mark: fc.Arbitrary<Json | null> = fc.oneof(
  fc.record(
    { type: fc.constant("ephemeral"), ttl: fc.constantFrom("5m", "1h"), scope: fc.constant("global") },
    { requiredKeys: ["type"] }
  ),
  fc.constant(null)
)

const marked = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Json> =>
  fc
    .tuple(fc.record(fields), fc.option(mark, { nil: undefined }))
    .map(([value, control]) => (control === undefined ? value : { ...value, cache_control: control }))

/** The name where it is the user's own. */
const own = fc.record(
  { cache_control: fc.record({ type: fc.constant("ephemeral") }), '"cache_control"': fc.string() },
  { requiredKeys: [] }
)

const text = marked({ type: fc.constant("text"), text: fc.oneof(fc.string(), fc.constant('{"cache_control":{}}')) })
const block = fc.oneof(
  text,
  marked({ type: fc.constant("tool_use"), id: fc.string(), name: fc.string(), input: own }),
  marked({
    type: fc.constant("tool_result"),
    tool_use_id: fc.string(),
    content: fc.oneof(fc.string(), fc.array(text, { maxLength: 3 }))
  })
)
const message = fc.record({
  role: fc.constantFrom("user", "assistant"),
  content: fc.oneof(fc.string(), fc.array(block, { maxLength: 4 }))
})
const tool = marked({ name: fc.string(), input_schema: fc.record({ type: fc.constant("object"), properties: own }) })
const body = fc.record(
  {
    model: fc.string(),
    metadata: own,
    cache_control: mark,
    tools: fc.array(tool, { maxLength: 3 }),
    system: fc.oneof(fc.string(), fc.array(text, { maxLength: 3 })),
    messages: fc.array(message, { maxLength: 6 })
  },
  { requiredKeys: ["messages"] }
)
const ttl = fc.constantFrom<Ttl>("5m", "1h")
const spacing = fc.constantFrom(undefined, 1, "\t")

/** What is meant, on the values. */
const lastingOne = (value: unknown, wanted: Ttl): unknown => {
  if (typeof value !== "object" || value === null || !("cache_control" in value)) return value
  const { cache_control: control } = value
  if (typeof control !== "object" || control === null) return value
  if (wanted === "5m" && !("ttl" in control)) return value
  return { ...value, cache_control: { ...control, ttl: wanted } }
}
const lastingAll = (list: unknown, wanted: Ttl): unknown =>
  Array.isArray(list)
    ? list.map((one: unknown) => {
        const changed = lastingOne(one, wanted)
        return typeof changed === "object" && changed !== null && "content" in changed
          ? { ...changed, content: lastingAll(changed.content, wanted) }
          : changed
      })
    : list
const meant = (value: Json, wanted: Ttl): Json => {
  const { tools, system, messages } = value
  const flat = (list: unknown) => (Array.isArray(list) ? list.map((one: unknown) => lastingOne(one, wanted)) : list)
  return {
    ...(lastingOne(value, wanted) as Json),
    ...(tools === undefined ? {} : { tools: flat(tools) }),
    ...(system === undefined ? {} : { system: flat(system) }),
    messages: lastingAll(messages, wanted)
  }
}

const changed = (bytes: Uint8Array, wanted: Ttl): Uint8Array => {
  const opened = openBody(bytes, "messages", () => 0)
  if (opened === undefined) throw new Error("no body")
  return spliced(bytes, lasting(bytes, marksIn(bytes, opened.members, opened.list), wanted))
}

describe("a body whose marks are made to say one lifetime", () => {
  it("means the same but for that, and is left as it is where it says so already", () => {
    fc.assert(
      fc.property(body, ttl, spacing, (value, wanted, space) => {
        const bytes = new TextEncoder().encode(JSON.stringify(value, null, space))
        const after = changed(bytes, wanted)
        expect(JSON.parse(new TextDecoder().decode(after))).toEqual(JSON.parse(JSON.stringify(meant(value, wanted))))
        expect(changed(after, wanted)).toBe(after)
      })
    )
  })

  it("changes nothing where there is no mark", () => {
    const bytes = new TextEncoder().encode('{"messages":[{"role":"user","content":"\\"cache_control\\""}]}')
    expect(changed(bytes, "1h")).toBe(bytes)
  })
})
