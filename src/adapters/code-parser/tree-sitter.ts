/**
 * Outlines by tree-sitter, whose grammars know every construct of a language and go on behind what they cannot parse; in a thread of its
 * own, which starts with the first source and is replaced where a parser breaks off.
 *
 * Limits are counted, so that the same source is given up on every machine. The one on time is for a parser that hangs, which no count
 * ends.
 */
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type { Language } from "../../compressors/code/language.ts"
import type { Outline } from "../../domain/outline.ts"
import { CodeParser, CodeParserError } from "../../pipeline/ports/code-parser.ts"
import { makeParserThread } from "./thread.ts"

/** UTF-16 units; a longer source keeps a processor for longer than an answer may wait. */
const MAX_LENGTH = 262_144
/** A hundred times what a source of that length takes. */
const MAX_DURATION = "20 seconds"
/** Outlines kept: a conversation is compressed again with every turn. */
const MAX_KEPT = 64

/** The last answers, refusals included. */
const makeMemory = <A>() => {
  const kept = new Map<string, A>()
  return {
    recall: (key: string): A | undefined => kept.get(key),
    keep: (key: string, answer: A): void => {
      kept.set(key, answer)
      const [oldest] = kept.keys()
      if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest)
    }
  }
}

const failure =
  (language: Language, reason: CodeParserError["reason"]) =>
  (cause: unknown): CodeParserError =>
    new CodeParserError({ language, reason, cause })

export const layerTreeSitter: Layer.Layer<CodeParser> = Layer.scoped(
  CodeParser,
  Effect.gen(function* () {
    const thread = yield* Effect.acquireRelease(Effect.sync(makeParserThread), ({ discard }) => Effect.sync(discard))
    const memory = makeMemory<Exit.Exit<Outline, CodeParserError>>()
    const alone = yield* Effect.makeSemaphore(1)

    const parse = (source: string, language: Language): Effect.Effect<Outline, CodeParserError> =>
      Effect.gen(function* () {
        const loaded = yield* Effect.mapError(thread.ask({ _tag: "Load", language }), failure(language, "unavailable"))
        if (loaded._tag === "Unavailable") return yield* failure(language, "unavailable")(loaded.cause)
        const parsed = yield* thread
          .ask({ _tag: "Parse", language, source })
          .pipe(Effect.timeout(MAX_DURATION), Effect.mapError(failure(language, "aborted")))
        return parsed._tag === "Parsed" ? parsed.outline : yield* failure(language, "aborted")(parsed._tag)
      })

    const outline = (source: string, language: Language): Effect.Effect<Outline, CodeParserError> =>
      source.length > MAX_LENGTH
        ? Effect.fail(new CodeParserError({ language, reason: "too-large" }))
        : Effect.suspend(() => {
            const key = `${language} ${source}`
            const known = memory.recall(key)
            if (known !== undefined) return known
            const parsed = Effect.exit(parse(source, language))
            return Effect.flatten(Effect.tap(parsed, (exit) => Effect.sync(() => memory.keep(key, exit))))
          })
    return { outline: (source, language) => alone.withPermits(1)(outline(source, language)) }
  })
)
