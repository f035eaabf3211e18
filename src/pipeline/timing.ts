/**
 * What the rewriter is told of a conversation's time besides the clock: how long its cache is asked to live, whether it may be kept warm,
 * and when it last was.
 */
import * as Effect from "effect/Effect"
import { CACHE_MS } from "../domain/economics.ts"
import { TTL_MS } from "../domain/cache-lifetime.ts"
import { marksIn } from "../wire/cache-marks.ts"
import type { Digest } from "../domain/digest.ts"
import { Lifetimes, type LifetimeOptions, remember } from "./lifetimes.ts"
import type { Originals } from "./ports/originals.ts"
import type { Conversation } from "./read-request.ts"
import type { ClientRequest } from "./rewriter.ts"

/** When conversations' caches were last renewed by us, in milliseconds since 1970. */
export class Warmth {
  readonly #at = new Map<string, number>()

  at(thread: string): number | undefined {
    return this.#at.get(thread)
  }

  renewed(thread: string, at: number): void {
    remember(this.#at, thread, at)
  }
}

/**
 * Which conversations are a client's own and which those of its sub-agents: within one session of a client, the first that has tools is its
 * own, and so is whatever has the same tools and system text, as after a compaction. A client that names no session has one a conversation.
 */
class Mains {
  readonly #heads = new Map<string, string>()

  has({ facts, members, prompt, scope }: Conversation): boolean {
    if (!members.has("tools")) return false
    if (facts.conversation === undefined) return true
    const session = `${scope} ${facts.conversation}`
    const head = `${prompt.tools} ${prompt.system}`
    const known = this.#heads.get(session)
    if (known === undefined) remember(this.#heads, session, head)
    return known === undefined || known === head
  }
}

export interface TimingOptions {
  /** Undefined: marks stay as the client wrote them. */
  readonly lifetimes: LifetimeOptions | undefined
  /** Undefined: nothing is kept warm. */
  readonly warmth: Warmth | undefined
}

export class Timing {
  readonly #mains = new Mains()
  readonly #lifetimes: Lifetimes | undefined
  readonly #warmth: Warmth | undefined

  constructor({ lifetimes, warmth }: TimingOptions) {
    this.#lifetimes = lifetimes === undefined ? undefined : new Lifetimes(lifetimes)
    this.#warmth = warmth
  }

  /** The conversation with what its marks are to say, and its thread where it may be kept warm. */
  timed(conversation: Conversation, request: ClientRequest): Effect.Effect<Conversation, never, Originals> {
    return Effect.gen(this, function* () {
      const { facts, list, members, shape, start, turns } = conversation
      const first: Digest | undefined = turns[0]?.digest
      // people begin more than one conversation by the same word
      const thread = first === undefined ? undefined : `${facts.conversation ?? ""} ${first}`
      if (shape.name !== "anthropic-messages" || facts.isSubscription || request.route.endpoint !== "messages")
        return conversation
      const isMain = this.#mains.has(conversation)
      if (request.leavesMarks === true) this.#lifetimes?.leave(conversation)
      const project = request.headers["x-headroom-project"] ?? ""
      const marks = marksIn(request.body, members, [start, start + list.length])
      const lasting = yield* this.#lifetimes?.marksOf(conversation, request.body, marks, isMain, {
        id: facts.conversation ?? first?.slice(0, 16) ?? "",
        project
      }) ?? Effect.succeed(undefined)
      const cacheMs = lasting?.cacheMs ?? (marks.ttl === undefined ? facts.cacheMs : TTL_MS[marks.ttl])
      const warmedAt = thread === undefined ? undefined : this.#warmth?.at(thread)
      const isKeepable =
        this.#warmth !== undefined && isMain && marks.ttl !== undefined && cacheMs === CACHE_MS && thread !== undefined
      return {
        ...conversation,
        facts: { ...facts, cacheMs },
        ...(lasting === undefined ? {} : { marks: lasting.splices }),
        ...(isKeepable ? { thread } : {}),
        ...(warmedAt === undefined ? {} : { warmedAt })
      }
    })
  }
}
