/**
 * Fading: a history rendered anew at the birth of an epoch, as one decision with the knowledge of what came since, where that pays.
 *
 * Planning is pure: the account says which lines are of no use any more, the gate from which block on rewriting pays, and what the epoch
 * sends follows from both, oldest first, so that a source that fades gives way to the lines that named it. Carrying a plan out keeps all
 * originals and pins in one transaction, or changes nothing.
 */
import * as Effect from "effect/Effect"
import { Account, type Output } from "../compressors/fade/account.ts"
import { hiddenIn, type Mask, maskOf } from "../compressors/fade/mask.ts"
import { fadedLayers } from "../compressors/fade/render.ts"
import { type Ages, AGES, type Fading } from "../compressors/fade/rules.ts"
import { isRetrieval } from "../compressors/producer.ts"
import type { Ref } from "../domain/digest.ts"
import type { Block, Slot } from "../domain/document.ts"
import { birthOf, type Moment, type Rewrite } from "../domain/epoch.ts"
import { stringsIn } from "../domain/json-strings.ts"
import { holdsMarker } from "../domain/marker.ts"
import { offloaded, type Proven, prove } from "../domain/outcome.ts"
import { chosen, type Treatments } from "../domain/policy.ts"
import { notesIn, sourceNameOf } from "../domain/repeat.ts"
import { hidesNothing } from "../domain/tiling.ts"
import { estimateTokens, remembering } from "../domain/tokens.ts"
import { draft } from "../domain/view.ts"
import {
  addPrinted,
  addSaid,
  asking,
  decisionFor,
  nothingSeen,
  type Seen,
  type Settings,
  settle
} from "./compress-document.ts"
import { Originals, type Pin } from "./ports/originals.ts"

/** A block of a history; of a slot, what it is sent as, undefined where it goes as it came. */
export interface Entry<At> {
  readonly block: Block<At>
  readonly text: string | undefined
}

/** A slot that is to be sent otherwise. */
interface Change {
  readonly index: number
  readonly original: string
  /** Undefined: as it came. */
  readonly proof: Proven | undefined
  /** As it is printed, with a ref that nobody issued where something is hidden. */
  readonly draft: string | undefined
}

export interface Plan {
  readonly changes: ReadonlyArray<Change>
  /** Estimated tokens that the history has less. */
  readonly removed: number
}

/** A slot that fades brings more tokens than this, or it stays: its marker may have to be followed. */
const LEAST_GAIN = 40

/** Whether a note of the view names a source that is sent otherwise now. */
const namesChanged = (view: string, changed: ReadonlySet<string>): boolean => {
  if (changed.size === 0) return false
  let name: string | undefined
  for (const note of notesIn(view)) {
    name = sourceNameOf(note, name)
    if (name !== undefined && changed.has(name)) return true
  }
  return false
}

type Masks = ReadonlyMap<number, readonly [Output, Mask]>

/** What has faded of each slot that may. */
const masksOf = <At>(
  history: ReadonlyArray<Entry<At>>,
  account: Account,
  ages: Ages,
  treatments: Treatments
): Masks => {
  const masks = new Map<number, readonly [Output, Mask]>()
  for (const output of account.outputs) {
    const { block, text } = history[output.index] as Entry<At>
    if (block._tag !== "Slot" || block.protection !== undefined) continue
    if (isRetrieval(block.call) || holdsMarker(block.text)) continue
    // What the user wants to be seen stays in sight.
    if ((chosen({ tool: block.call?.tool, hint: output.hint }, treatments) ?? "offload") !== "offload") continue
    const mask = maskOf(account, output, ages, text === undefined ? undefined : hiddenIn(text, output.lines))
    if (mask !== undefined) masks.set(output.index, [output, mask])
  }
  return masks
}

interface Trial {
  readonly changes: ReadonlyArray<Change>
  readonly rewrites: ReadonlyArray<Rewrite>
}

