/** The laws of the port for parsers of source, for every layer of it. */
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { describe, expect, it } from "vitest"
import type { Language } from "../../src/compressors/code/language.ts"
import type { Outline } from "../../src/domain/outline.ts"
import { CodeParser, CodeParserError } from "../../src/pipeline/ports/code-parser.ts"
import { SOURCES } from "../fixtures/sources.ts"

/** Such as parsers have broken off at. */
const UNBALANCED = "[{(".repeat(20_000)

/** Texts that are source in no language. */
const ODD: ReadonlyArray<readonly [name: string, source: string]> = [
  ["nothing", ""],
  ["a byte-order mark and NUL", "\ufeff\u0000\u0000"],
  ["lone surrogates", "\ud800 \udfff".repeat(100)],
  ["brackets that never close", UNBALANCED],
  ["arrows in a row", "a=>".repeat(15_000)],
  ["quotes", "'\"`".repeat(3_000)],
  ["prose", "The quay is not open in winter, because of the ice.\n".repeat(300)],
  ["CRLF", "class A {\r\n  b() {\r\n    c()\r\n  }\r\n}\r\n"]
]

/** Grammars that load quickly. */
const FEW = SOURCES.filter(({ language }) => /^(?:go|java|python|javascript)$/.test(language))

/** Each head stands before its body, both among the lines, in the order of the heads. */
const isTrue = (outline: Outline, source: string): boolean => {
  const count = source.split("\n").length
  let line = 0
  for (const { head, body, depth } of outline) {
    for (const [from, to] of body === undefined ? [head] : [head, body])
      if (!(from >= 0 && from < to && to <= count)) return false
    if ((body !== undefined && body[0] !== head[1]) || head[0] < line || depth < 0) return false
    line = head[0]
  }
  return true
}

/** Runs the laws; `layer` is built anew for each. */
export const codeParserContract = (name: string, layer: Layer.Layer<CodeParser>): void => {
  const run = <A>(use: (parser: CodeParser["Type"]) => Effect.Effect<A>): Promise<A> =>
    Effect.runPromise(Effect.provide(Effect.flatMap(CodeParser, use), layer))
  const outlineOrReason = (parser: CodeParser["Type"], source: string, language: Language) =>
    Effect.merge(Effect.mapError(parser.outline(source, language), (error) => error.reason))

  describe(name, () => {
    it(
      "is total, and true of every source",
      () =>
        run((parser) =>
          Effect.gen(function* () {
            for (const [at, { language, text }] of SOURCES.entries()) {
              // Each breaks off in some language; not every one need be tried in each.
              const odd = ODD.filter((_, i) => (i + at) % 3 === 0)
              for (const [title, source] of [["its own", text] as const, ...odd]) {
                const outline = yield* outlineOrReason(parser, source, language)
                const where = `${language}: ${title}`
                if (typeof outline === "string") expect(outline, where).toBe("aborted")
                else expect(isTrue(outline, source), where).toBe(true)
              }
            }
          })
        ),
      120_000
    )

    it(
      "gives the same outline whatever came before, failures included",
      () =>
        run((parser) =>
          Effect.gen(function* () {
            const first = yield* Effect.forEach(FEW, ({ language, text }) => outlineOrReason(parser, text, language))
            expect(yield* outlineOrReason(parser, UNBALANCED, "java")).toBe("aborted")
            // A blank more, for an answer that is kept proves nothing.
            for (const [at, { language, text }] of FEW.entries())
              expect(yield* outlineOrReason(parser, `${text} `, language), language).toEqual(first[at])
          })
        ),
      120_000
    )

    it("refuses what is too large", () =>
      run((parser) =>
        Effect.gen(function* () {
          const error = yield* Effect.flip(parser.outline("a = 1\n".repeat(100_000), "python"))
          expect(error).toBeInstanceOf(CodeParserError)
          expect(error.reason).toBe("too-large")
          expect(error.message).toContain("python")
        }).pipe(Effect.orDie)
      ))

    it(
      "answers many who ask at once",
      () =>
        run((parser) =>
          Effect.gen(function* () {
            const asked = [...FEW, ...FEW].map(({ language, text }) => outlineOrReason(parser, text, language))
            const together = yield* Effect.all(asked, { concurrency: "unbounded" })
            const alone = yield* Effect.all(asked)
            expect(together).toEqual(alone)
          })
        ),
      120_000
    )
  })
}
