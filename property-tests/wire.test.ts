/** Laws of reading a message list and writing it back, over generated conversations of every shape and over any value at all. */
import * as fc from "effect/FastCheck"
import { describe, expect, it } from "vitest"
import { spanOf, spliced } from "../src/wire/json-spans.ts"
import { edited, type Path } from "../src/wire/json-value.ts"
import { readMessages, writeMessages } from "../src/wire/shape.ts"

interface Turn {
  readonly said: string
  readonly asked: string
  readonly input: { readonly [key: string]: fc.JsonValue }
  readonly results: ReadonlyArray<string>
  readonly failed: boolean
  readonly extra: fc.JsonValue
}

const anyText = fc.oneof(fc.string(), fc.constantFrom("", "\n", "a\r\nb", "\ud800", "\u0000", "…"), fc.json())
const turn: fc.Arbitrary<Turn> = fc.record({
  said: anyText,
  asked: anyText,
  input: fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue({ maxDepth: 2 })),
  results: fc.array(anyText, { minLength: 1, maxLength: 3 }),
  failed: fc.boolean(),
  extra: fc.jsonValue({ maxDepth: 2 })
})

type Write = (turn: Turn, i: number) => ReadonlyArray<unknown>

const writers: { readonly [shape: string]: Write } = {
  "anthropic-messages": (t, i) => [
    { role: "user", content: t.asked },
    {
      role: "assistant",
      content: [
        { type: "text", text: t.said, extra: t.extra },
        { type: "tool_use", id: `t${i}`, name: "run", input: t.input }
      ]
    },
    {
      role: "user",
      content: [
        {
          type: "tool_result",
          tool_use_id: `t${i}`,
          is_error: t.failed,
          content: t.results.map((part) => ({ type: "text", text: part })),
          extra: t.extra
        },
        { type: "tool_result", tool_use_id: `u${i}`, content: t.results[0] }
      ]
    }
  ],
  "openai-chat": (t, i) => [
    { role: "user", content: [{ type: "text", text: t.asked }] },
    {
      role: "assistant",
      content: t.said,
      tool_calls: [{ id: `t${i}`, type: "function", function: { name: "run", arguments: JSON.stringify(t.input) } }],
      extra: t.extra
    },
    ...t.results.map((part) => ({ role: "tool", tool_call_id: `t${i}`, content: part }))
  ],
  "openai-responses": (t, i) => [
    { type: "message", role: "user", content: [{ type: "input_text", text: t.asked }] },
    { type: "reasoning", summary: [], encrypted_content: t.said },
    { type: "function_call", call_id: `t${i}`, name: "run", arguments: JSON.stringify(t.input), extra: t.extra },
    {
      type: "function_call_output",
      call_id: `t${i}`,
      output: t.results.map((part) => ({ type: "input_text", text: part }))
    },
    { type: "custom_tool_call_output", call_id: `t${i}`, output: t.results[0] }
  ],
  "gemini-contents": (t) => [
    { role: "user", parts: [{ text: t.asked }] },
    { role: "model", parts: [{ text: t.said, extra: t.extra }, { functionCall: { name: "run", args: t.input } }] },
    {
      role: "user",
      parts: t.results.map((part) => ({
        functionResponse: { name: "run", response: { output: part, extra: t.extra } }
      }))
    }
  ],
  "vercel-messages": (t, i) => [
    { role: "user", content: t.asked },
    {
      role: "assistant",
      content: [
        { type: "text", text: t.said },
        { type: "tool-call", toolCallId: `t${i}`, toolName: "run", input: t.input }
      ]
    },
    {
      role: "tool",
      content: t.results.map((part) => ({
        type: "tool-result",
        toolCallId: `t${i}`,
        toolName: "run",
        output: { type: t.failed ? "error-text" : "text", value: part },
        extra: t.extra
      }))
    }
  ]
}

const slotsOf = (value: unknown) => {
  const blocks = readMessages(value)?.document.blocks ?? []
  return blocks.flatMap((block, index) => (block._tag === "Slot" ? [{ index, slot: block }] : []))
}

