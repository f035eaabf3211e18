/** Reads a transcript of whatever agent: from its lines to the values they spell, to the reader that knows them, to sessions. */
import type { RecordedSession } from "../../domain/recording.ts"
import { claudeCode } from "./claude-code-session.ts"
import { cline } from "./cline.ts"
import { codex } from "./codex.ts"
import { copilotCli } from "./copilot-cli.ts"
import { geminiCli } from "./gemini-cli.ts"
import { messageList } from "./message-list.ts"
import { openCode } from "./opencode.ts"
import { openHands } from "./openhands.ts"
import { pi } from "./pi.ts"
import { type SessionReader, sessionsOf } from "./session-reader.ts"
import { miniSweAgent, sweAgent } from "./swe-agents.ts"

/** In the order in which they are asked: what has marks of its own before what could be anybody's. */
export const READERS: ReadonlyArray<SessionReader> = [
  copilotCli,
  codex,
  pi,
  openCode,
  miniSweAgent,
  sweAgent,
  openHands,
  geminiCli,
  claudeCode,
  cline,
  messageList
]

/** Values of a file that tell its format. */
const HEAD = 60

const valueOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * The values that a file spells: one a line, or one over all of its lines. A line that is no JSON, such as the torn last one of a file
 * that is still written, is passed over.
 */
export function* valuesOf(lines: Iterable<string>): Generator {
  // an indented document shows itself by its first line, which alone is no JSON
  let document: Array<string> | undefined
  let isFirst = true
  for (const line of lines) {
    if (document !== undefined) document.push(line)
    else if (line.trim() !== "") {
      const value = valueOf(line)
      if (value !== undefined) yield value
      else if (isFirst) document = [line]
      isFirst = false
    }
  }
  if (document === undefined) return
  const whole = valueOf(document.join("\n"))
  if (whole !== undefined) yield whole
  else
    for (const line of document) {
      const value = valueOf(line)
      if (value !== undefined) yield value
    }
}

/** The first values of a file, and the file as if none had been taken. */
const withHead = (
  values: Iterator<unknown>
): { readonly head: ReadonlyArray<unknown>; readonly all: Iterable<unknown> } => {
  const head: Array<unknown> = []
  while (head.length < HEAD) {
    const next = values.next()
    if (next.done === true) break
    head.push(next.value)
  }
  function* all(): Generator {
    yield* head
    for (let next = values.next(); next.done !== true; next = values.next()) yield next.value
  }
  return { head, all: all() }
}

/** The sessions of a transcript; none where no reader knows it. Ids begin with the given one. */
export const readTranscript = (lines: Iterable<string>, id: string): ReadonlyArray<RecordedSession> => {
  const { head, all } = withHead(valuesOf(lines))
  const reader = READERS.find((candidate) => candidate.detect(head))
  if (reader === undefined) return []
  const transcripts = reader.read(all)
  return transcripts.flatMap((transcript, i) =>
    sessionsOf(transcript, reader.agent, transcripts.length > 1 ? `${id}.${i}` : id)
  )
}
