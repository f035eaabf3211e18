/**
 * What makes a conversation's prefix unstable: which part of a request differs from the one before it, whether the provider's cache
 * missed, why, and how much that made it read again.
 *
 * It only tells; bytes that were sent are never rewritten for it.
 */
import type { CacheMiss, PrefixChange } from "./exchange.ts"
import { inputOf, type Usage } from "./usage.ts"

/** What a request's prompt consists of, in the order in which a provider's cache reads it. */
export interface Prompt {
  readonly model: string | undefined
  /** Digests of the parts; equal where they are. */
  readonly tools: string
  readonly system: string
  readonly settings: string
  /** Of the tools, the system text and the settings together. */
  readonly headTokens: number
  /** Of each message. */
  readonly turnTokens: ReadonlyArray<number>
}

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((total, number) => total + number, 0)

/** Which part of the prompt before comes first among those that the next one does not repeat; `shared` counts equal messages. */
export const changeBetween = (before: Prompt | undefined, next: Prompt, shared: number): PrefixChange => {
  if (before === undefined) return { _tag: "First" }
  const all = before.headTokens + sum(before.turnTokens)
  for (const part of ["model", "tools", "system", "settings"] as const) {
    if (before[part] !== next[part]) return { _tag: "Changed", part, message: undefined, tokens: all }
  }
  if (shared >= before.turnTokens.length) return { _tag: "Extends" }
  return { _tag: "Changed", part: "message", message: shared, tokens: sum(before.turnTokens.slice(shared)) }
}

/** What a provider's cache should hold of a request. */
export interface Expectation {
  readonly change: PrefixChange
  /** Estimated tokens that the request shares with the one before, from the beginning; and of the whole request. */
  readonly sharedTokens: number
  readonly tokens: number
  /** Milliseconds since the request before; undefined for the first. */
  readonly idleMs: number | undefined
  /** How long the cache keeps what nobody asks for. */
  readonly lifetimeMs: number
}

export interface Diagnosis {
  readonly miss: CacheMiss
  readonly missedTokens: number
}

/** Providers cache in steps, and our counts are estimates: less than this share of what was expected is a miss. */
const HIT = 0.8
/** Shorter prompts are not cached (Anthropic and OpenAI: 1,024 tokens, some models 4,096). */
const MIN_CACHED = 4_096

/** What was done for the cache in the pause before a request. */
export interface Pause {
  readonly renewals: number
  /** Since the request before. */
  readonly ms: number
}

export const NO_PAUSE: Pause = { renewals: 0, ms: 0 }

/** Whether the cache missed, by what the provider reports it read from it, and why. */
export const diagnose = (expected: Expectation, usage: Usage | undefined, pause: Pause = NO_PAUSE): Diagnosis => {
  const none: Diagnosis = { miss: "none", missedTokens: 0 }
  if (usage === undefined || inputOf(usage) === 0 || expected.tokens === 0) return none
  const scale = inputOf(usage) / expected.tokens
  if (expected.idleMs === undefined) return usage.cacheRead === 0 ? { miss: "cold-start", missedTokens: 0 } : none
  const lost = expected.change._tag === "Changed" ? expected.change.tokens * scale : 0
  const held = expected.sharedTokens * scale
  const isHead = expected.change._tag === "Changed" && expected.change.part !== "message"
  if (isHead && lost >= MIN_CACHED)
    return { miss: "prefix-changed", missedTokens: Math.round(Math.max(0, lost - usage.cacheRead)) }
  if (held < MIN_CACHED) return none
  if (usage.cacheRead >= held * HIT)
    return pause.renewals > 0 && pause.ms > expected.lifetimeMs
      ? { miss: "averted", missedTokens: Math.round(Math.min(held, usage.cacheRead)) }
      : none
  return {
    miss: expected.idleMs > expected.lifetimeMs ? "expired" : "unknown",
    missedTokens: Math.round(held - usage.cacheRead)
  }
}
