/** A messages file: recognised among texts, and written back with its changed results alone, every other byte as it was. */
import { isRecord, type Path } from "../../wire/json-value.ts"
import { spanOf, type Splice, spliced } from "../../wire/json-spans.ts"
import { type Messages, readMessages } from "../../wire/shape.ts"

export interface MessagesFile {
  readonly source: string
  /** The message list, or the request body that holds it. */
  readonly value: unknown
  readonly read: Messages
}

/** The messages that the text spells; undefined where it is something else. */
export const messagesFileFrom = (source: string): MessagesFile | undefined => {
  if (!/^\s*[[{]/.test(source)) return undefined
  try {
    const value: unknown = JSON.parse(source)
    const read = readMessages(value)
    return read === undefined ? undefined : { source, value, read }
  } catch {
    return undefined
  }
}

const valueAt = (root: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, key) => {
    if (Array.isArray(value)) return value[Number(key)]
    return isRecord(value) ? value[key] : undefined
  }, root)

/** The file's text with the new messages in it. */
export const rewritten = ({ source, value, read }: MessagesFile, after: unknown): string => {
  if (after === value) return source
  const bytes = Buffer.from(source, "utf8")
  const splices = read.document.blocks.flatMap((block): ReadonlyArray<Splice> => {
    if (block._tag !== "Slot") return []
    // where a slot stands for a JSON object, its text form takes the object's place
    const now = valueAt(after, block.at)
    const span = now === valueAt(value, block.at) ? undefined : spanOf(bytes, block.at)
    return span === undefined ? [] : [{ span, bytes: Buffer.from(JSON.stringify(now), "utf8") }]
  })
  return splices.length === 0 ? source : Buffer.from(spliced(bytes, splices)).toString("utf8")
}
