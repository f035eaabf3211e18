/**
 * Headroom over a store of originals: reads the options once, and composes wire shapes, decisions and the store into the use cases.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { type Decision, decide, type Question } from "../compressors/decide.ts"
import { hintFrom } from "../compressors/producer.ts"
import type { Hint, Kind } from "../domain/content.ts"
import { treatmentOf } from "../domain/policy.ts"
import type { Call } from "../domain/document.ts"
import { ShownIndex } from "../domain/shown.ts"
import { estimateTokens } from "../domain/tokens.ts"
import { gapsIn } from "../domain/view.ts"
import { readMessages, writeMessages } from "../wire/shape.ts"
import { compressDocument, findingsFor, reportOf, type Settings, settingsOf, settle } from "./compress-document.ts"
import { type CompressOptions, type CompressResult, Headroom, type TextOptions, type TextResult } from "./headroom.ts"
import { isFetched } from "./outline.ts"
import { CodeParser } from "./ports/code-parser.ts"
import { Originals } from "./ports/originals.ts"
import { ProseModel } from "./ports/prose-model.ts"
import { retrieve } from "./retrieve.ts"

/** What is asked about texts, where it is there. */
type Readers = Pick<Settings, "parser" | "model">

const untouched = <M>(messages: M): CompressResult<M> => {
  const tokens = estimateTokens(JSON.stringify(messages) ?? "")
  return { messages, tokensBefore: tokens, tokensAfter: tokens, tokensSaved: 0, refs: [], blocks: [] }
}

const compressMessages = <M>(
  messages: M,
  options: CompressOptions,
  readers: Readers,
  dryRun: boolean
): Effect.Effect<CompressResult<M>, never, Originals> =>
  Effect.gen(function* () {
    const read = readMessages(messages, options.roles ?? ["tool"])
    if (read === undefined) return untouched(messages)
    const { replacements, blocks, tokensBefore, tokensAfter } = yield* compressDocument(read.document, {
      ...settingsOf(options, dryRun, true),
      ...readers
    })
    return {
      messages: writeMessages(messages, read, replacements),
      tokensBefore,
      tokensAfter,
      tokensSaved: tokensBefore - tokensAfter,
      refs: blocks.flatMap((block) => (block.ref === undefined ? [] : [block.ref])),
      blocks
    }
  })

/** The call that the caller tells of; a shell's, whatever its name. */
const callOf = ({ command }: TextOptions): Call | undefined =>
  command === undefined ? undefined : { tool: "shell", input: { command } }

const hintOf = (options: TextOptions): Hint => ({
  ...hintFrom(callOf(options)),
  ...(options.origin === undefined ? {} : { origin: options.origin }),
  ...(options.file === undefined ? {} : { files: [options.file] })
})

const compressOneText = (
  text: string,
  options: TextOptions,
  readers: Readers
): Effect.Effect<TextResult, never, Originals> =>
  Effect.gen(function* () {
    const settings = { ...settingsOf(options, false, options.command !== undefined), ...readers }
    const { registry, want } = settings
    const hint = hintOf(options)
    const isOwnBudget = options.budgetTokens !== undefined
    const treatment = (kind: Kind) => treatmentOf({ tool: undefined, hint, kind }, settings.treatments)
    // What a command prints for an agent is an output like any other, unless the caller says how large it may be.
    const policy = options.command === undefined || isOwnBudget ? {} : { treatment }
    const question: Question = { text, hint, kind: options.kind, want, ...policy }
    // What a command has printed may be edited next.
    const findings = yield* findingsFor(question, settings, options.command === undefined || isFetched(hint))
    const decision: Decision =
      settings.mode === "off"
        ? { _tag: "Unchanged", kind: options.kind ?? "text", reason: "off", tokens: estimateTokens(text) }
        : decide({ ...question, ...findings }, new ShownIndex(), registry)
    const settled = yield* settle(decision, text, settings)
    const { repeats: _, ...report } = reportOf(decision, settled)
    return {
      ...report,
      text: settled.view?.text ?? text,
      elisions: settled.view === undefined ? [] : gapsIn(settled.view)
    }
  })

/** The service over whatever store of originals is provided, with a parser of source and a model of prose where there are any. */
export const layer: Layer.Layer<Headroom, never, Originals> = Layer.effect(
  Headroom,
  Effect.gen(function* () {
    const originals = yield* Originals
    const parser = Option.getOrUndefined(yield* Effect.serviceOption(CodeParser))
    const model = Option.getOrUndefined(yield* Effect.serviceOption(ProseModel))
    const readers: Readers = {
      ...(parser === undefined ? {} : { parser }),
      ...(model === undefined ? {} : { model })
    }
    const stored = <A, E>(effect: Effect.Effect<A, E, Originals>): Effect.Effect<A, E> =>
      Effect.provideService(effect, Originals, originals)
    return {
      compress: <M>(messages: M, options: CompressOptions = {}) =>
        stored(compressMessages(messages, options, readers, false)),
      simulate: (messages: unknown, options: CompressOptions = {}) =>
        stored(Effect.map(compressMessages(messages, options, readers, true), (result) => result.blocks)),
      compressText: (text: string, options: TextOptions = {}) => stored(compressOneText(text, options, readers)),
      retrieve: (ref: string, options = {}) => stored(retrieve(ref, options))
    }
  })
)
