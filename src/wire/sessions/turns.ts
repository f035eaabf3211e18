/**
 * Recorded turns put in the order that a provider takes: neighbours of one role are one message, every call has its result directly
 * behind it, and what cannot be paired is left out, as the agent itself would have to leave it out.
 */
import type { Circumstance, RecordedBlock, RecordedMessage } from "../../domain/recording.ts"
import { isRecord, type JsonRecord, jsonText, listOf, textIn } from "../json-value.ts"

/** One entry of a transcript, as far as it speaks. */
export interface Turn extends Circumstance {
  readonly role: "user" | "assistant"
  readonly blocks: ReadonlyArray<RecordedBlock>
}

/** The text of a string, of a list of strings and text blocks, or of any other value as JSON. */
export const plainText = (content: unknown): string => {
  if (typeof content === "string") return content
  if (content === undefined || content === null) return ""
  if (!Array.isArray(content)) return jsonText(content) ?? ""
  return content
    .map((part) => {
      if (typeof part === "string") return part
      if (!isRecord(part)) return ""
      return textIn(part, "text") ?? ((textIn(part, "type") ?? "").includes("image") ? "[image]" : "")
    })
    .filter((text) => text !== "")
    .join("\n")
}

export const textBlock = (text: unknown): RecordedBlock => ({
  type: "text",
  text: typeof text === "string" ? text : text === undefined || text === null ? "" : (jsonText(text) ?? "")
})

export const callBlock = (id: unknown, name: unknown, input: unknown): RecordedBlock => ({
  type: "tool_use",
  id: String(id),
  name: String(name),
  input: isRecord(input) ? input : input === undefined || input === null || input === "" ? {} : { input }
})

export const resultBlock = (id: unknown, content: unknown, isError = false): RecordedBlock => ({
  type: "tool_result",
  tool_use_id: String(id),
  content: plainText(content),
  ...(isError ? { is_error: true } : {})
})

/** The blocks of an Anthropic message that the model reads as text. */
export const anthropicBlocks = (content: unknown): ReadonlyArray<RecordedBlock> =>
  typeof content === "string"
    ? [textBlock(content)]
    : listOf(content).flatMap((block) => (isRecord(block) ? anthropicBlock(block) : []))

const anthropicBlock = (block: JsonRecord): ReadonlyArray<RecordedBlock> => {
  switch (block["type"]) {
    case "text":
      return [textBlock(block["text"])]
    case "tool_use":
      return [callBlock(block["id"], block["name"], block["input"])]
    case "tool_result":
      return [resultBlock(block["tool_use_id"], block["content"], block["is_error"] === true)]
    default:
      return []
  }
}

/** A turn while its neighbours join it. */
interface Run {
  readonly role: "user" | "assistant"
  blocks: Array<RecordedBlock>
  circumstance: Circumstance
}

/** What is known of a turn and its continuation: the later entry has the last word, for usage is summed up at the end. */
const together = (before: Circumstance, after: Circumstance): Circumstance => {
  const { model, usage, callId } = { ...before, ...after }
  return {
    at: after.at ?? before.at,
    ...(model === undefined ? {} : { model }),
    ...(usage === undefined ? {} : { usage }),
    ...(callId === undefined ? {} : { callId })
  }
}

const circumstanceOf = (turn: Turn): Circumstance => together({ at: undefined }, turn)

/** Whether a block says something that one of its role may say. */
const isSaid = (role: Turn["role"], block: RecordedBlock): boolean =>
  block.type === "text" ? block.text.trim() !== "" : (block.type === "tool_use") === (role === "assistant")

const runsOf = (turns: ReadonlyArray<Turn>): ReadonlyArray<Run> => {
  const runs: Array<Run> = []
  for (const turn of turns) {
    const blocks = turn.blocks.filter((block) => isSaid(turn.role, block))
    if (blocks.length === 0) continue
    const last = runs.at(-1)
    if (last?.role === turn.role) {
      last.blocks = last.blocks.concat(blocks)
      last.circumstance = together(last.circumstance, turn)
    } else runs.push({ role: turn.role, blocks, circumstance: circumstanceOf(turn) })
  }
  return runs
}

const callIds = (run: Run | undefined): ReadonlySet<string> =>
  new Set(run?.blocks.flatMap((block) => (block.type === "tool_use" ? [block.id] : [])))

const resultIds = (run: Run | undefined): ReadonlySet<string> =>
  new Set(run?.blocks.flatMap((block) => (block.type === "tool_result" ? [block.tool_use_id] : [])))

/** The blocks of a run that have their other half in the neighbour; results come first, as the API wants it. */
const paired = (run: Run, before: Run | undefined, after: Run | undefined): Array<RecordedBlock> => {
  if (run.role === "assistant") {
    const answered = resultIds(after)
    return run.blocks.filter((block) => block.type !== "tool_use" || answered.has(block.id))
  }
  const asked = callIds(before)
  const isResult = (block: RecordedBlock): boolean => block.type === "tool_result"
  return [
    ...run.blocks.filter((block) => block.type === "tool_result" && asked.has(block.tool_use_id)),
    ...run.blocks.filter((block) => !isResult(block))
  ]
}

/**
 * The messages of a transcript's turns, from the first of the user's. Where the transcript begins in the middle that may be a result
 * whose call is lost; all behind it is whole.
 */
export const messagesFrom = (
  turns: ReadonlyArray<Turn>
): {
  readonly messages: ReadonlyArray<RecordedMessage>
  readonly circumstances: ReadonlyArray<Circumstance>
} => {
  const runs = runsOf(turns)
  const kept: Array<Run> = []
  runs.forEach((run, i) => {
    const last = kept.at(-1)
    const blocks = paired(run, last, runs[i + 1])
    if (blocks.length === 0) return
    if (last?.role === run.role) last.blocks = last.blocks.concat(blocks)
    else kept.push({ ...run, blocks })
  })
  const start = kept.findIndex((run) => run.role === "user")
  const said = start === -1 ? [] : kept.slice(start)
  return {
    messages: said.map(({ role, blocks }) => ({ role, content: blocks })),
    circumstances: said.map((run) => run.circumstance)
  }
}

interface Placed {
  readonly turn: Turn
  readonly place: number
  readonly results: Array<Placed>
}

/**
 * Turns of agents that write a call's result whenever it comes: each is put behind the answer that holds its call. An answer goes on
 * from call to call until a result was written before the next one.
 */
export const withResultsBehindCalls = (turns: ReadonlyArray<Turn>): ReadonlyArray<Turn> => {
  const homes = new Map<string, Placed>()
  const standing: Array<Placed> = []
  turns.forEach((turn, place) => {
    const answered = turn.blocks.find((block) => block.type === "tool_result")
    const home = answered?.type === "tool_result" ? homes.get(answered.tool_use_id) : undefined
    const placed: Placed = { turn, place, results: [] }
    if (home === undefined) standing.push(placed)
    else home.results.push(placed)
    for (const block of turn.blocks) if (block.type === "tool_use") homes.set(block.id, placed)
  })
  const ordered: Array<Turn> = []
  let waiting: Array<Placed> = []
  const settle = (): void => {
    for (const placed of waiting) ordered.push(placed.turn)
    waiting = []
  }
  for (const placed of standing) {
    const first = waiting[0]
    if (placed.turn.role === "user" || (first !== undefined && first.place < placed.place)) settle()
    ordered.push(placed.turn)
    waiting = waiting.concat(placed.results)
  }
  settle()
  return ordered
}
