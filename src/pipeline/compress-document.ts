/**
 * The life of a request, top to bottom: block by block, oldest first, each slot is decided, stored where something is hidden, rendered,
 * and becomes what later slots may point at.
 *
 * No failure of ours changes more than the slot it befalls: without a receipt the visible form stands, without that the text itself.
 */
import * as Effect from "effect/Effect"
import { type Decision, decide, type Question, type Registry } from "../compressors/decide.ts"
import { hintFrom, isRetrieval, nameOf } from "../compressors/producer.ts"
import { registryOf } from "../compressors/registry.ts"
import type { Want } from "../domain/compressor.ts"
import type { Block, Document, Fading, Slot } from "../domain/document.ts"
import { stringsIn } from "../domain/json-strings.ts"
import type { Kind } from "../domain/content.ts"
import { treatmentOf, type Treatments } from "../domain/policy.ts"
import { type Outcome, offloaded, type Reason, unchanged, visible } from "../domain/outcome.ts"
import type { Ref } from "../domain/digest.ts"
import { NO_PURSUIT, type Pursuit, questionOf, saidBy } from "../domain/pursuit.ts"
import { ShownIndex } from "../domain/shown.ts"
import { estimateTokens } from "../domain/tokens.ts"
import { renderDraft, type View } from "../domain/view.ts"
import type { BlockReport, CompressOptions, Hooks, Mode } from "./headroom.ts"
import { isFetched, outlineOf } from "./outline.ts"
import type { CodeParser } from "./ports/code-parser.ts"
import { Originals, type Session } from "./ports/originals.ts"
import type { ProseModel } from "./ports/prose-model.ts"
import { relevanceOf } from "./relevance.ts"

/** How a document is compressed: everything that decides bytes besides the document itself. */
export interface Settings {
  readonly mode: Mode
  readonly want: Want
  /** The user's own, by tool. */
  readonly treatments: Treatments
  readonly registry: Registry
  /** Without one, what source declares is read from its lines. */
  readonly parser?: CodeParser["Type"]
  /** Without one, prose is chosen by its words alone. */
  readonly model?: ProseModel["Type"]
  readonly hooks: Hooks
  readonly session: Session | undefined
  /** Nothing is stored, and markers name a ref that nobody issued: for simulations. */
  readonly dryRun: boolean
}

/** Tokens that one block should not exceed where hiding is allowed: the size from which on cost lies (docs of the session bench). */
export const DEFAULT_BUDGET_TOKENS = 2_000

/** The options, their defaults filled in. */
export const settingsOf = (options: CompressOptions, dryRun: boolean, wholeWords: boolean): Settings => {
  const mode = options.mode ?? "visible"
  const want: Want = {
    visibleOnly: options.lossless === true || mode !== "offload",
    budgetTokens: options.budgetTokens ?? DEFAULT_BUDGET_TOKENS,
    question: options.query ?? "",
    wholeWords
  }
  const session = options.session ?? options.project
  return {
    mode,
    want,
    treatments: options.treatments ?? new Map(),
    registry: registryOf(options.compressors),
    hooks: options.hooks ?? {},
    session: session === undefined ? undefined : { id: session, project: options.project ?? "" },
    dryRun
  }
}

export interface Compressed {
  /** New texts by the block's position. */
  readonly replacements: ReadonlyMap<number, string>
  readonly blocks: ReadonlyArray<BlockReport>
  readonly tokensBefore: number
  readonly tokensAfter: number
}

/** A run of fewer lines is no source. */
const MIN_SOURCE_LINES = 3

/** What the blocks so far show, how many messages of each role were among them, and what they are after. */
export interface Seen {
  readonly shown: ShownIndex
  readonly said: Map<string, number>
  pursuit: Pursuit
}

export const nothingSeen = (): Seen => ({ shown: new ShownIndex(), said: new Map(), pursuit: NO_PURSUIT })

/** What the block shows for good: one that may vanish keeps its name, so that those behind it keep theirs, and no line is found in it. */
const lasting = ({ mayVanish }: Fading, text: string): string => (mayVanish === true ? "" : text)

