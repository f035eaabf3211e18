/** Cline's conversations: Anthropic messages, whose results are partly plain texts, `[tool for 'x'] Result:`, in the order of the calls. */
import type { RecordedBlock } from "../../domain/recording.ts"
import { isRecord, type JsonRecord, listOf, textIn } from "../json-value.ts"
import { moment } from "./moment.ts"
import type { SessionReader } from "./session-reader.ts"
import { anthropicBlocks, resultBlock, textBlock, type Turn } from "./turns.ts"

const RESULT = /^(?:\[[^\n]{0,400}\] Result:|Tool \[)/
const FOLDER = /# Current W(?:orking )?Directory \(([^)\n]{1,1000})\)/
const OWN_WORDS = /<environment_details>|^<task>/

const isMessage = (value: unknown): value is JsonRecord =>
  isRecord(value) && (value["role"] === "user" || value["role"] === "assistant")

const textsOf = (message: JsonRecord): ReadonlyArray<string> => {
  const content = message["content"]
  if (typeof content === "string") return [content]
  return listOf(content).flatMap((block) => (isRecord(block) ? [textIn(block, "text") ?? ""] : []))
}

export const cline: SessionReader = {
  agent: "cline",
  detect: ([first]) =>
    Array.isArray(first) &&
    isMessage(first[0]) &&
    (typeof first[0]["ts"] === "number" || textsOf(first[0]).some((text) => OWN_WORDS.test(text))),
  read: (values) => {
    const messages = [...values].flatMap(listOf).filter(isMessage)
    let open: Array<string> = []
    const turns = messages.map((message): Turn => {
      const at = moment(message["ts"])
      const blocks = anthropicBlocks(message["content"])
      if (message["role"] === "assistant") {
        open = blocks.flatMap((block) => (block.type === "tool_use" ? [block.id] : []))
        return { role: "assistant", blocks, at }
      }
      return {
        role: "user",
        at,
        blocks: blocks.map((block): RecordedBlock => {
          if (block.type !== "text") return block
          const id = RESULT.test(block.text) ? open.shift() : undefined
          return id === undefined ? textBlock(block.text) : resultBlock(id, block.text)
        })
      }
    })
    const folder = messages.flatMap(textsOf).find((text) => FOLDER.test(text))
    return [{ project: FOLDER.exec(folder ?? "")?.[1], parts: [{ turns }] }]
  }
}
