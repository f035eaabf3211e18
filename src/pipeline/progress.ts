/**
 * What becomes known of an exchange while it goes on, and the record that this comes to: figures and names alone, no content.
 */
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { diagnose, NO_PAUSE, type Pause } from "../domain/cache-aligner.ts"
import type { Exchange, Finish } from "../domain/exchange.ts"
import type { Usage } from "../domain/usage.ts"
import type { Route } from "../wire/endpoint.ts"
import type { AnswerReader } from "../wire/usage.ts"
import type { Rewritten } from "./rewriter.ts"

/** What an answer says of itself. */
export interface Said {
  readonly usage: Usage | undefined
  readonly model: string | undefined
  /** How it ended by its own account, where that is not well. */
  readonly finish: "truncated" | "upstream-error" | undefined
}

const NOTHING_SAID: Said = { usage: undefined, model: undefined, finish: undefined }

/** A stream says when it is over; other answers have their length. */
export const saidBy = (reader: AnswerReader, isWhole: boolean, isStream: boolean): Said => {
  reader.end()
  const { usage, model, error, finished } = reader.answer
  const isCut = isStream && isWhole && !reader.isOver && !finished
  return { usage, model, finish: error === undefined ? (isCut ? "truncated" : undefined) : "upstream-error" }
}

export interface Progress {
  /** Milliseconds since 1970. */
  readonly at: number
  /** Nanoseconds, as the others below. */
  readonly startedAt: bigint
  readonly bytesBefore: number
  bytesAfter: number
  rewritten: Rewritten | undefined
  /** Why it was not read, where it could have been. */
  passedOver: ReadonlyArray<string>
  isStream: boolean
  retries: number
  sentAt: bigint | undefined
  firstByteAt: bigint | undefined
  status: number
  finish: Finish
  /** What was done for the provider's cache before it. */
  pause: Pause
  /** Run once the answer has ended. */
  said: Effect.Effect<Said>
}

export const beginning = (route: Route, bytes: number, clock: Clock.Clock): Progress => ({
  at: clock.unsafeCurrentTimeMillis(),
  startedAt: clock.unsafeCurrentTimeNanos(),
  bytesBefore: bytes,
  bytesAfter: bytes,
  rewritten: undefined,
  passedOver: [],
  isStream: route.isStream,
  retries: 0,
  sentAt: undefined,
  firstByteAt: undefined,
  status: 0,
  finish: "refused",
  pause: NO_PAUSE,
  said: Effect.succeed(NOTHING_SAID)
})

const milliseconds = (from: bigint, to: bigint): number => Number(to - from) / 1e6

/** The record of an exchange that has ended; `project` is whose it is where the request does not say. */
export const recordFor = (
  route: Route,
  progress: Progress,
  said: Said,
  rewritten: Rewritten,
  project: string,
  endedAt: bigint
): Omit<Exchange, "id"> => {
  const { startedAt, sentAt, firstByteAt, finish } = progress
  const { miss, missedTokens } = diagnose(rewritten.expected, said.usage, progress.pause)
  return {
    at: progress.at,
    provider: route.provider,
    endpoint: route.endpoint,
    model: rewritten.model ?? said.model,
    conversation: rewritten.conversation,
    project: rewritten.project === "" ? project : rewritten.project,
    isSubscription: rewritten.isSubscription,
    isStream: progress.isStream,
    bytesBefore: progress.bytesBefore,
    bytesAfter: progress.bytesAfter,
    tokensBefore: rewritten.tokensBefore,
    tokensAfter: rewritten.tokensAfter,
    newTokensBefore: rewritten.newTokensBefore,
    newTokensAfter: rewritten.newTokensAfter,
    slots: rewritten.slots,
    prefix: rewritten.expected.change,
    cacheMiss: miss,
    missedTokens,
    usage: said.usage,
    status: progress.status,
    finish: finish === "complete" ? (said.finish ?? finish) : finish,
    passedOver: [...rewritten.passedOver, ...progress.passedOver],
    overheadMs: milliseconds(startedAt, sentAt ?? endedAt),
    firstByteMs: firstByteAt === undefined ? undefined : milliseconds(startedAt, firstByteAt),
    totalMs: milliseconds(startedAt, endedAt)
  }
}
