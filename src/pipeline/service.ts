/**
 * Headroom over a store of originals: reads the options once, and composes wire shapes, decisions and the store into the use cases.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Decision, decide } from "../compressors/decide.ts"
import { hintFrom } from "../compressors/producer.ts"
import type { Call } from "../domain/document.ts"
import { ShownIndex } from "../domain/shown.ts"
import { estimateTokens } from "../domain/tokens.ts"
import { gapsIn } from "../domain/view.ts"
import { readMessages, writeMessages } from "../wire/shape.ts"
import { compressDocument, reportOf, settingsOf, settle } from "./compress-document.ts"
import { type CompressOptions, type CompressResult, Headroom, type TextOptions, type TextResult } from "./headroom.ts"
import { Originals } from "./ports/originals.ts"
import { retrieve } from "./retrieve.ts"

const untouched = <M>(messages: M): CompressResult<M> => {
  const tokens = estimateTokens(JSON.stringify(messages) ?? "")
  return { messages, tokensBefore: tokens, tokensAfter: tokens, tokensSaved: 0, refs: [], blocks: [] }
}

const compressMessages = <M>(
  messages: M,
  options: CompressOptions,
  dryRun: boolean
): Effect.Effect<CompressResult<M>, never, Originals> =>
  Effect.gen(function* () {
    const read = readMessages(messages, options.roles ?? ["tool"])
    if (read === undefined) return untouched(messages)
    const { replacements, blocks, tokensBefore, tokensAfter } = yield* compressDocument(
      read.document,
      settingsOf(options, dryRun, true)
    )
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

const compressOneText = (text: string, options: TextOptions): Effect.Effect<TextResult, never, Originals> =>
  Effect.gen(function* () {
    const settings = settingsOf(options, false, options.command !== undefined)
    const hint = { ...hintFrom(callOf(options)), ...(options.origin === undefined ? {} : { origin: options.origin }) }
    const decision: Decision =
      settings.mode === "off"
        ? { _tag: "Unchanged", kind: options.kind ?? "text", reason: "off", tokens: estimateTokens(text) }
        : decide({ text, hint, kind: options.kind, want: settings.want }, new ShownIndex(), settings.registry)
    const settled = yield* settle(decision, text, settings)
    const { repeats: _, ...report } = reportOf(decision, settled)
    return {
      ...report,
      text: settled.view?.text ?? text,
      elisions: settled.view === undefined ? [] : gapsIn(settled.view)
    }
  })

/** The service over whatever store of originals is provided. */
export const layer: Layer.Layer<Headroom, never, Originals> = Layer.effect(
  Headroom,
  Effect.map(Originals, (originals) => ({
    compress: <M>(messages: M, options: CompressOptions = {}) =>
      Effect.provideService(compressMessages(messages, options, false), Originals, originals),
    simulate: (messages: unknown, options: CompressOptions = {}) =>
      Effect.provideService(
        Effect.map(compressMessages(messages, options, true), (result) => result.blocks),
        Originals,
        originals
      ),
    compressText: (text: string, options: TextOptions = {}) =>
      Effect.provideService(compressOneText(text, options), Originals, originals),
    retrieve: (ref: string, options = {}) => Effect.provideService(retrieve(ref, options), Originals, originals)
  }))
)
