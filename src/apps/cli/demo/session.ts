/** A recorded session sent call by call through a proxy of its own to a vendor on the loopback, and priced under prefix caching. */
import * as Effect from "effect/Effect"
import { type PricedCall, type SessionCost, sessionCost } from "../../../domain/economics.ts"
import { Tokenizer } from "../../../pipeline/ports/tokenizer.ts"
import { isRecord, jsonText, listOf, parsed } from "../../../wire/json-value.ts"
import { sendThrough, startProxy } from "../own-proxy.ts"
import { startVendor } from "./vendor.ts"

export interface SessionReport {
  readonly calls: number
  readonly before: SessionCost
  readonly after: SessionCost
  /** Whether each request that arrived went on from the one before, byte for byte. */
  readonly isPrefixStable: boolean
}

/** The provider's own tokens around a block; the figure of the recorded sessions' bench. */
const BLOCK_TOKENS = 4

const stringsIn = (root: unknown): string => {
  const strings: Array<string> = []
  const open: Array<unknown> = [root]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === "string") strings.push(value)
    else if (typeof value === "object" && value !== null)
      for (const inner of Object.values(value).toReversed()) open.push(inner)
  }
  return strings.join("\n")
}

const blocksOf = (message: unknown): ReadonlyArray<unknown> =>
  isRecord(message) ? (typeof message["content"] === "string" ? [message["content"]] : listOf(message["content"])) : []

const isAnswer = (message: unknown): boolean => isRecord(message) && message["role"] === "assistant"

/** A block of a message as the cache tells it from others. */
const keyOf = (message: unknown, block: unknown): string => `${isAnswer(message) ? "a" : "u"}${jsonText(block) ?? ""}`

/** The calls of a session, each with what was sent and what the model wrote, in priced parts. */
const priced = (
  requests: ReadonlyArray<ReadonlyArray<unknown>>,
  answers: ReadonlyArray<unknown>
): Effect.Effect<ReadonlyArray<PricedCall>, never, Tokenizer> =>
  Effect.gen(function* () {
    const tokenizer = yield* Tokenizer
    const texts = new Map<string, string>()
    for (const message of [...requests.flat(), ...answers])
      for (const block of blocksOf(message)) {
        const key = keyOf(message, block)
        if (!texts.has(key)) texts.set(key, stringsIn(block))
      }
    const counts = yield* tokenizer.count([...texts.values()], "o200k")
    const tokens = new Map([...texts.keys()].map((key, i) => [key, (counts[i]?.tokens ?? 0) + BLOCK_TOKENS]))
    const partsOf = (message: unknown) =>
      blocksOf(message).map((block) => {
        const key = keyOf(message, block)
        return { key, tokens: tokens.get(key) ?? 0 }
      })
    return requests.map((messages, i) => ({
      parts: messages.flatMap(partsOf),
      outputTokens: partsOf(answers[i]).reduce((sum, part) => sum + part.tokens, 0)
    }))
  })

const messagesIn = (body: unknown): ReadonlyArray<unknown> => (isRecord(body) ? listOf(body["messages"]) : [])

/** The requests' messages, as JSON texts in the order in which a prefix is read. */
const goesOn = (requests: ReadonlyArray<ReadonlyArray<unknown>>): boolean => {
  const texts = requests.map((messages) => messages.map((message) => jsonText(message)))
  return texts.every((list, i) => (texts[i - 1] ?? []).every((text, at) => text === list[at]))
}

/** Sends a session and prices what arrived, call by call. */
export const priceSession = (body: unknown, onCall: (done: number, total: number) => void) =>
  Effect.gen(function* () {
    const messages = messagesIn(body)
    const answers = messages.flatMap((message, at) => (isAnswer(message) && at > 0 ? [at] : []))
    const vendor = yield* startVendor
    const address = yield* startProxy(vendor.url, { mode: "visible" })
    const requests = answers.map((at) => messages.slice(0, at))
    for (const [done, request] of requests.entries()) {
      yield* sendThrough(address, JSON.stringify({ model: "demo", max_tokens: 1, messages: request }))
      onCall(done + 1, requests.length)
    }
    const arrived = vendor.received.map((text) => messagesIn(parsed(text)))
    const said = answers.map((at) => messages[at])
    const report: SessionReport = {
      calls: requests.length,
      before: sessionCost(yield* priced(requests, said)),
      after: sessionCost(yield* priced(arrived, said)),
      isPrefixStable: arrived.length === requests.length && goesOn(arrived)
    }
    return report
  }).pipe(Effect.scoped)