class Trials<At> {
  readonly #history: ReadonlyArray<Entry<At>>
  readonly #masks: Masks
  readonly #settings: Settings
  readonly #count = remembering(estimateTokens)

  constructor(history: ReadonlyArray<Entry<At>>, masks: Masks, settings: Settings) {
    this.#history = history
    this.#masks = masks
    this.#settings = settings
  }

  /** What an epoch would send that leaves the blocks before `from` as they are. */
  run(from: number): Trial {
    const seen = nothingSeen()
    const changed = new Set<string>()
    const changes: Array<Change> = []
    const rewrites: Array<Rewrite> = []
    for (const [index, entry] of this.#history.entries()) {
      const { block, text } = entry
      if (block._tag !== "Slot") {
        addSaid(block, seen)
        const texts = block._tag === "Said" ? [block.text] : stringsIn(block.call.input)
        const tokens = texts.reduce((sum, one) => sum + this.#count(one), 0)
        rewrites.push({ before: tokens, after: tokens })
        continue
      }
      const printed = text ?? block.text
      const change = index < from ? undefined : this.#changeOf(block, text, index, changed, seen)
      const next = change === undefined ? printed : (change.draft ?? block.text)
      const name = addPrinted(block, next, seen)
      const before = this.#count(printed)
      rewrites.push({ before, after: next === printed ? before : this.#count(next) })
      if (change === undefined || next === printed) continue
      changed.add(name)
      changes.push(change)
    }
    return { changes, rewrites }
  }

  #changeOf(
    block: Slot<At>,
    text: string | undefined,
    index: number,
    changed: ReadonlySet<string>,
    seen: Seen
  ): Change | undefined {
    const isBroken = text !== undefined && namesChanged(text, changed)
    const faded = this.#faded(block, text, index, isBroken, seen)
    if (faded !== undefined || !isBroken) return faded
    const decision = decisionFor(block, index, seen.shown, asking(block, seen, this.#settings))
    if (decision._tag === "Unchanged") return { index, original: block.text, proof: undefined, draft: undefined }
    const { proof } = decision
    return { index, original: block.text, proof, draft: draft(proof.layers) }
  }

  #faded(
    block: Slot<At>,
    text: string | undefined,
    index: number,
    isBroken: boolean,
    { shown }: Seen
  ): Change | undefined {
    const masked = this.#masks.get(index)
    if (masked === undefined) return undefined
    const [{ lines, hint }, mask] = masked
    const layers = fadedLayers(lines, mask, hint.origin === "file", shown)
    const printed = draft(layers)
    if (!isBroken && this.#count(text ?? block.text) - this.#count(printed) < LEAST_GAIN) return undefined
    const { codecs } = this.#settings.registry
    const proof = prove(layers, { codecs, recall: (note, place) => shown.recall(note, place) })
    return proof && { index, original: block.text, proof, draft: printed }
  }
}

/** How many of the blocks the provider has seen: those up to the model's last turn. */
const sentBlocks = <At>(history: ReadonlyArray<Entry<At>>): number =>
  1 +
  history.findLastIndex(({ block }) => block._tag === "Called" || (block._tag === "Said" && block.role === "assistant"))

/** The epoch that would be born at the moment, or undefined where none pays. */
export const planFading = <At>(
  history: ReadonlyArray<Entry<At>>,
  account: Account,
  strength: Exclude<Fading, "off">,
  moment: Moment,
  settings: Settings
): Plan | undefined => {
  const masks = masksOf(history, account, AGES[strength], settings.treatments)
  if (masks.size === 0) return undefined
  const trials = new Trials(history, masks, settings)
  const count = sentBlocks(history)
  const whole = trials.run(0)
  const from = birthOf(whole.rewrites.slice(0, count), moment)?.from
  if (from === undefined) return undefined
  // With fewer sources gone fewer notes break: what this epoch comes to is asked of itself.
  const { changes, rewrites } = from === 0 ? whole : trials.run(from)
  const birth = birthOf(rewrites.slice(0, count), moment)
  return birth === undefined || changes.length === 0 ? undefined : { changes, removed: birth.removed }
}

/** What a plan came to: texts by block, and the pins as they stand, where another's were first. */
export interface CarriedOut {
  readonly texts: ReadonlyMap<number, string | undefined>
  readonly pins: ReadonlyArray<Pin>
}

/** Carries a plan out, pinned as `pinsOf` says; undefined where its originals cannot be kept: then nothing changes. */
export const carryOut = (
  { changes }: Plan,
  { session }: Pick<Settings, "session">,
  pinsOf: (
    texts: ReadonlyMap<number, string | undefined>,
    refs: ReadonlyMap<number, Ref>
  ) => ReadonlyArray<Pin> = () => []
): Effect.Effect<CarriedOut | undefined, never, Originals> =>
  Effect.gen(function* () {
    const originals = yield* Originals
    const hiding = changes.filter(({ proof }) => proof !== undefined && !proof.layers.every(hidesNothing))
    const texts = new Map<number, string | undefined>(changes.map((change) => [change.index, change.draft]))
    const kept = yield* Effect.option(
      originals.keep({
        originals: hiding.map(({ original }) => original),
        pins: (receipts) => {
          const refs = new Map<number, Ref>()
          for (const [at, { index, proof }] of hiding.entries()) {
            const receipt = receipts[at]
            if (receipt === undefined || proof === undefined) continue
            const outcome = offloaded(proof, receipt)
            if (outcome._tag === "Unchanged") continue
            texts.set(index, outcome.view.text)
            refs.set(index, receipt.ref)
          }
          return pinsOf(texts, refs)
        },
        ...(session === undefined ? {} : { session })
      })
    )
    return kept._tag === "None" ? undefined : { texts, pins: kept.value.pins }
  })

/** A conversation whose history fades, as one process sees it from its beginning. */
export class FadingHistory<At> {
  readonly #entries: Array<Entry<At>> = []
  readonly #account = new Account()
  readonly #settings: Settings
  #seen = nothingSeen()

  constructor(settings: Settings) {
    this.#settings = settings
  }

  get entries(): ReadonlyArray<Entry<At>> {
    return this.#entries
  }

  /** Takes in blocks that have come since; slots are decided at first sight. */
  add(blocks: ReadonlyArray<Block<At>>): Effect.Effect<void, never, Originals> {
    return Effect.gen(this, function* () {
      for (const block of blocks) {
        this.#account.add(block)
        if (block._tag !== "Slot") {
          addSaid(block, this.#seen)
          this.#entries.push({ block, text: undefined })
          continue
        }
        const asked = asking(block, this.#seen, this.#settings)
        const decision = decisionFor(block, this.#entries.length, this.#seen.shown, asked)
        const { view } = yield* settle(decision, block.text, this.#settings)
        addPrinted(block, view?.text ?? block.text, this.#seen)
        this.#entries.push({ block, text: view?.text })
      }
    })
  }

  /** Begins an epoch where that pays at the moment. */
  fade(strength: Exclude<Fading, "off">, moment: Moment): Effect.Effect<Plan | undefined, never, Originals> {
    return Effect.gen(this, function* () {
      const plan = planFading(this.#entries, this.#account, strength, moment, this.#settings)
      const carried = plan === undefined ? undefined : yield* carryOut(plan, this.#settings)
      if (carried === undefined) return undefined
      for (const [index, text] of carried.texts) {
        const { block } = this.#entries[index] as Entry<At>
        this.#entries[index] = { block, text }
      }
      this.#seen = seenOf(this.#entries)
      return plan
    })
  }
}

/** What a history shows as it is sent. */
const seenOf = <At>(history: ReadonlyArray<Entry<At>>): Seen => {
  const seen = nothingSeen()
  for (const { block, text } of history) {
    if (block._tag === "Slot") addPrinted(block, text ?? block.text, seen)
    else addSaid(block, seen)
  }
  return seen
}
