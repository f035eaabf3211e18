/** What the hook answers to one output: the pure decision, carried out with the store; nothing where nothing is gained. */
import type { DirectStore } from "../../adapters/originals/direct.ts"
import { readSessionSoFar } from "../../adapters/sessions/claude-code.ts"
import type { Slot } from "../../domain/document.ts"
import { anchored, type Outcome, unchanged, visible } from "../../domain/outcome.ts"
import type { Treatments } from "../../domain/policy.ts"
import type { Receipt } from "../../domain/receipt.ts"
import { estimateTokens } from "../../domain/tokens.ts"
import { addPrinted, addSaid, asking, nothingSeen, type Seen, settingsOf } from "../../pipeline/compress-document.ts"
import { decideAtSource, decideNumbered, type SourceDecision } from "../../pipeline/decide-at-source.ts"
import type { Mode } from "../../pipeline/headroom.ts"
import type { HookEvent, HookOutput, Replacement } from "../../wire/claude-code-hook.ts"

/** How an agent tells of an output, and is told a smaller one. */
export interface Protocol {
  readonly read: (value: unknown) => HookEvent | undefined
  readonly print: (event: HookEvent, replacements: ReadonlyArray<Replacement>) => string
}

export interface Circumstances {
  readonly protocol: Protocol
  readonly mode: Mode
  readonly treatments?: Treatments
  readonly project: string | undefined
  /** Whether the agent can run `headroom retrieve` or has the MCP tool. */
  readonly isRedeemable: boolean
  readonly now: number
  /** Opened when something is to be kept; undefined where it cannot be. */
  readonly store: () => Promise<DirectStore | undefined>
}

/** Shorter outputs cannot gain what the gate asks for. */
const MIN_CHARACTERS = 48

interface Decided {
  readonly output: HookOutput
  readonly decision: SourceDecision
  readonly headLines: number
}

const slotOf = (event: HookEvent, output: HookOutput): Slot<undefined> => ({
  _tag: "Slot",
  at: undefined,
  role: "tool",
  text: output.text,
  call: event.call,
  isError: false,
  protection: undefined
})

/** What the model sees. */
const seenBefore = (event: HookEvent): Seen => {
  const seen = nothingSeen()
  for (const block of event.seen ?? readSessionSoFar(event.transcript, event.agent, event.callId)) {
    if (block._tag === "Slot") addPrinted(block, block.text, seen)
    else addSaid(block, seen)
  }
  return seen
}

const decideAll = (event: HookEvent, outputs: ReadonlyArray<HookOutput>, at: Circumstances): ReadonlyArray<Decided> => {
  const seen = at.isRedeemable ? seenBefore(event) : nothingSeen()
  const settings = settingsOf(
    { mode: at.mode, ...(at.treatments === undefined ? {} : { treatments: at.treatments }) },
    false,
    true
  )
  return outputs.map((output) => {
    const slot = slotOf(event, output)
    const asked = asking(slot, seen, settings)
    if (output.form === "numbered") return { output, ...decideNumbered(slot, seen.shown, asked, at.isRedeemable) }
    return { output, decision: decideAtSource(slot, seen.shown, asked, at.isRedeemable), headLines: 0 }
  })
}

const outcomeOf = (decision: SourceDecision, receipt: Receipt | undefined): Outcome => {
  switch (decision._tag) {
    case "Unchanged":
      return unchanged(decision.reason)
    case "Show":
      return visible(decision.proof)
    case "Anchor":
      return receipt === undefined ? outcomeOf(decision.otherwise(), undefined) : anchored(decision.proof, receipt)
  }
}

/** The receipts of what needs one, in the order of the decisions. */
const receiptsOf = async (
  decided: ReadonlyArray<Decided>,
  store: DirectStore | undefined,
  event: HookEvent,
  at: Circumstances
): Promise<ReadonlyMap<Decided, Receipt>> => {
  const anchors = decided.filter(({ decision }) => decision._tag === "Anchor")
  if (store === undefined || anchors.length === 0) return new Map()
  const session = { id: event.session, project: at.project ?? event.folder }
  try {
    const receipts = await store.keep(
      anchors.map(({ output }) => output.text),
      session,
      at.now
    )
    return new Map(anchors.flatMap((each, i) => (receipts[i] === undefined ? [] : [[each, receipts[i]]])))
  } catch {
    // Full, locked, damaged: nothing is hidden, and the agent goes on.
    return new Map()
  }
}

const record = (
  outcomes: ReadonlyArray<{ readonly each: Decided; readonly outcome: Outcome }>,
  store: DirectStore | undefined,
  event: HookEvent,
  at: Circumstances
): void => {
  const rows = outcomes.map(({ each: { decision }, outcome }) => {
    const tokensBefore = decision._tag === "Unchanged" ? decision.tokens : decision.before
    return {
      kind: decision.kind,
      outcome: outcome._tag,
      reason: outcome._tag === "Unchanged" ? outcome.reason : "",
      tokensBefore,
      tokensAfter: outcome._tag === "Unchanged" ? tokensBefore : estimateTokens(outcome.view.text),
      project: at.project ?? event.folder,
      at: at.now
    }
  })
  try {
    store?.record(rows)
  } catch {
    // Figures are no reason to fail.
  }
}

/** The answer to what the agent told, or undefined: the output stays as it is. */
export const answerTo = async (input: string, at: Circumstances): Promise<string | undefined> => {
  const event = at.mode === "off" ? undefined : at.protocol.read(JSON.parse(input))
  const outputs = event?.outputs.filter(({ text }) => text.length >= MIN_CHARACTERS) ?? []
  if (event === undefined || outputs.length === 0) return undefined
  const decided = decideAll(event, outputs, at)
  const store = await at.store()
  const receipts = await receiptsOf(decided, store, event, at)
  const outcomes = decided.map((each) => ({ each, outcome: outcomeOf(each.decision, receipts.get(each)) }))
  record(outcomes, store, event, at)
  store?.close()
  const replacements = outcomes.flatMap(
    ({ each: { output, headLines }, outcome }): ReadonlyArray<Replacement> =>
      outcome._tag === "Unchanged" || outcome.view.text === "" ? [] : [{ output, text: outcome.view.text, headLines }]
  )
  return replacements.length === 0 ? undefined : at.protocol.print(event, replacements)
}
