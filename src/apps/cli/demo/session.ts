/** A recorded session, priced call by call under prefix caching, as it was and with nothing hidden. */
import * as Effect from "effect/Effect"
import { type PricedCall, type SessionCost, sessionCost } from "../../../domain/economics.ts"
import { type CompressOptions, Headroom } from "../../../pipeline/headroom.ts"
import { Tokenizer } from "../../../pipeline/ports/tokenizer.ts"
import { isRecord, jsonText, listOf } from "../../../wire/json-value.ts"

export interface SessionReport {
  readonly calls: number
  readonly before: SessionCost
  readonly after: SessionCost
  /** Calls whose request was compressed by itself, as a client would. */
  readonly checked: number
  /** Whether each of them came out as the beginning of the whole. */
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

interface Pricing {
  readonly key: string
  readonly tokens: number
}

/** One list of priced blocks a message. */
const priced = (messages: ReadonlyArray<unknown>) =>
  Effect.gen(function* () {
    const tokenizer = yield* Tokenizer
    const blocks = messages.map(blocksOf)
    const counts = yield* tokenizer.count(blocks.flat().map(stringsIn), "o200k")
    let next = 0
    return blocks.map((list, at) =>
      list.map(
        (block): Pricing => ({
          key: `${isAnswer(messages[at]) ? "a" : "u"}${jsonText(block) ?? ""}`,
          tokens: (counts[next++]?.tokens ?? 0) + BLOCK_TOKENS
        })
      )
    )
  })

/** Each answer of the model is one call: what stands before it is the request. */
const callsOf = (
  messages: ReadonlyArray<unknown>,
  parts: ReadonlyArray<ReadonlyArray<Pricing>>
): ReadonlyArray<PricedCall> =>
  messages.flatMap((message, at) =>
    isAnswer(message)
      ? [
          {
            parts: parts.slice(0, at).flat(),
            outputTokens: (parts[at] ?? []).reduce((sum, part) => sum + part.tokens, 0)
          }
        ]
      : []
  )

const CHECKS = 8

/** Compresses a session and prices what would have been sent, call by call. */
export const priceSession = (body: unknown, options: CompressOptions, onCheck: (done: number, total: number) => void) =>
  Effect.gen(function* () {
    const headroom = yield* Headroom
    const messages = isRecord(body) ? listOf(body["messages"]) : []
    const whole = (yield* headroom.compress(messages, options)).messages
    const wholeTexts = whole.map((message) => jsonText(message))
    const answers = messages.flatMap((message, at) => (isAnswer(message) ? [at] : []))
    let isPrefixStable = true
    const checks = answers.filter((_, i) => i % Math.ceil(answers.length / CHECKS) === 0)
    for (const [done, at] of checks.entries()) {
      const request = (yield* headroom.compress(messages.slice(0, at), options)).messages
      isPrefixStable &&= request.every((message, i) => jsonText(message) === wholeTexts[i])
      onCheck(done + 1, checks.length)
      yield* Effect.yieldNow()
    }
    const report: SessionReport = {
      calls: answers.length,
      checked: checks.length,
      before: sessionCost(callsOf(messages, yield* priced(messages))),
      after: sessionCost(callsOf(whole, yield* priced(whole))),
      isPrefixStable
    }
    return report
  })