/** The value with the leaf at each path taken out. */
const without = (value: unknown, paths: ReadonlyArray<ReadonlyArray<string | number>>): unknown => {
  const copy = structuredClone(value)
  for (const path of paths) {
    let place = copy as Record<string | number, unknown>
    for (const key of path.slice(0, -1)) place = place[key] as Record<string | number, unknown>
    place[path[path.length - 1] as string] = null
  }
  return copy
}

for (const [shape, write] of Object.entries(writers)) {
  describe(shape, () => {
    const conversation = fc.array(turn, { minLength: 1, maxLength: 5 }).map((turns) => turns.flatMap(write))

    it("is recognised, as a list and in a body, and every result is a slot", () => {
      fc.assert(
        fc.property(conversation, (list) => {
          const field = shape === "openai-responses" ? "input" : shape === "gemini-contents" ? "contents" : "messages"
          const inBody = readMessages({ model: "m", [field]: list })
          expect(readMessages(list)?.shape).toBe(shape)
          expect(inBody?.shape).toBe(shape)
          expect(inBody?.document.blocks.length).toBe(readMessages(list)?.document.blocks.length)
          expect(slotsOf(list).length).toBeGreaterThan(0)
        })
      )
    })

    it("written without replacements, or with the same texts, is the same reference", () => {
      fc.assert(
        fc.property(conversation, (list) => {
          const read = readMessages(list)
          if (read === undefined) throw new Error("not recognised")
          expect(writeMessages(list, read, new Map())).toBe(list)
          expect(writeMessages(list, read, new Map(slotsOf(list).map(({ index, slot }) => [index, slot.text])))).toBe(
            list
          )
        })
      )
    })

    it("written with replacements holds them at their places, everything else equal, the input untouched", () => {
      fc.assert(
        fc.property(conversation, fc.array(fc.option(anyText), { minLength: 1 }), (list, choices) => {
          const read = readMessages(list)
          if (read === undefined) throw new Error("not recognised")
          const before = structuredClone(list)
          const chosen = slotsOf(list).flatMap(({ index }, i) => {
            const choice = choices[i % choices.length]
            return typeof choice === "string" ? [[index, choice] as const] : []
          })
          const replacements = new Map(chosen)
          const after = writeMessages(list, read, replacements)
          expect(list).toEqual(before)
          expect(slotsOf(after).map(({ slot }) => slot.text)).toEqual(
            slotsOf(list).map(({ index, slot }) => replacements.get(index) ?? slot.text)
          )
          const paths = slotsOf(list).map(({ slot }) => slot.at)
          expect(without(after, paths)).toEqual(without(list, paths))
        })
      )
    })

    it("reads a beginning as it reads it in the whole", () => {
      fc.assert(
        fc.property(conversation, fc.nat(), (list, cut) => {
          const part = readMessages(list.slice(0, cut % (list.length + 1)))?.document.blocks ?? []
          expect(readMessages(list)?.document.blocks.slice(0, part.length)).toEqual(part)
        })
      )
    })
  })
}

/** Every place inside a value. */
const placesIn = (
  value: unknown,
  at: ReadonlyArray<string | number> = []
): ReadonlyArray<ReadonlyArray<string | number>> =>
  typeof value !== "object" || value === null
    ? [at]
    : [
        at,
        ...Object.entries(value).flatMap(([key, inner]) =>
          placesIn(inner, [...at, Array.isArray(value) ? Number(key) : key])
        )
      ]

/** Conversations with anything at all in some of their places. */
const damaged = fc
  .tuple(
    fc.array(fc.tuple(fc.constantFrom(...Object.values(writers)), turn), { minLength: 1, maxLength: 3 }),
    fc.array(
      fc.tuple(fc.nat(), fc.oneof(fc.anything(), fc.jsonValue(), fc.constantFrom(null, "tool_result", [], {}))),
      { maxLength: 4 }
    )
  )
  .map(([turns, damages]) => {
    const value: unknown = structuredClone(turns.flatMap(([write, one], i) => write(one, i)))
    for (const [choice, garbage] of damages) {
      const places = placesIn(value).filter((place) => place.length > 0)
      const at = places[choice % Math.max(1, places.length)]
      if (at === undefined) continue
      let place = value as Record<string | number, unknown>
      for (const key of at.slice(0, -1)) place = place[key] as Record<string | number, unknown>
      place[at[at.length - 1] as string] = garbage
    }
    return value
  })

