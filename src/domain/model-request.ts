/** A request as a provider's cache sees it: an ordered list of parts, equal where their bytes are, each with its tokens. */
import type { Part } from "./economics.ts"
import { stringsIn } from "./json-strings.ts"
import type { RecordedSession } from "./recording.ts"

export interface ModelMessage {
  readonly role: string
  readonly content: string | ReadonlyArray<unknown>
}

export interface ModelRequest {
  readonly tools?: ReadonlyArray<unknown>
  readonly system?: unknown
  readonly messages: ReadonlyArray<ModelMessage>
}

/** A request of a session, with these messages. */
export const requestOf = (
  { system }: Pick<RecordedSession, "system">,
  messages: ReadonlyArray<ModelMessage>
): ModelRequest => (system === undefined ? { messages } : { system: [{ type: "text", text: system }], messages })

/** The provider's own tokens around a block. */
const BLOCK_TOKENS = 4

interface Cut {
  readonly key: string
  /** What the model reads. */
  readonly text: string
}

const cutOf = (mark: string, value: unknown): Cut => ({
  key: mark + (JSON.stringify(value) ?? ""),
  text: stringsIn(value).join("\n")
})

const recordFrom = (value: unknown): { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null ? { ...value } : { text: value }

const blockCut = (role: string, block: unknown): Cut => {
  const { cache_control: _, type, id, tool_use_id: answered, ...rest } = recordFrom(block)
  return cutOf(`${role} ${JSON.stringify([type, id ?? answered])} `, rest)
}

const systemCuts = (system: unknown): ReadonlyArray<Cut> => {
  const blocks = system === undefined || system === "" ? [] : Array.isArray(system) ? system : [system]
  return blocks.map((block: unknown) =>
    cutOf("system ", typeof block === "string" ? block : (recordFrom(block)["text"] ?? block))
  )
}

/** Cuts requests into parts, each text counted once, however many requests hold it. */
export class PartBook {
  readonly #count: (text: string) => number
  readonly #byKey = new Map<string, Part>()
  /** By role, for the same block said by another is another part. */
  readonly #byBlock = new Map<string, WeakMap<object, Part>>()

  constructor(count: (text: string) => number) {
    this.#count = count
  }

  #part({ key, text }: Cut): Part {
    const known = this.#byKey.get(key)
    if (known !== undefined) return known
    const part = { key: String(this.#byKey.size), tokens: this.#count(text) + BLOCK_TOKENS }
    this.#byKey.set(key, part)
    return part
  }

  #blockPart(role: string, block: unknown): Part {
    if (typeof block !== "object" || block === null) return this.#part(blockCut(role, block))
    let ofRole = this.#byBlock.get(role)
    if (ofRole === undefined) {
      ofRole = new WeakMap()
      this.#byBlock.set(role, ofRole)
    }
    const known = ofRole.get(block)
    if (known !== undefined) return known
    const part = this.#part(blockCut(role, block))
    ofRole.set(block, part)
    return part
  }

  partsOf(request: ModelRequest): ReadonlyArray<Part> {
    const head = [...(request.tools ?? []).map((tool) => cutOf("tool ", tool)), ...systemCuts(request.system)]
    return [
      ...head.map((cut) => this.#part(cut)),
      ...request.messages.flatMap(({ role, content }) =>
        typeof content === "string"
          ? [this.#part(blockCut(role, { type: "text", text: content }))]
          : content.map((block) => this.#blockPart(role, block))
      )
    ]
  }
}
