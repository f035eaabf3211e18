/**
 * What a source text declares, by a parser of its language: a port, because grammars are heavy, load when they are needed, and may fail.
 *
 * Laws, checked for every layer by test/contracts/code-parser.ts:
 *  1. Total. For any string there is an outline or a failure; nothing is thrown, and nothing waits for ever: what is too large is refused.
 *  2. True. Every declaration's lines are lines of the source, in order, each head before its body and each member within its container.
 *  3. The same again. The outline depends on source and language alone, whatever was parsed before, failures included.
 *  4. Failures change nothing. After a failure the next source is parsed as if it had been the first.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Language } from "../../compressors/code/language.ts"
import type { Outline } from "../../domain/outline.ts"

/**
 * unavailable: the grammar is not there or cannot be loaded. too-large: more than the parser may be given at once.
 * aborted: the parser broke off, by a fault of its own or because the source takes too many steps.
 */
const CodeParserFailure = Schema.Literal("unavailable", "too-large", "aborted")

export class CodeParserError extends Schema.TaggedError<CodeParserError>()("CodeParserError", {
  language: Schema.String,
  reason: CodeParserFailure,
  cause: Schema.optional(Schema.Defect)
}) {
  override get message(): string {
    return `parser of ${this.language}: ${this.reason}; the outline is read from the lines instead`
  }
}

export class CodeParser extends Context.Tag("headroom/CodeParser")<
  CodeParser,
  {
    /** What the source declares; a part of a file too. */
    readonly outline: (source: string, language: Language) => Effect.Effect<Outline, CodeParserError>
  }
>() {}
