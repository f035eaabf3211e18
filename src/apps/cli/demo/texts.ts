/** Single outputs, compressed in both modes, counted exactly and read back. */
import * as Effect from "effect/Effect"
import { decide } from "../../../compressors/decide.ts"
import { registry } from "../../../compressors/registry.ts"
import { noHint } from "../../../domain/content.ts"
import { visible } from "../../../domain/outcome.ts"
import { ShownIndex } from "../../../domain/shown.ts"
import { type Reader, restore } from "../../../domain/view.ts"
import { Headroom, type TextResult } from "../../../pipeline/headroom.ts"
import { Tokenizer } from "../../../pipeline/ports/tokenizer.ts"
import { retrieve } from "../../../pipeline/retrieve.ts"
import type { Sample } from "./samples.ts"

export interface Measured {
  readonly title: string
  readonly text: string
  readonly tokens: number
  readonly visible: Version
  readonly offloaded: Version
}

export interface Version extends TextResult {
  /** Counted with the vocabulary. */
  readonly tokens: number
  /** Whether the original came back from it, compared character by character. */
  readonly cameBack: boolean
}

/** Reads a view that hides nothing: every shown span is decoded from what is printed, declared noise alone comes from the original. */
const readsBack = (text: string, view: string): boolean => {
  const want = { visibleOnly: true, budgetTokens: Infinity, question: "" }
  const shown = new ShownIndex()
  const decision = decide({ text, hint: noHint, kind: undefined, want }, shown, registry)
  if (decision._tag !== "Show") return view === text
  const outcome = visible(decision.proof)
  if (outcome._tag === "Unchanged" || outcome.view.text !== view) return false
  const { layers } = decision.proof
  const reader: Reader = { codecs: registry.codecs, recall: (note, before) => shown.recall(note, before) }
  return restore(outcome.view, reader, (layer, start, end) => layers[layer]?.input.slice(start, end) ?? "") === text
}

const cameBack = (sample: Sample, result: TextResult) =>
  result.outcome !== "Offloaded" || result.ref === undefined
    ? Effect.sync(() => readsBack(sample.text, result.text))
    : Effect.map(retrieve(result.ref), (retrieved) => retrieved.text === sample.text)

export const measure = (sample: Sample) =>
  Effect.gen(function* () {
    const headroom = yield* Headroom
    const tokenizer = yield* Tokenizer
    const shown = yield* headroom.compressText(sample.text, { mode: "visible" })
    const hidden = yield* headroom.compressText(sample.text, { mode: "offload" })
    const [before, shownCount, hiddenCount] = yield* tokenizer.count([sample.text, shown.text, hidden.text], "o200k")
    const measured: Measured = {
      title: sample.title,
      text: sample.text,
      tokens: before?.tokens ?? 0,
      visible: { ...shown, tokens: shownCount?.tokens ?? 0, cameBack: yield* cameBack(sample, shown) },
      offloaded: { ...hidden, tokens: hiddenCount?.tokens ?? 0, cameBack: yield* cameBack(sample, hidden) }
    }
    return measured
  })
