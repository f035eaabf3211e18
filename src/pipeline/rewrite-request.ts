/**
 * The life of a proxy's request, top to bottom: its conversation is read from where an earlier request ended, slots that were sent before
 * are sent the same, new ones go to the engine, and the new texts are spliced into the client's own bytes.
 *
 * Where a step cannot be taken the request goes on as it came, and what was left is pinned so: the same prefix gives the same bytes.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Fading } from "../compressors/fade/rules.ts"
import { changeBetween, type Prompt } from "../domain/cache-aligner.ts"
import type { Digest, HashParts } from "../domain/digest.ts"
import { CACHE_MS } from "../domain/economics.ts"
import type { Headers } from "../wire/endpoint.ts"
import type { Treatments } from "../domain/policy.ts"
import { type Splice, spliced } from "../wire/json-spans.ts"
import { factsOf } from "../wire/request-facts.ts"
import type { SameBytes } from "../wire/transcript.ts"
import { Branches, type Sent } from "./branches.ts"
import { considerBirth, type LastAt } from "./consider-birth.ts"
import type { Mode } from "./headroom.ts"
import type { Engine } from "./ports/engine.ts"
import type { Originals } from "./ports/originals.ts"
import { type Conversation, readRequest } from "./read-request.ts"
import { type ClientRequest, Rewriter, type Rewritten } from "./rewriter.ts"
import { settle, type Settlement } from "./settlement.ts"
import type { Timing } from "./timing.ts"

export interface RewriterOptions {
  readonly mode: Mode
  /** How outputs of some tools are treated. */
  readonly treatments?: Treatments
  /** How old outputs fade, where hidden text can be got back. */
  readonly fading?: Fading
  /** When a conversation's last request came, where this process did not see it. */
  readonly lastAt?: LastAt
  /** How long caches are asked to live, and which are kept warm. */
  readonly timing?: Timing
  /** Whether the volatile lines of a system text move behind those that stay. */
  readonly stabilises: boolean
  /** For all new content of a request. */
  readonly deadlineMs: number
  /** For what is remembered of conversations, and as much again for what their slots were sent as. */
  readonly memoryBytes: number
  readonly hash: HashParts
  readonly same: SameBytes
}

const decoder = new TextDecoder()

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((total, number) => total + number, 0)

/** Tokens of each turn, as it came and as it is sent. */
const tokensOf = (
  turns: Conversation["turns"],
  sent: ReadonlyMap<Digest, Sent>
): ReadonlyArray<readonly [before: number, after: number]> =>
  turns.map(({ tokens, slots }) => {
    const found = slots.flatMap(({ key }) => sent.get(key) ?? [])
    return [tokens + sum(found.map((slot) => slot.tokensBefore)), tokens + sum(found.map((slot) => slot.tokensAfter))]
  })

/** How many of the turns that the request shares with the one before are sent as they were. */
const sameTurns = (
  { turns, shared }: Conversation,
  sent: ReadonlyMap<Digest, Sent>,
  branches: Branches,
  epoch: Digest | undefined
): number => {
  if (shared === undefined || shared.branch.epoch === epoch) return shared?.count ?? 0
  const changed = turns
    .slice(0, shared.count)
    .findIndex(({ slots }) =>
      slots.some(({ key }) => branches.sent(key, shared.branch.epoch)?.text !== sent.get(key)?.text)
    )
  return changed === -1 ? shared.count : changed
}

/** A body that nothing is read in. */
const untouched = ({ route, headers, body }: ClientRequest, passedOver: ReadonlyArray<string>): Rewritten => {
  const { model, isStream, isSubscription, conversation = "" } = factsOf(route, headers, undefined)
  return {
    body,
    model,
    isStream,
    isSubscription,
    conversation,
    project: projectOf(headers),
    tokensBefore: 0,
    tokensAfter: 0,
    newTokensBefore: 0,
    newTokensAfter: 0,
    slots: [],
    expected: { change: { _tag: "First" }, sharedTokens: 0, tokens: 0, idleMs: undefined, lifetimeMs: CACHE_MS },
    passedOver
  }
}

const projectOf = (headers: Headers): string => headers["x-headroom-project"] ?? ""

/** What the client calls its session, else its first message. */
const nameOf = ({ facts, turns }: Conversation): string => facts.conversation ?? turns[0]?.digest.slice(0, 16) ?? ""

/** The prompt as it is sent: its turns with their slots. */
const promptAfter = ({ prompt }: Conversation, tokens: ReadonlyArray<readonly [number, number]>): Prompt => ({
  ...prompt,
  turnTokens: tokens.map(([, after]) => after)
})

