/**
 * A user's recorded sessions added up, one after the other, so that a history of years needs no more memory than its names: by project,
 * by tool and by day, in tokens and in dollars.
 */
import type { Lifetime } from "./cache-lifetime.ts"
import { MILLION, costAboveRead, costOf, type Rates } from "./prices.ts"
import { inputOf, NO_USAGE, type Usage } from "./usage.ts"

export interface CallFigures {
  readonly at: number | undefined
  /** Milliseconds since the call before. */
  readonly pause: number
  readonly before: Usage
  readonly after: Usage
  /** Tokens that a pause made the provider write again. */
  readonly rewritten: number
  /** As the provider counted, where that is recorded. */
  readonly recorded: Usage | undefined
}

/** The outputs of one tool, each counted once. */
export interface OutputFigures {
  readonly tool: string
  readonly outputs: number
  readonly tokensBefore: number
  readonly tokensAfter: number
  /** What is not paid for over all calls. */
  readonly spared: Usage
  /** Tokens that stay, by the reason why they do; "shown" are those of outputs that were made smaller. */
  readonly left: ReadonlyMap<string, number>
}

export interface SessionFigures {
  readonly agent: string
  readonly project: string | undefined
  readonly model: string | undefined
  /** How long its cache lived. */
  readonly lifetime: Lifetime
  readonly calls: ReadonlyArray<CallFigures>
  readonly outputs: ReadonlyArray<OutputFigures>
  /** Tokens of tools and system text, and of what people and the model said. */
  readonly head: number
  readonly said: number
  readonly lifetimes: ReadonlyArray<{
    readonly lifetime: Lifetime
    readonly usage: Usage
    readonly usageAfter: Usage
  }>
}

/** Input tokens of all calls, and dollars, with output, of those whose price is known. */
export interface Spent {
  readonly tokensBefore: number
  readonly tokensAfter: number
  readonly dollarsBefore: number
  readonly dollarsAfter: number
}

export interface Share extends Spent {
  readonly name: string
  readonly sessions: number
  readonly calls: number
}

export interface ToolShare {
  readonly tool: string
  readonly outputs: number
  readonly tokensBefore: number
  readonly tokensAfter: number
  readonly dollarsSpared: number
}

/** Pauses of one length: how many, and what they cost by emptying the cache. */
export interface PauseShare {
  /** Minutes, from and below. */
  readonly from: number
  readonly below: number
  readonly pauses: number
  readonly misses: number
  readonly dollars: number
}

export interface LifetimeShare {
  readonly lifetime: Lifetime
  /** Of the input alone. */
  readonly dollarsBefore: number
  readonly dollarsAfter: number
}

export interface HistorySummary {
  readonly sessions: number
  readonly calls: number
  /** Milliseconds since 1970 of the first and last call with a time. */
  readonly from: number | undefined
  readonly to: number | undefined
  readonly spent: Spent
  /** Calls of models without a known price, by model. */
  readonly unpriced: ReadonlyMap<string, number>
  readonly projects: ReadonlyArray<Share>
  readonly agents: ReadonlyArray<Share>
  readonly tools: ReadonlyArray<ToolShare>
  readonly days: ReadonlyArray<Share>
  /** Tokens that enter a context, each once: what of them is tool output, and why of that so much stays. */
  readonly sources: {
    readonly head: number
    readonly said: number
    readonly outputs: number
    readonly left: ReadonlyArray<{ readonly reason: string; readonly tokens: number }>
  }
  readonly pauses: ReadonlyArray<PauseShare>
  readonly misses: { readonly calls: number; readonly tokens: number; readonly dollars: number }
  /** Of the calls whose client can choose; the cheapest first. */
  readonly lifetimes: ReadonlyArray<LifetimeShare>
  readonly lifetimeInUse: Lifetime
  /** Input of the calls that the provider counted, by its count and by ours. */
  readonly recorded: { readonly calls: number; readonly counted: number; readonly ours: number }
}

const MINUTE = 60_000

/** Dollars for a million tokens, mostly read from a cache, of a model whose price is not known. */
const UNPRICED = 0.5

/** Minutes; shorter pauses are work. */
const PAUSES = [5, 15, 60, 240, Infinity]

