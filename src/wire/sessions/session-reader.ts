/**
 * What every reader of a transcript format is: it tells by the content whether a file is of its format, and gives what the agent sent.
 *
 * A file is the values that it spells: one a line, or one for the whole. Readers pass over what they do not know, for agents add fields
 * and kinds of entries with every release.
 */
import type { RecordedSession } from "../../domain/recording.ts"
import { messagesFrom, type Turn } from "./turns.ts"

/** What the model saw as one conversation: a transcript has several where the agent began anew with a summary. */
export interface Part {
  readonly turns: ReadonlyArray<Turn>
  /** Set where it is a sub-agent's. */
  readonly aside?: string
}

export interface Transcript {
  readonly project?: string | undefined
  readonly system?: string | undefined
  readonly parts: ReadonlyArray<Part>
}

export interface SessionReader {
  readonly agent: string
  /** Whether a file that begins with these values is of this format. */
  readonly detect: (head: ReadonlyArray<unknown>) => boolean
  /** A file holds one transcript; some hold many. */
  readonly read: (values: Iterable<unknown>) => ReadonlyArray<Transcript>
}

/** A transcript's parts as sessions; they are told apart by a number where there are several. */
export const sessionsOf = (transcript: Transcript, agent: string, id: string): ReadonlyArray<RecordedSession> => {
  const parts = transcript.parts.filter((part) => part.turns.length > 0)
  const main = parts.filter((part) => part.aside === undefined)
  return parts.map((part) => ({
    id: part.aside !== undefined ? `${id}#${part.aside}` : main.length > 1 ? `${id}#${main.indexOf(part) + 1}` : id,
    agent,
    project: transcript.project,
    system: transcript.system,
    ...messagesFrom(part.turns)
  }))
}
