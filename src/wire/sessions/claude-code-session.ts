/**
 * Claude Code's transcripts: one line an event, an answer over several lines of one message id with results between them, a boundary
 * line where the context was compacted, and sub-agents as side chains, in the same file or in one of their own.
 */
import type { Usage } from "../../domain/usage.ts"
import { isRecord, type JsonRecord, textIn } from "../json-value.ts"
import { moment } from "./moment.ts"
import type { Part, SessionReader } from "./session-reader.ts"
import { anthropicBlocks, type Turn } from "./turns.ts"

const isEvent = (value: unknown): value is JsonRecord =>
  isRecord(value) && ("sessionId" in value || "uuid" in value || "leafUuid" in value) && !("payload" in value)

const isMessage = (event: JsonRecord): boolean =>
  (event["type"] === "user" || event["type"] === "assistant") && isRecord(event["message"])

const tokens = (usage: JsonRecord, key: string): number => {
  const value = usage[key]
  return typeof value === "number" ? value : 0
}

const usageOf = (message: JsonRecord): Usage | undefined => {
  const usage = message["usage"]
  if (!isRecord(usage)) return undefined
  const kinds = usage["cache_creation"]
  const hour = isRecord(kinds) ? tokens(kinds, "ephemeral_1h_input_tokens") : 0
  return {
    uncached: tokens(usage, "input_tokens"),
    cacheRead: tokens(usage, "cache_read_input_tokens"),
    cacheWrite: tokens(usage, "cache_creation_input_tokens") - hour,
    cacheWriteHour: hour,
    output: tokens(usage, "output_tokens")
  }
}

const turnFrom = (event: JsonRecord, message: JsonRecord): Turn => {
  const model = textIn(message, "model")
  const usage = usageOf(message)
  const id = textIn(message, "id")
  return {
    role: message["role"] === "assistant" ? "assistant" : "user",
    blocks: anthropicBlocks(message["content"]),
    at: moment(event["timestamp"]),
    ...(model === undefined ? {} : { model }),
    ...(usage === undefined ? {} : { usage }),
    ...(id === undefined ? {} : { callId: id })
  }
}

/** The turns of one chain of messages, its answers put together again. */
interface Chain {
  readonly turns: Array<Turn>
  readonly answers: Map<string, number>
}

const newChain = (): Chain => ({ turns: [], answers: new Map() })

const add = (chain: Chain, turn: Turn): void => {
  const place = turn.role === "assistant" && turn.callId !== undefined ? chain.answers.get(turn.callId) : undefined
  const before = place === undefined ? undefined : chain.turns[place]
  if (place !== undefined && before !== undefined) {
    // of the counts of an answer the last are the whole
    chain.turns[place] = { ...before, ...turn, blocks: before.blocks.concat(turn.blocks), at: before.at }
    return
  }
  if (turn.role === "assistant" && turn.callId !== undefined) chain.answers.set(turn.callId, chain.turns.length)
  chain.turns.push(turn)
}

/** Side chains of one file: by the sub-agent's name where lines have one, else by the line that they grew from. */
class Asides {
  private readonly chains = new Map<string, Chain>()
  private readonly roots = new Map<string, string>()

  add(event: JsonRecord, turn: Turn): void {
    const parent = textIn(event, "parentUuid")
    const own = textIn(event, "uuid") ?? ""
    const root = textIn(event, "agentId") ?? (parent === undefined ? own : (this.roots.get(parent) ?? own))
    this.roots.set(own, root)
    let chain = this.chains.get(root)
    if (chain === undefined) {
      chain = newChain()
      this.chains.set(root, chain)
    }
    add(chain, turn)
  }

  get parts(): ReadonlyArray<Part> {
    return [...this.chains.values()].map(({ turns }, i) => ({ turns, aside: i === 0 ? "side" : `side${i + 1}` }))
  }
}

export const claudeCode: SessionReader = {
  agent: "claude-code",
  detect: (head) => head.some((value) => isEvent(value) && (isMessage(value) || "leafUuid" in value)),
  read: (values) => {
    const main = [newChain()]
    const asides = new Asides()
    const seen = new Set<string>()
    let project: string | undefined
    for (const event of values) {
      if (!isEvent(event)) continue
      if (event["type"] === "system" && event["subtype"] === "compact_boundary") main.push(newChain())
      project ??= textIn(event, "cwd")
      const message = event["message"]
      if (!isMessage(event) || !isRecord(message) || event["isApiErrorMessage"] === true) continue
      const uuid = textIn(event, "uuid")
      if (uuid !== undefined && seen.has(uuid)) continue
      if (uuid !== undefined) seen.add(uuid)
      const turn = turnFrom(event, message)
      const chain = main.at(-1)
      if (event["isSidechain"] === true) asides.add(event, turn)
      else if (chain !== undefined) add(chain, turn)
    }
    return [{ project, parts: [...main.map(({ turns }) => ({ turns })), ...asides.parts] }]
  }
}