interface Sum {
  sessions: number
  calls: number
  tokensBefore: number
  tokensAfter: number
  dollarsBefore: number
  dollarsAfter: number
}

const newSum = (): Sum => ({
  sessions: 0,
  calls: 0,
  tokensBefore: 0,
  tokensAfter: 0,
  dollarsBefore: 0,
  dollarsAfter: 0
})

const at = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

const sharesOf = (sums: ReadonlyMap<string, Sum>): ReadonlyArray<Share> =>
  [...sums].map(([name, sum]) => ({ name, ...sum })).sort((a, b) => b.dollarsBefore - a.dollarsBefore)

/** Whether the client of a model chooses how long the cache lives. */
const choosesLifetime = ({ agent, model }: SessionFigures): boolean =>
  model === undefined ? agent === "claude-code" : model.includes("claude")

/** What only the surroundings know: prices by model and size of the request, and the day of a moment where the user lives. */
export interface Surroundings {
  /** Undefined where no price is known. */
  readonly ratesOf: (model: string | undefined, inputTokens: number) => Rates | undefined
  readonly dayOf: (moment: number) => string
}

export class History {
  readonly #around: Surroundings
  readonly #total = newSum()
  readonly #projects = new Map<string, Sum>()
  readonly #agents = new Map<string, Sum>()
  readonly #days = new Map<string, Sum>()
  readonly #tools = new Map<string, { outputs: number; before: number; after: number; dollars: number }>()
  readonly #left = new Map<string, number>()
  readonly #pauses = PAUSES.slice(0, -1).map(() => ({ pauses: 0, misses: 0, dollars: 0 }))
  readonly #misses = { calls: 0, tokens: 0, dollars: 0 }
  readonly #lifetimes = new Map<Lifetime, { before: number; after: number; calls: number }>()
  readonly #unpriced = new Map<string, number>()
  readonly #recorded = { calls: 0, counted: 0, ours: 0 }
  #head = 0
  #said = 0
  #from: number | undefined
  #to: number | undefined

  constructor(around: Surroundings) {
    this.#around = around
  }