/** Adds what a slot shows as it is printed; gives the name that notes call it by. */
export const addPrinted = <At>(slot: Slot<At>, text: string, { shown }: Seen): string =>
  shown.add(nameOf(slot.call), lasting(slot, text))

/** Adds what a block other than a slot shows. */
export const addSaid = <At>(block: Exclude<Block<At>, Slot<At>>, seen: Seen): void => {
  const { said, shown } = seen
  if (block._tag === "Said") {
    seen.pursuit = saidBy(seen.pursuit, block.role, block.text)
    const count = (said.get(block.role) ?? 0) + 1
    said.set(block.role, count)
    shown.add(`${block.role === "user" ? "user" : "your"} message ${count}`, lasting(block, block.text))
    return
  }
  const name = `your ${nameOf(block.call)}`
  for (const text of stringsIn(block.call.input))
    if (text.split("\n", MIN_SOURCE_LINES).length === MIN_SOURCE_LINES) shown.add(name, lasting(block, text))
}

/** The same; gives the block's estimated tokens. */
export const addShown = <At>(block: Exclude<Block<At>, Slot<At>>, seen: Seen): number => {
  addSaid(block, seen)
  const texts = block._tag === "Said" ? [block.text] : stringsIn(block.call.input)
  return texts.reduce((sum, text) => sum + estimateTokens(text), 0)
}

/** Why policy leaves the slot as it is, before its text is looked at. */
const refusal = <At>(slot: Slot<At>, index: number, settings: Settings): Reason | undefined => {
  if (settings.mode === "off") return "off"
  if (slot.protection !== undefined) return slot.protection
  if (isRetrieval(slot.call)) return "protected"
  return settings.hooks.before?.({ index, text: slot.text, tool: slot.call?.tool }) === "veto" ? "vetoed" : undefined
}

const questionFor = <At>(slot: Slot<At>, { want, treatments }: Settings): Question => {
  const hint = hintFrom(slot.call)
  const treatment = (kind: Kind) => treatmentOf({ tool: slot.call?.tool, hint, kind }, treatments)
  const question = { text: slot.text, hint, kind: undefined, want }
  return slot.role === "tool" ? { ...question, treatment } : question
}

/** What others find out about a text before it is decided. */
export type Findings = Pick<Question, "outline" | "relevance">

/** What a parser and a model say of a text; the model only where the caller named a question, for what an agent is after is a guess. */
export const findingsFor = (
  question: Question,
  settings: Settings,
  mayOutline: boolean
): Effect.Effect<Findings, never, Originals> =>
  Effect.gen(function* () {
    const outline = mayOutline ? yield* outlineOf(question, settings.registry, settings.parser) : undefined
    const relevance = settings.want.question === "" ? undefined : yield* relevanceOf(question, settings)
    return {
      ...(outline === undefined ? {} : { outline }),
      ...(relevance === undefined ? {} : { relevance })
    }
  })

/** The same of a slot whose text may change. */
const findingsOf = <At>(
  slot: Slot<At>,
  asked: Settings,
  settings: Settings
): Effect.Effect<Findings, never, Originals> => {
  const question = questionFor(slot, asked)
  return slot.protection === undefined ? findingsFor(question, settings, isFetched(question.hint)) : Effect.succeed({})
}

/** The settings with what the slot's reader is after, where something may be hidden and the caller named nothing. */
export const asking = <At>(slot: Slot<At>, { pursuit }: Seen, settings: Settings): Settings => {
  const { want } = settings
  if (want.visibleOnly || want.question !== "") return settings
  return { ...settings, want: { ...want, question: questionOf(pursuit, slot.call?.input) } }
}

export const decisionFor = <At>(
  slot: Slot<At>,
  index: number,
  shown: ShownIndex,
  settings: Settings,
  findings: Findings = {}
): Decision => {
  const reason = refusal(slot, index, settings)
  if (reason !== undefined) return { _tag: "Unchanged", kind: "text", reason, tokens: estimateTokens(slot.text) }
  return decide({ ...questionFor(slot, settings), ...findings }, shown, settings.registry)
}

/** What a decision came to. */
export interface Settled {
  readonly outcome: Outcome["_tag"]
  readonly view: View | undefined
  readonly ref: Ref | undefined
  readonly reason: Reason | undefined
}