describe("any value", () => {
  it("never throws, and is written back as it is", () => {
    fc.assert(
      fc.property(fc.oneof({ weight: 1, arbitrary: fc.anything() }, { weight: 4, arbitrary: damaged }), (value) => {
        const read = readMessages(value, ["tool", "user"])
        if (read === undefined) return
        expect(writeMessages(value, read, new Map())).toBe(value)
        writeMessages(value, read, new Map(read.document.blocks.map((_, i) => [i, "x"])))
      }),
      { numRuns: 1000 }
    )
  })

  it("takes nesting of 100,000 levels", () => {
    let deep: unknown = "end"
    for (let i = 0; i < 100_000; i++) deep = [deep]
    for (const content of [
      deep,
      [{ type: "tool_result", content: deep }],
      [{ type: "tool-result", output: { type: "json", value: deep } }]
    ]) {
      expect(() => readMessages([{ role: "tool", content }])).not.toThrow()
    }
    expect(() =>
      readMessages([{ role: "user", parts: [{ functionResponse: { name: "f", response: { deep } } }] }])
    ).not.toThrow()
  })
})

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
const decode = (bytes: Uint8Array): string => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)

const splicedText = (source: string, values: ReadonlyArray<readonly [Path, unknown]>): string => {
  const bytes = encode(source)
  const splices = values.flatMap(([path, value]) => {
    const span = spanOf(bytes, path)
    return span === undefined ? [] : [{ span, bytes: encode(JSON.stringify(value)) }]
  })
  return decode(spliced(bytes, splices))
}

describe("places in a JSON text", () => {
  const json = fc.tuple(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(0, 1, 2, "\t"))

  it("hold the value of their path", () => {
    fc.assert(
      fc.property(json, ([value, indent]) => {
        const text = JSON.stringify(value, null, indent)
        const parsed: unknown = JSON.parse(text)
        const bytes = encode(text)
        placesIn(parsed).forEach((path) => {
          const [start, end] = spanOf(bytes, path) ?? [0, 0]
          const inner = path.reduce<unknown>((at, key) => (at as Record<string | number, unknown>)[key], parsed)
          expect(JSON.parse(decode(bytes.subarray(start, end)))).toEqual(inner)
        })
      })
    )
  })

  it("spliced, read as the value with its edits made, and every other byte stays", () => {
    fc.assert(
      fc.property(json, fc.array(fc.tuple(fc.nat(), anyText), { maxLength: 4 }), ([value, indent], choices) => {
        const source = JSON.stringify(value, null, indent)
        const parsed: unknown = JSON.parse(source)
        const leaves = placesIn(parsed).filter((path) => {
          const inner = path.reduce<unknown>((at, key) => (at as Record<string | number, unknown>)[key], parsed)
          return typeof inner !== "object" || inner === null
        })
        if (leaves.length === 0) return
        const chosen = new Map(choices.map(([choice, put]) => [leaves[choice % leaves.length] ?? [], put]))
        const after = splicedText(source, [...chosen])
        const expected = edited(
          parsed,
          [...chosen].map(([at, put]) => ({ at, put: () => put }))
        )
        expect(JSON.parse(after)).toEqual(JSON.parse(JSON.stringify(expected)))
        expect(after === source || chosen.size > 0).toBe(true)
      })
    )
  })

  it("of doubled keys the last counts, and numbers keep their spelling", () => {
    expect(splicedText('{"n": 1.0, "a": "x", "a": "y"}', [[["a"], "z"]])).toBe('{"n": 1.0, "a": "x", "a": "z"}')
  })
})
