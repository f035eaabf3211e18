/**
 * What a provider's answer says of itself, whole or so far: one vocabulary for all wires, so that nothing behind them asks which it was.
 *
 * Holds counts and names alone, no content: an error's message may quote the request, so only the word for it is kept.
 */
import { NO_USAGE, type Usage } from "../domain/usage.ts"
import { isRecord, type JsonRecord, textIn } from "./json-value.ts"

export interface Answer {
  /** Undefined where the provider reports none. */
  readonly usage: Usage | undefined
  readonly model: string | undefined
  /** The provider said that this is all: what ends without it was cut off. */
  readonly finished: boolean
  /** The provider's word for what went wrong, in place of the answer or within it. */
  readonly error: string | undefined
  /** Why it stopped, in the provider's words. */
  readonly stop: string | undefined
  /** Tools of the client's that it calls, in order. */
  readonly tools: ReadonlyArray<string>
}

export const NO_ANSWER: Answer = {
  usage: undefined,
  model: undefined,
  finished: false,
  error: undefined,
  stop: undefined,
  tools: []
}

/** The answer so far with what one more value says; values of unknown make-up change nothing. */
export type Read = (answer: Answer, value: JsonRecord) => Answer

/** A text under the key that says something: some vendors leave it empty until they know. */
export const wordIn = (record: JsonRecord, key: string): string | undefined => {
  const word = textIn(record, key)
  return word === "" ? undefined : word
}

/** A count of tokens under the key; undefined where it is none. */
export const countIn = (record: unknown, key: string): number | undefined => {
  const value = isRecord(record) ? record[key] : undefined
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined
}

/** The usage where the parts of the input are counted in its whole: the classes are cut out of it, so that none overlaps. */
export const usageWithin = (input: number, cacheRead: number, cacheWrite: number, output: number): Usage => {
  const read = Math.min(cacheRead, input)
  const write = Math.min(cacheWrite, input - read)
  return { ...NO_USAGE, uncached: input - read - write, cacheRead: read, cacheWrite: write, output }
}

const wordFor = (error: unknown): string | undefined => {
  if (typeof error === "string") return "error"
  if (!isRecord(error)) return undefined
  const code = error["code"]
  return (
    textIn(error, "type") ??
    textIn(error, "status") ??
    (typeof code === "string" || typeof code === "number" ? String(code) : "error")
  )
}

/** The answer with the error that the value holds under `error`, if any. */
export const withError: Read = (answer, value) => {
  const error = wordFor(value["error"])
  return error === undefined ? answer : { ...answer, error }
}
