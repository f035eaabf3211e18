/** One request through the proxy as lines for a terminal: what was changed in it, and what that came to. */
import type { SlotRecord } from "../../domain/exchange.ts"
import { inputOf } from "../../domain/usage.ts"
import type { Recent } from "../../pipeline/stats.ts"
import { count, dollars, percent, table } from "./figures.ts"
import type { Paint } from "./terminal.ts"

/** How long ago, in the unit that fits. @example ago(90_000) // => "1 min ago" */
const ago = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  return `${Math.floor(seconds / 86_400)} d ago`
}

const saving = (before: number, after: number): string =>
  `${count(before)} → ${count(after)} tokens, ${percent(before, after)} saved`

const moneyOf = ({ isSubscription, model, status, sum, usage }: Recent): string => {
  if (sum.answered === 0) return `nothing was billed: ${status === 0 ? "there was no answer" : `status ${status}`}`
  if (isSubscription) return "under a subscription: no money, context alone"
  if (usage === undefined) return "the provider's count is missing, so there is no money in it"
  if (sum.money.requests === 0)
    return `no price is known for ${model ?? "the model"}; HEADROOM_PRICES names a file of prices`
  const { paid, saved, without } = sum.money
  return `${dollars(saved)} saved of ${dollars(without)}, ${dollars(paid)} paid`
}

const cacheOf = ({ cacheMiss, missedTokens, usage }: Recent): ReadonlyArray<string> => {
  if (usage === undefined) return []
  const input = inputOf(usage)
  const why = missedTokens > 0 ? `; ${cacheMiss.replace("-", " ")}: ${count(missedTokens)} tokens read again` : ""
  return [`cache  ${percent(input, input - usage.cacheRead)} of ${count(input)} input tokens read from it${why}`]
}

const slotRow = (slot: SlotRecord): ReadonlyArray<string> => [
  slot.tool ?? "",
  slot.kind,
  slot.outcome,
  slot.reason ?? "",
  count(slot.tokensBefore),
  count(slot.tokensAfter),
  percent(slot.tokensBefore, slot.tokensAfter),
  slot.ref ?? ""
]

export const exchangeLines = (exchange: Recent, now: number, paint: Paint): ReadonlyArray<string> => {
  const { endpoint, finish, model, passedOver, provider, slots, status } = exchange
  const end = [finish.replace("-", " "), ...(status === 0 ? [] : [String(status)]), ...passedOver]
  const [heading = "", ...rows] = table(
    [["tool", "kind", "outcome", "reason", "before", "after", "saved", "ref"], ...slots.map(slotRow)],
    new Set([4, 5, 6])
  )
  return [
    paint("bold", `${model ?? provider}  ${endpoint}, ${end.join(", ")}  ${ago(now - exchange.at)}`),
    `prompt ${saving(exchange.tokensBefore, exchange.tokensAfter)}`,
    `new    ${saving(exchange.newTokensBefore, exchange.newTokensAfter)}`,
    `money  ${moneyOf(exchange)}`,
    ...cacheOf(exchange),
    "",
    ...(slots.length === 0 ? ["no new tool output"] : [paint("bold", heading), ...rows])
  ]
}
