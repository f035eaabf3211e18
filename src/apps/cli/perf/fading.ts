/** A session replayed as a proxy would lead it, under each way in which old outputs may fade. */
import * as Effect from "effect/Effect"
import type { FadingChoice } from "../../../domain/fading-shares.ts"
import { FADING_CHOICES } from "../../../domain/fading-shares.ts"
import type { RecordedSession } from "../../../domain/recording.ts"
import { measureSession, type Replay, type SessionMeasure } from "../../../domain/session-measure.ts"
import { estimateTokens } from "../../../domain/tokens.ts"
import type { Headroom } from "../../../pipeline/headroom.ts"
import type { Originals } from "../../../pipeline/ports/originals.ts"
import { compressing, fading, replaySession } from "../../../pipeline/replay-session.ts"

const remembering = (count: (text: string) => number): ((text: string) => number) => {
  const known = new Map<string, number>()
  return (text) => {
    const before = known.get(text)
    if (before !== undefined) return before
    const tokens = count(text)
    known.set(text, tokens)
    return tokens
  }
}

const replayed = (
  session: RecordedSession,
  choice: FadingChoice
): Effect.Effect<Replay, never, Headroom | Originals> => {
  switch (choice) {
    case "visible":
      return replaySession(session, compressing({ mode: "visible" }))
    case "off":
      return replaySession(session, compressing({ mode: "offload" }))
    case "safe":
    case "strong":
      return replaySession(session, fading({ mode: "offload" }, choice))
  }
}

/** The session's measures, one a choice. */
export const fadingsOf = (
  session: RecordedSession
): Effect.Effect<ReadonlyArray<readonly [FadingChoice, SessionMeasure]>, never, Headroom | Originals> => {
  const count = remembering(estimateTokens)
  return Effect.forEach(FADING_CHOICES, (choice) =>
    Effect.map(replayed(session, choice), (replay) => [choice, measureSession(replay, count)] as const)
  )
}