  add(session: SessionFigures): void {
    if (session.calls.length === 0) return
    const rates = this.#around.ratesOf(session.model, 0)
    if (rates === undefined) {
      const model = session.model ?? ""
      this.#unpriced.set(model, (this.#unpriced.get(model) ?? 0) + session.calls.length)
    }
    const sums = [
      this.#total,
      at(this.#projects, session.project ?? "", newSum),
      at(this.#agents, session.agent, newSum)
    ]
    for (const sum of sums) sum.sessions++
    for (const call of session.calls) this.#addCall(call, sums, session)
    for (const output of session.outputs) this.#addOutput(output, rates)
    this.#head += session.head
    this.#said += session.said
    if (!choosesLifetime(session) || rates === undefined) return
    for (const { lifetime, usage, usageAfter } of session.lifetimes) {
      const sum = at(this.#lifetimes, lifetime, () => ({ before: 0, after: 0, calls: 0 }))
      sum.before += costOf(rates, usage)
      sum.after += costOf(rates, usageAfter)
      if (lifetime === session.lifetime) sum.calls += session.calls.length
    }
  }

  /** What a session cost as it was, in dollars, and what it weighs beside others: that, or its tokens where no price is known. */
  costOf({ model, calls }: Pick<SessionFigures, "model" | "calls">): {
    readonly dollars: number
    readonly weight: number
  } {
    let dollars = 0
    let tokens = 0
    for (const { before } of calls) {
      const rates = this.#around.ratesOf(model, inputOf(before))
      dollars += rates === undefined ? 0 : costOf(rates, before)
      tokens += inputOf(before)
    }
    return { dollars, weight: dollars > 0 ? dollars : (tokens * UNPRICED) / MILLION }
  }

  #addCall(call: CallFigures, sums: ReadonlyArray<Sum>, { model, lifetime }: SessionFigures): void {
    const rates = this.#around.ratesOf(model, inputOf(call.before))
    const ratesAfter = this.#around.ratesOf(model, inputOf(call.after))
    const day = call.at === undefined ? undefined : this.#around.dayOf(call.at)
    for (const sum of day === undefined ? sums : [...sums, at(this.#days, day, newSum)]) {
      sum.calls++
      sum.tokensBefore += inputOf(call.before)
      sum.tokensAfter += inputOf(call.after)
      sum.dollarsBefore += rates === undefined ? 0 : costOf(rates, call.before)
      sum.dollarsAfter += ratesAfter === undefined ? 0 : costOf(ratesAfter, call.after)
    }
    if (call.at !== undefined) {
      this.#from = Math.min(this.#from ?? call.at, call.at)
      this.#to = Math.max(this.#to ?? call.at, call.at)
    }
    if (call.recorded !== undefined) {
      this.#recorded.calls++
      this.#recorded.counted += inputOf(call.recorded)
      this.#recorded.ours += inputOf(call.before)
    }
    this.#addPause(call, rates, lifetime)
  }

  #addPause({ pause, rewritten }: CallFigures, rates: Rates | undefined, lifetime: Lifetime): void {
    const place = PAUSES.findIndex((minutes, i) => pause >= minutes * MINUTE && pause < (PAUSES[i + 1] ?? 0) * MINUTE)
    const tokens = { ...NO_USAGE, [lifetime === "hour" ? "cacheWriteHour" : "cacheWrite"]: rewritten }
    const dollars = rates === undefined ? 0 : costAboveRead(rates, tokens)
    const bucket = this.#pauses[place]
    if (bucket !== undefined) {
      bucket.pauses++
      bucket.dollars += dollars
      if (rewritten > 0) bucket.misses++
    }
    if (rewritten === 0) return
    this.#misses.calls++
    this.#misses.tokens += rewritten
    this.#misses.dollars += dollars
  }

  #addOutput(output: OutputFigures, rates: Rates | undefined): void {
    const sum = at(this.#tools, output.tool, () => ({ outputs: 0, before: 0, after: 0, dollars: 0 }))
    sum.outputs += output.outputs
    sum.before += output.tokensBefore
    sum.after += output.tokensAfter
    sum.dollars += rates === undefined ? 0 : costOf(rates, output.spared)
    for (const [reason, tokens] of output.left) this.#left.set(reason, (this.#left.get(reason) ?? 0) + tokens)
  }

  get summary(): HistorySummary {
    const { sessions, calls, ...spent } = this.#total
    const tools = [...this.#tools]
      .map(([tool, { outputs, before, after, dollars }]) => ({
        tool,
        outputs,
        tokensBefore: before,
        tokensAfter: after,
        dollarsSpared: dollars
      }))
      .sort((a, b) => b.dollarsSpared - a.dollarsSpared || b.tokensBefore - a.tokensBefore)
    const lifetimes = [...this.#lifetimes]
    return {
      sessions,
      calls,
      from: this.#from,
      to: this.#to,
      spent,
      unpriced: this.#unpriced,
      projects: sharesOf(this.#projects),
      agents: sharesOf(this.#agents),
      tools,
      days: [...sharesOf(this.#days)].sort((a, b) => (a.name < b.name ? -1 : 1)),
      sources: {
        head: this.#head,
        said: this.#said,
        outputs: tools.reduce((sum, tool) => sum + tool.tokensBefore, 0),
        left: [...this.#left].map(([reason, tokens]) => ({ reason, tokens })).sort((a, b) => b.tokens - a.tokens)
      },
      pauses: this.#pauses.map((bucket, i) => ({ from: PAUSES[i] ?? 0, below: PAUSES[i + 1] ?? Infinity, ...bucket })),
      misses: { ...this.#misses },
      lifetimes: lifetimes
        .map(([lifetime, { before, after }]) => ({ lifetime, dollarsBefore: before, dollarsAfter: after }))
        .sort((a, b) => a.dollarsAfter - b.dollarsAfter),
      lifetimeInUse: lifetimes.reduce<Lifetime>(
        (most, [lifetime, { calls: own }]) => (own > (this.#lifetimes.get(most)?.calls ?? 0) ? lifetime : most),
        "five-minutes"
      ),
      recorded: { ...this.#recorded }
    }
  }
}
