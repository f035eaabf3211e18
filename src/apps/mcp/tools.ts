/**
 * The tools: what a model reads of each, which every request that carries them pays for again, and what each does.
 *
 * An answer is never empty: what cannot be given says why and what to ask for instead.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as JSONSchema from "effect/JSONSchema"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { Settings } from "../../adapters/settings/settings.ts"
import { compressors } from "../../compressors/registry.ts"
import { Headroom } from "../../pipeline/headroom.ts"
import { Originals } from "../../pipeline/ports/originals.ts"

/** Some 6,000 tokens: less than clients cut a tool's answer to. */
const MAX_LENGTH = 24_000

export type Needs = Headroom | Originals | Settings

export interface Tool {
  readonly name: string
  readonly description: string
  /** JSON Schema of the arguments. */
  readonly inputSchema: { readonly type: "object"; readonly [key: string]: unknown }
  /** Fails with what is wrong and the way out. */
  readonly answer: (input: unknown) => Effect.Effect<string, { readonly message: string }, Needs>
}

const schemaOf = <A, I>(schema: Schema.Schema<A, I>): Tool["inputSchema"] => {
  const { $schema: _, ...rest } = JSONSchema.make(schema)
  return { ...rest, type: "object" }
}

/** Wrong arguments in one line, each with its name. */
const wrong = (error: ParseResult.ParseError): { readonly message: string } => ({
  message: ParseResult.ArrayFormatter.formatErrorSync(error)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`))
    .join("; ")
})

const toolOf = <A, I>(
  name: string,
  description: string,
  schema: Schema.Schema<A, I>,
  answer: (input: A) => Effect.Effect<string, { readonly message: string }, Needs>
): Tool => {
  const decode = Schema.decodeUnknown(schema, { errors: "all", onExcessProperty: "error" })
  return {
    name,
    description,
    inputSchema: schemaOf(schema),
    answer: (input) => Effect.flatMap(Effect.mapError(decode(input ?? {}), wrong), answer)
  }
}

const text = (description: string) => Schema.optionalWith(Schema.String.annotations({ description }), { exact: true })

const KINDS: ReadonlyArray<string> = [...compressors.map(({ kind }) => kind), "text"]

const compress = toolOf(
  "headroom_compress",
  "Make a long text shorter without losing facts. With a budget, hides what matters least behind a marker and stores the original.",
  Schema.Struct({
    content: Schema.String,
    kind: text(`One of ${KINDS.join(", ")}; else found out`),
    query: text("What it is read for; answers stay in view"),
    budget: Schema.optionalWith(
      Schema.Number.pipe(Schema.int(), Schema.positive()).annotations({
        jsonSchema: { type: "integer", minimum: 1, description: "Tokens to stay below" }
      }),
      { exact: true }
    )
  }),
  ({ content, kind, query, budget }) =>
    Effect.gen(function* () {
      if (kind !== undefined && !KINDS.includes(kind))
        return yield* Effect.fail({ message: `kind: there is no "${kind}"; leave it out, or use ${KINDS.join(", ")}` })
      if (content === "") return yield* Effect.fail({ message: "content: is empty; give the text to make shorter" })
      const headroom = yield* Headroom
      const settings = yield* Settings
      const result = yield* headroom.compressText(content, {
        mode: budget === undefined ? "visible" : "offload",
        project: settings.project,
        ...(kind === undefined ? {} : { kind }),
        ...(query === undefined ? {} : { query }),
        ...(budget === undefined ? {} : { budgetTokens: budget })
      })
      const originals = yield* Originals
      const at = yield* Clock.currentTimeMillis
      const { outcome, reason = "", tokensBefore, tokensAfter } = result
      const row = { kind: result.kind, outcome, reason, tokensBefore, tokensAfter, project: settings.project, at }
      yield* Effect.catchAll(originals.record([row]), (error) => Effect.logDebug("figures not recorded", error))
      return result.text
    })
)

const retrieve = toolOf(
  "headroom_retrieve",
  'Get text that a marker "[… headroom retrieve ID]" hides: all of it, or the part you name.',
  Schema.Struct({
    id: Schema.String.annotations({ description: "The ID in the marker" }),
    lines: text("Like 12-80"),
    query: text("Words; gives the passages that hold them"),
    path: text("JSON path, like $.items[3].name"),
    cursor: text("From an answer that was cut, to read on")
  }),
  ({ id, ...part }) =>
    Effect.gen(function* () {
      const headroom = yield* Headroom
      const found = yield* headroom.retrieve(id, { ...part, maxLength: MAX_LENGTH })
      if (found.text === "") return `[the original of ${found.ref} is empty]`
      if (found.cursor === undefined) return found.text
      const [from, to] = found.lines
      const end = found.text.endsWith("\n") ? "" : "\n"
      return `${found.text}${end}[cut: lines ${from}-${to} of ${found.totalLines}; to read on: cursor ${found.cursor}]`
    })
)

const stats: Tool = {
  name: "headroom_stats",
  description: "What was saved so far, and what is stored.",
  inputSchema: { type: "object", properties: {} },
  answer: () =>
    Effect.gen(function* () {
      const originals = yield* Originals
      const store = yield* originals.stats
      const totals = yield* originals.totals()
      const sum = (field: "count" | "tokensBefore" | "tokensAfter"): number =>
        totals.reduce((all, total) => all + total[field], 0)
      const [tokensBefore, tokensAfter] = [sum("tokensBefore"), sum("tokensAfter")]
      return JSON.stringify({
        texts: sum("count"),
        tokensBefore,
        tokensAfter,
        tokensSaved: tokensBefore - tokensAfter,
        stored: { originals: store.originals, bytes: store.storedBytes }
      })
    })
}

export const tools: ReadonlyArray<Tool> = [compress, retrieve, stats]