const settledAs = (outcome: Outcome): Settled => ({
  outcome: outcome._tag,
  view: outcome._tag === "Unchanged" ? undefined : outcome.view,
  ref: outcome._tag === "Offloaded" ? outcome.receipt.ref : undefined,
  reason: outcome._tag === "Unchanged" ? outcome.reason : undefined
})

/** Carries a decision out; what hides is stored first, and without a receipt it does not hide. */
export const settle = (
  decision: Decision,
  text: string,
  settings: Pick<Settings, "session" | "dryRun">
): Effect.Effect<Settled, never, Originals> => {
  switch (decision._tag) {
    case "Unchanged":
      return Effect.succeed(settledAs(unchanged(decision.reason)))
    case "Show":
      return Effect.succeed(settledAs(visible(decision.proof)))
    case "Hide":
      return settings.dryRun
        ? Effect.succeed({
            outcome: "Offloaded",
            view: renderDraft(decision.proof.layers),
            ref: undefined,
            reason: undefined
          })
        : hide(decision, text, settings)
  }
}

const hide = (
  decision: Extract<Decision, { readonly _tag: "Hide" }>,
  text: string,
  settings: Pick<Settings, "session" | "dryRun">
): Effect.Effect<Settled, never, Originals> =>
  Effect.gen(function* () {
    const originals = yield* Originals
    const session = settings.session === undefined ? {} : { session: settings.session }
    const kept = yield* Effect.option(originals.keep({ originals: [text], ...session }))
    const receipt = kept._tag === "Some" ? kept.value.receipts[0] : undefined
    if (receipt !== undefined) return settledAs(offloaded(decision.proof, receipt))
    return { ...(yield* settle(decision.otherwise, text, settings)), reason: "not-stored" }
  })

/** Counts of a view's segments. */
const countsOf = (view: View | undefined) => {
  const segments = view === undefined ? [] : view.layers.flat().map((piece) => piece.segment)
  return {
    noise: [...new Set(segments.flatMap((segment) => (segment._tag === "Strip" ? [segment.noise] : [])))],
    repeats: segments.filter((segment) => segment._tag === "Repeat").length,
    elisions: segments.filter((segment) => segment._tag === "Elide").length
  }
}

/** What happened to a text, without where it stood. Tokens are estimates. */
export const reportOf = (
  decision: Decision,
  { outcome, view, ref, reason }: Settled
): Omit<BlockReport, "index" | "tool"> => {
  const tokensBefore = decision._tag === "Unchanged" ? decision.tokens : decision.before
  return {
    kind: decision.kind,
    outcome,
    ...(reason === undefined ? {} : { reason }),
    ...(ref === undefined ? {} : { ref }),
    ...countsOf(view),
    tokensBefore,
    tokensAfter: view === undefined ? tokensBefore : estimateTokens(view.text)
  }
}

/** Compresses a document. */
export const compressDocument = <At>(
  document: Document<At>,
  settings: Settings
): Effect.Effect<Compressed, never, Originals> =>
  Effect.gen(function* () {
    const seen = nothingSeen()
    const replacements = new Map<number, string>()
    const blocks: Array<BlockReport> = []
    let tokensBefore = 0
    let tokensAfter = 0
    for (const [index, block] of document.blocks.entries()) {
      if (block._tag !== "Slot") {
        const tokens = addShown(block, seen)
        tokensBefore += tokens
        tokensAfter += tokens
        continue
      }
      const asked = asking(block, seen, settings)
      const findings = yield* findingsOf(block, asked, settings)
      const decision = decisionFor(block, index, seen.shown, asked, findings)
      const settled = yield* settle(decision, block.text, settings)
      if (settled.view !== undefined) replacements.set(index, settled.view.text)
      addPrinted(block, settled.view?.text ?? block.text, seen)
      const report: BlockReport = { index, tool: block.call?.tool, ...reportOf(decision, settled) }
      tokensBefore += report.tokensBefore
      tokensAfter += report.tokensAfter
      blocks.push(report)
      settings.hooks.after?.(report)
    }
    return { replacements, blocks, tokensBefore, tokensAfter }
  })
