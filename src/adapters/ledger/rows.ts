/** What the ledger's statements give, as the port's values: the columns hold what their own insert wrote, so they are read unchecked. */
import type { Exchange, SlotRecord } from "../../domain/exchange.ts"
import type { Tally } from "../../domain/savings.ts"
import type { Usage } from "../../domain/usage.ts"
import type { Birth, ConversationTotal, ExchangeTotal, SlotTotal } from "../../pipeline/ports/ledger.ts"

export type Row = Readonly<Record<string, string | number | null>>

const usageOf = (row: Row, of: "used" | "saved" | "missed"): Usage => ({
  uncached: Number(row[`${of}_uncached`] ?? 0),
  cacheRead: Number(row[`${of}_read`] ?? 0),
  cacheWrite: Number(row[`${of}_write`] ?? 0),
  cacheWriteHour: Number(row[`${of}_hour`] ?? 0),
  output: Number(row[`${of}_output`] ?? 0)
})

const tallyFrom = (row: Row): Tally => ({
  requests: Number(row["requests"]),
  answered: Number(row["answered"]),
  counted: Number(row["counted"]),
  tokensBefore: Number(row["tokens_before"]),
  tokensAfter: Number(row["tokens_after"]),
  used: usageOf(row, "used"),
  saved: usageOf(row, "saved"),
  missed: usageOf(row, "missed"),
  averted: Number(row["averted"])
})

const pricedFrom = (row: Row) => ({
  ...tallyFrom(row),
  provider: row["provider"] as Exchange["provider"],
  model: (row["model"] as string | null) ?? undefined,
  isSubscription: row["subscription"] === 1,
  isRenewal: row["renewal"] === 1,
  above: Number(row["above"]),
  project: row["project"] as string
})

export const exchangeFrom = (row: Row, slots: ReadonlyArray<SlotRecord>): Exchange => ({
  id: row["id"] as string,
  at: row["at"] as number,
  provider: row["provider"] as Exchange["provider"],
  endpoint: row["endpoint"] as Exchange["endpoint"],
  model: (row["model"] as string | null) ?? undefined,
  conversation: row["conversation"] as string,
  project: row["project"] as string,
  isSubscription: row["subscription"] === 1,
  isStream: row["stream"] === 1,
  bytesBefore: row["bytes_before"] as number,
  bytesAfter: row["bytes_after"] as number,
  tokensBefore: row["tokens_before"] as number,
  tokensAfter: row["tokens_after"] as number,
  newTokensBefore: row["new_before"] as number,
  newTokensAfter: row["new_after"] as number,
  slots,
  prefix: JSON.parse(row["prefix"] as string) as Exchange["prefix"],
  cacheMiss: row["cache_miss"] as Exchange["cacheMiss"],
  missedTokens: row["missed_tokens"] as number,
  usage: row["counted"] === 1 ? usageOf(row, "used") : undefined,
  status: row["status"] as number,
  finish: row["finish"] as Exchange["finish"],
  passedOver: JSON.parse(row["passed_over"] as string) as Exchange["passedOver"],
  overheadMs: row["overhead_ms"] as number,
  firstByteMs: (row["first_byte_ms"] as number | null) ?? undefined,
  totalMs: row["total_ms"] as number
})

const slotFrom = (row: Row): Omit<SlotRecord, "ref"> => ({
  kind: row["kind"] as string,
  tool: (row["tool"] as string | null) ?? undefined,
  outcome: row["outcome"] as SlotRecord["outcome"],
  reason: (row["reason"] as SlotRecord["reason"] | null) ?? undefined,
  tokensBefore: row["tokens_before"] as number,
  tokensAfter: row["tokens_after"] as number
})

export const exchangeTotalFrom = (row: Row): ExchangeTotal => ({
  ...pricedFrom(row),
  at: row["start"] as number,
  cacheMiss: row["cache_miss"] as ExchangeTotal["cacheMiss"],
  finish: row["finish"] as ExchangeTotal["finish"]
})

export const conversationTotalFrom = (row: Row): ConversationTotal => ({
  ...pricedFrom(row),
  conversation: row["conversation"] as string,
  first: row["first"] as number,
  last: row["last"] as number
})

export const birthFrom = (row: Row): Birth => ({
  at: row["at"] as number,
  provider: row["provider"] as Birth["provider"],
  model: (row["model"] as string | null) ?? undefined,
  isSubscription: row["subscription"] === 1,
  removed: Number(row["removed"]),
  rewritten: Number(row["rewritten"]),
  later: Number(row["later"])
})

export const slotTotalFrom = (row: Row): SlotTotal => ({
  ...slotFrom(row),
  slots: row["slots"] as number
})

/** The slots of exchanges, by the numbers of those. */
export const slotsFrom = (rows: ReadonlyArray<Row>): ReadonlyMap<number, ReadonlyArray<SlotRecord>> => {
  const slots = new Map<number, Array<SlotRecord>>()
  for (const row of rows) {
    const number = row["exchange"] as number
    const slot = { ...slotFrom(row), ref: (row["ref"] as SlotRecord["ref"] | null) ?? undefined }
    const known = slots.get(number)
    if (known === undefined) slots.set(number, [slot])
    else known.push(slot)
  }
  return slots
}
