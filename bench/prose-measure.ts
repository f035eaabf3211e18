/** Rows of figures for bench/prose.ts: what of the answers each way of keeping a share of a text leaves visible. */
import { countTokens } from "gpt-tokenizer/encoding/o200k_base"
import { prose } from "../src/compressors/prose/prose.ts"
import type { Relevance } from "../src/domain/relevance.ts"
import { estimateTokens } from "../src/domain/tokens.ts"
import { draft } from "../src/domain/view.ts"
import { keptBy, RIVALS, type RivalName } from "./prose-rivals.ts"
import type { Asked } from "./prose-texts.ts"

export const NAMES = ["with the model", "words alone", ...(Object.keys(RIVALS) as ReadonlyArray<RivalName>)] as const

export interface Row {
  readonly set: Asked["set"]
  readonly half: Asked["half"]
  readonly name: (typeof NAMES)[number]
  readonly share: number
  /** Sums over the questions. */
  visible: number
  tokens: number
  given: number
  questions: number
}

interface View {
  readonly view: string
  readonly spans: ReadonlyArray<readonly [from: number, to: number]>
  readonly tokens: number
}

const ours = ({ text, question }: Asked, share: number, relevance: Relevance | undefined): View => {
  const content = { kind: "prose", text, origin: "output", ...(relevance === undefined ? {} : { relevance }) } as const
  const want = { visibleOnly: false, budgetTokens: Math.floor(estimateTokens(text) * share), question }
  const segments = prose.tile(content, want) ?? []
  const view = draft([{ input: text, segments }])
  const spans = segments.flatMap((segment) =>
    segment._tag === "Shown" ? [[segment.spans[0] as number, segment.spans[1] as number] as const] : []
  )
  return { view, spans, tokens: countTokens(view) }
}

/** Rows by set, half, way and share. `relevanceOf` is the model's, or gives undefined where there is none. */
export const measure = async (
  asked: ReadonlyArray<Asked>,
  shares: ReadonlyArray<number>,
  relevanceOf: (asked: Asked) => Promise<Relevance | undefined>,
  onMiss: (asked: Asked, share: number) => void = () => undefined
): Promise<ReadonlyArray<Row>> => {
  const rows = new Map<string, Row>()
  const lengths = new Map<string, number>()
  for (const one of asked) {
    const given = lengths.get(one.text) ?? countTokens(one.text)
    lengths.set(one.text, given)
    const put = (name: Row["name"], share: number, { view, spans, tokens }: View): void => {
      const key = `${one.set} ${one.half} ${name} ${share}`
      const { set, half } = one
      const row = rows.get(key) ?? { set, half, name, share, visible: 0, tokens: 0, given: 0, questions: 0 }
      row.visible += one.visible(view, spans)
      row.tokens += tokens
      row.given += given
      row.questions++
      rows.set(key, row)
    }
    const relevance = await relevanceOf(one)
    const sizes = shares.map((share) => {
      const byWords = ours(one, share, undefined)
      const byModel = relevance === undefined ? undefined : ours(one, share, relevance)
      put("words alone", share, byWords)
      if (byModel !== undefined) put("with the model", share, byModel)
      const best = byModel ?? byWords
      if (one.visible(best.view, best.spans) === 0) onMiss(one, share)
      return Math.max(byWords.tokens, byModel?.tokens ?? 0)
    })
    for (const name of Object.keys(RIVALS) as ReadonlyArray<RivalName>)
      keptBy(name, one.text, one.question, sizes).forEach((kept, at) => put(name, shares[at] as number, kept))
  }
  return [...rows.values()]
}

/** The rows of both halves as one. */
export const together = (rows: ReadonlyArray<Row>, set: string, name: string, share: number) => {
  const own = rows.filter((row) => row.set === set && row.name === name && row.share === share)
  const sum = (of: (row: Row) => number): number => own.reduce((all, row) => all + of(row), 0)
  const mean = (row: Row | undefined): number => (row === undefined ? NaN : row.visible / row.questions)
  return {
    questions: sum((row) => row.questions),
    visible: sum((row) => row.visible) / sum((row) => row.questions),
    kept: sum((row) => row.tokens) / sum((row) => row.given),
    steered: mean(own.find((row) => row.half === "steered by")),
    heldBack: mean(own.find((row) => row.half === "held back"))
  }
}
