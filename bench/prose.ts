/**
 * Prints how much of what answers a question stays visible when a share of a text is kept, with and without the model, beside BM25
 * sentences, TextRank, head and tail, and chance at the same size; and draws the curve.
 *
 * Run: npx tsx bench/prose.ts [--shares 0.05,0.1,0.2,0.3,0.5] [--set QMSum] [--plot FILE] [--misses]
 *
 * SQuAD: one text is a paragraph that answers, among ten that do not, of other titles ("far") or of the same title ("near"); visible where
 * the answer stands in the view as a string. QMSum: one text is a whole meeting; visible is the share of the turns that annotators marked as
 * relevant to the question. A rival gets as many o200k tokens as the dearer of our two views has, markers included.
 */
import { writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { countTokens } from "gpt-tokenizer/encoding/o200k_base"
import { layerOnnx } from "../src/adapters/prose-model/onnx.ts"
import type { Relevance } from "../src/domain/relevance.ts"
import { ProseModel } from "../src/pipeline/ports/prose-model.ts"
import { judge } from "../src/pipeline/relevance.ts"
import { measure, NAMES, together } from "./prose-measure.ts"
import { curvesOf } from "./prose-plot.ts"
import { type Asked, askedIn } from "./prose-texts.ts"

const megabytes = (): number => process.memoryUsage().rss / 1e6

/** What the model itself takes: to be ready, and for the longest text, which nothing has read before. */
const tellCost = (asked: ReadonlyArray<Asked>, model: ProseModel["Type"]) =>
  Effect.gen(function* () {
    const longest = asked.reduce((best, one) => (one.text.length > best.text.length ? one : best))
    const memory = megabytes()
    const [ready] = yield* Effect.timed(model.relevance("Is it ready?", ["It is."]))
    const tokens = countTokens(longest.text)
    const [read] = yield* Effect.timed(judge(longest.text, "output", longest.question, model))
    console.log(
      `the model: ready in ${Duration.toMillis(ready).toFixed(0)} ms; ${((1_000 * Duration.toMillis(read)) / tokens).toFixed(0)} ms per 1,000 tokens of a text of ${tokens}; ${(megabytes() - memory).toFixed(0)} MB more memory`
    )
  }).pipe(Effect.catchAll((error) => Effect.sync(() => console.log(error.message))))

const program = Effect.flatMap(ProseModel, (service) =>
  Effect.promise(async () => {
    const relevanceOf = ({ text, question }: Asked): Promise<Relevance | undefined> =>
      Effect.runPromise(
        Effect.catchAll(judge(text, "output", question, service), (error) =>
          Effect.sync(() => {
            console.error(error.message)
            return undefined
          })
        )
      )
    const { values } = parseArgs({
      options: {
        shares: { type: "string" },
        set: { type: "string" },
        plot: { type: "string" },
        misses: { type: "boolean" }
      }
    })
    const shares = (values.shares ?? "0.1,0.2,0.25,0.3").split(",").map(Number)
    const asked = askedIn(new URL("../../shared/corpus/qa/", import.meta.url)).filter(({ set }) =>
      set.startsWith(values.set ?? "")
    )
    if (asked.length === 0) return console.log("no corpus")
    await Effect.runPromise(tellCost(asked, service))
    const onMiss = ({ set, question }: Asked, share: number): void => {
      if (values.misses === true) console.log(`  nothing visible at ${share}: ${set}: ${question}`)
    }
    const rows = await measure(asked, shares, relevanceOf, onMiss)
    for (const set of new Set(rows.map((row) => row.set)))
      for (const share of shares) {
        console.log(`\n${set}, ${(share * 100).toFixed(0)} % asked for: visible (steered by / held back), kept`)
        for (const name of NAMES) {
          const { questions, visible, steered, heldBack, kept } = together(rows, set, name, share)
          if (questions === 0) continue
          const figures = [visible, steered, heldBack].map((value) => value.toFixed(3))
          console.log(
            `  ${name.padEnd(15)} ${figures[0]} (${figures[1]} / ${figures[2]})  ${(100 * kept).toFixed(1).padStart(4)} %  of ${questions}`
          )
        }
      }
    if (values.plot !== undefined) writeFileSync(values.plot, curvesOf(rows, shares, NAMES))
  })
)

await Effect.runPromise(Effect.provide(program, layerOnnx()))
