/**
 * A recorded session of an agent: what the model was sent and what it answered, in one form whatever the agent wrote, because every
 * measure and every saving is told call by call.
 *
 * Messages stand as a client of Anthropic's API would send them; what only the recording knows stands beside them.
 */
import type { Usage } from "./usage.ts"

export type RecordedBlock =
  | { readonly type: "text"; readonly text: string }
  | {
      readonly type: "tool_use"
      readonly id: string
      readonly name: string
      readonly input: { readonly [key: string]: unknown }
    }
  | { readonly type: "tool_result"; readonly tool_use_id: string; readonly content: string; readonly is_error?: true }

export interface RecordedMessage {
  readonly role: "user" | "assistant"
  readonly content: ReadonlyArray<RecordedBlock>
}

/** What the recording says of a message; of the calls, that is of the model's messages, it knows more. */
export interface Circumstance {
  /** When the message was there, in milliseconds since any fixed moment. */
  readonly at: number | undefined
  readonly model?: string
  /** As the provider counted it. */
  readonly usage?: Usage
  /** The provider's name of the call: a copy of it in another file is the same call. */
  readonly callId?: string
}

export interface RecordedSession {
  readonly id: string
  readonly agent: string
  /** The folder that the agent worked in. */
  readonly project: string | undefined
  readonly system: string | undefined
  readonly messages: ReadonlyArray<RecordedMessage>
  /** One a message. */
  readonly circumstances: ReadonlyArray<Circumstance>
}

/** Positions of the messages that answer a request: each is one call of the model, and what stands before it is the request. */
export const callsOf = (messages: ReadonlyArray<{ readonly role: string }>): ReadonlyArray<number> =>
  messages.flatMap((message, at) => (message.role === "assistant" && at > 0 ? [at] : []))

/** Characters of tool output in a session. */
export const outputLength = (session: RecordedSession): number => {
  let length = 0
  for (const message of session.messages)
    for (const block of message.content) if (block.type === "tool_result") length += block.content.length
  return length
}