const rewritten = (
  { headers, body }: ClientRequest,
  conversation: Conversation,
  { sent, records, passedOver, epoch }: Settlement,
  branches: Branches,
  now: number
): Rewritten => {
  const { turns, shared, start, prompt, facts, offer, marks = [], thread, warmedAt = 0 } = conversation
  const moved = offer !== undefined && sent.get(offer.key)?.text !== undefined ? offer.splices : []
  const replaced = turns.flatMap((turn) =>
    turn.slots.flatMap(({ key, span: [from, to] }): ReadonlyArray<Splice> => {
      const value = sent.get(key)?.value
      return value === undefined ? [] : [{ span: [start + from, start + to], bytes: value }]
    })
  )
  const tokens = tokensOf(turns, sent)
  const count = shared?.count ?? 0
  const total = (side: 0 | 1, from: number, to?: number): number =>
    sum(tokens.slice(from, to).map((pair) => pair[side]))
  const tokensAfter = prompt.headTokens + total(1, 0)
  const change = changeBetween(shared?.branch.prompt, promptAfter(conversation, tokens), count)
  const idleMs = shared === undefined ? undefined : now - Math.max(shared.branch.at, warmedAt)
  const lifetimeMs = facts.cacheMs ?? CACHE_MS
  const isCold = idleMs !== undefined && idleMs > lifetimeMs
  const same = sameTurns(conversation, sent, branches, epoch)
  return {
    body: spliced(body, [...moved, ...replaced, ...marks]),
    model: facts.model,
    isStream: facts.isStream,
    isSubscription: facts.isSubscription,
    conversation: nameOf(conversation),
    project: projectOf(headers),
    tokensBefore: prompt.headTokens + total(0, 0),
    tokensAfter,
    newTokensBefore: total(0, count),
    newTokensAfter: total(1, count),
    slots: records,
    expected: {
      change:
        change._tag === "Extends" && same < count
          ? // Where the cache was cold the pause is why it misses.
            {
              _tag: "Changed",
              part: "epoch",
              message: same,
              tokens: isCold ? 0 : total(1, same, count),
              removed: sum(shared?.branch.prompt.turnTokens.slice(0, count) ?? []) - total(1, 0, count)
            }
          : change,
      sharedTokens: count === 0 ? 0 : prompt.headTokens + total(1, 0, isCold ? count : same),
      tokens: tokensAfter,
      idleMs,
      lifetimeMs
    },
    passedOver,
    ...(thread === undefined ? {} : { thread }),
    ...(marks.length === 0 ? {} : { marks: turns.some((turn) => turn.isAssistant) ? "later" : "first" })
  }
}

/** A tool of that name, whatever the client puts before it for the server; one that only speaks of it is none. */
const RETRIEVE_TOOL = /"name"\s*:\s*"(?:[\w.:/-]*[^a-z"])?headroom_retrieve"/

/** Whether the client can get hidden text back: by our MCP tool, or by a shell in which our command runs, which wrap alone promises. */
const canRedeem = ({ headers, body }: ClientRequest, { members }: Conversation): boolean => {
  const tools = members.get("tools")
  return (
    headers["x-headroom-retrieval"] === "shell" ||
    (tools !== undefined && RETRIEVE_TOOL.test(decoder.decode(body.subarray(...tools))))
  )
}

const rewrite = (
  request: ClientRequest,
  branches: Branches,
  options: RewriterOptions
): Effect.Effect<Rewritten, never, Engine | Originals> =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const isBypassed = options.mode === "off" || request.headers["x-headroom-bypass"] === "true"
    const read = isBypassed ? undefined : readRequest(request, branches, options)
    if (read === undefined) {
      return untouched(request, isBypassed || request.route.shape === undefined ? [] : ["unreadable"])
    }
    const conversation = options.timing === undefined ? read : yield* options.timing.timed(read, request)
    const isDry = request.route.endpoint === "count-tokens"
    const mode = options.mode === "offload" && !canRedeem(request, conversation) ? "visible" : options.mode
    const session = { id: nameOf(conversation), project: projectOf(request.headers) }
    const settled = yield* settle(conversation, branches, {
      mode,
      session,
      ...(options.treatments === undefined ? {} : { treatments: options.treatments }),
      deadline: now + options.deadlineMs,
      isDry
    })
    const { fading = "off", treatments, lastAt } = options
    const settlement =
      fading === "off" || isDry || mode !== "offload"
        ? settled
        : yield* considerBirth(conversation, branches, settled, { strength: fading, treatments, session, now, lastAt })
    const { shape, scope, list, turns, shared } = conversation
    if (!isDry) {
      const prompt = promptAfter(conversation, tokensOf(turns, settlement.sent))
      const { shown, epoch, known } = settlement
      const branch = { shape: shape.name, scope, list, turns, prompt, shown, epoch, known, at: now }
      branches.keep(branch, shared)
    }
    return rewritten(request, conversation, settlement, branches, now)
  }).pipe(
    // Messages of errors quote what they stumbled over: the name alone is logged.
    Effect.catchAllDefect((defect) =>
      Effect.as(
        Effect.logError(`a request goes on as it came: ${defect instanceof Error ? defect.name : "defect"}`),
        untouched(request, ["bug"])
      )
    )
  )

/** The rewriter over an engine, and the store that the engine pins in. */
export const layerRewriter = (options: RewriterOptions): Layer.Layer<Rewriter, never, Engine | Originals> =>
  Layer.effect(
    Rewriter,
    Effect.map(Effect.context<Engine | Originals>(), (services) => {
      const branches = new Branches(options.same, options.memoryBytes)
      return {
        rewrite: (request) => Effect.provide(rewrite(request, branches, options), services)
      }
    })
  )
