/** Every recorded answer of the corpus, cut at every byte and in random chunks, reads as it does whole; a clone without it skips this. */
import { describe, expect, it } from "vitest"
import { inputOf } from "../../src/domain/usage.ts"
import type { Answer } from "../../src/wire/answer.ts"
import { isRecord, listOf, parsed } from "../../src/wire/json-value.ts"
import { eventReader, type StreamEvent } from "../../src/wire/sse.ts"
import { answerReader } from "../../src/wire/usage.ts"
import { isThere, type RecordedAnswer, recordedAnswers } from "../fixtures/recorded-answers.ts"

interface Seen {
  readonly events: ReadonlyArray<StreamEvent>
  readonly answer: Answer | undefined
}

const seenIn = ({ endpoint }: RecordedAnswer, chunks: ReadonlyArray<Uint8Array>): Seen => {
  const events = eventReader()
  const answers = answerReader(endpoint)
  const found = chunks.flatMap((chunk) => {
    answers?.feed(chunk)
    return events.feed(chunk)
  })
  answers?.end()
  return { events: [...found, ...events.end()], answer: answers?.answer }
}

const cutAt = (bytes: Uint8Array, places: ReadonlyArray<number>): ReadonlyArray<Uint8Array> =>
  [...places, bytes.length].map((place, i) => bytes.subarray(places[i - 1] ?? 0, place))

/** Places from a small generator, so that a failure comes again. */
const randomPlaces = (length: number, seed: number): ReadonlyArray<number> => {
  const places: Array<number> = []
  let state = seed
  for (let at = 0; ; ) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    at += 1 + ((state >>> 16) % 400)
    if (at >= length) return places
    places.push(at)
  }
}

const tokensIn = (value: unknown, ...keys: ReadonlyArray<string>): number =>
  keys.reduce((sum, key) => sum + (isRecord(value) ? Number(value[key] ?? 0) : 0), 0)

/** The provider's own total of all tokens, from its last report; an account of another kind than the reader's. */
const totalIn = ({ endpoint }: RecordedAnswer, events: ReadonlyArray<StreamEvent>): number | undefined => {
  const values = events.map(({ data }) => parsed(data)).filter(isRecord)
  const usages = values.flatMap((value) => {
    const inner = isRecord(value["response"])
      ? value["response"]
      : isRecord(value["message"])
        ? value["message"]
        : value
    const usage = inner["usage"] ?? inner["usageMetadata"]
    return isRecord(usage) ? [usage] : []
  })
  if (endpoint === "generate-content") return usages.map((usage) => tokensIn(usage, "totalTokenCount")).at(-1)
  if (endpoint !== "messages") return usages.map((usage) => tokensIn(usage, "total_tokens")).at(-1)
  const merged: { readonly [key: string]: unknown } = Object.assign({}, ...usages)
  const parts = listOf(merged["iterations"])
  return (parts.length > 0 ? parts : [merged]).reduce<number>(
    (sum, part) =>
      sum + tokensIn(part, "input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens"),
    0
  )
}

/** Words of which a finished answer holds one. */
const ENDS = /"(?:finishReason|finish_reason|blockReason|stop_reason)":\s*"|"status":\s*"completed"/

describe.skipIf(!isThere)("recorded answers", () => {
  const answers = recordedAnswers()
  const wholes = answers.map((answer) => ({ answer, whole: seenIn(answer, [answer.bytes]) }))

  it("are many, of every wire", () => {
    expect(answers.length).toBeGreaterThan(250)
    expect(new Set(answers.map(({ endpoint }) => endpoint)).size).toBe(4)
  })

  it("read the same byte by byte", () => {
    for (const { answer, whole } of wholes)
      expect([
        answer.name,
        seenIn(
          answer,
          Array.from(answer.bytes, (byte) => Uint8Array.of(byte))
        )
      ]).toEqual([answer.name, whole])
  })

  it("read the same cut in two at every place, where they are small", () => {
    // one client's recordings are many and alike
    const small = wholes.filter(({ answer: { name, bytes } }) => bytes.length < 1_300 && !name.startsWith("gemini-cli"))
    expect(small.length).toBeGreaterThan(40)
    for (const { answer, whole } of small) {
      const said = JSON.stringify(whole)
      for (let place = 1; place < answer.bytes.length; place++)
        if (JSON.stringify(seenIn(answer, cutAt(answer.bytes, [place]))) !== said)
          expect.fail(`${answer.name} cut at ${place}`)
    }
  })

  it("read the same in random chunks", () => {
    for (const { answer, whole } of wholes)
      for (const seed of [1, 2, 3])
        expect([
          answer.name,
          seenIn(answer, cutAt(answer.bytes, randomPlaces(answer.bytes.length, seed * 7_919)))
        ]).toEqual([answer.name, whole])
  })

  it("add up to what the provider says", () => {
    let reported = 0
    for (const { answer, whole } of wholes) {
      const total = totalIn(answer, whole.events)
      const usage = whole.answer?.usage
      if (total === undefined || total === 0) continue
      reported++
      expect([answer.name, usage === undefined ? undefined : inputOf(usage) + usage.output]).toEqual([
        answer.name,
        total
      ])
    }
    expect(reported).toBeGreaterThan(200)
  })

  it("are finished where the provider says so, and name their error where there is one", () => {
    for (const { answer, whole } of wholes) {
      const text = new TextDecoder().decode(answer.bytes)
      expect([answer.name, whole.answer?.finished]).toEqual([answer.name, ENDS.test(text)])
      const isError = /^\{\s*"error"/.test(text)
      expect([answer.name, whole.answer?.error !== undefined]).toEqual([answer.name, isError])
    }
  })

  it("are not finished without their last event", () => {
    let cut = 0
    for (const { answer, whole } of wholes) {
      if (answer.endpoint !== "messages" && answer.endpoint !== "responses") continue
      if (whole.events.length < 2) continue
      const last = Buffer.from(answer.bytes).lastIndexOf("\nevent:")
      const begun = seenIn(answer, [answer.bytes.subarray(0, last)])
      expect([answer.name, begun.answer?.finished]).toEqual([answer.name, false])
      cut++
    }
    expect(cut).toBeGreaterThan(50)
  })
})
