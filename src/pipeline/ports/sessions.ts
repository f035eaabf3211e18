/**
 * Recorded sessions of agents on this machine: a port, because they lie in folders and databases of many forms.
 *
 * Laws: nothing is ever written, nor sent anywhere; the same file read twice gives the same sessions; a file of no known format holds
 * none, and what cannot be read fails by itself, so that one bad file never costs the others.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type { RecordedSession } from "../../domain/recording.ts"

/** A file that may hold sessions, or one session of a database. */
export interface Transcript {
  readonly path: string
  /** Names its sessions: the path from the folder it was found in, without the ending. */
  readonly id: string
  /** Bytes, where the size is known before reading. */
  readonly bytes: number
  /** When it was last written, in milliseconds since 1970. */
  readonly modified: number
  /** The session's key, where the file is a database. */
  readonly key?: string
}

export class SessionsError extends Data.TaggedError("SessionsError")<{
  readonly path: string
  readonly reason: "missing" | "unreadable" | "too-large"
  readonly cause?: unknown
}> {
  override get message(): string {
    return `${this.path}: ${WAYS_OUT[this.reason]}`
  }
}

const WAYS_OUT: Readonly<Record<SessionsError["reason"], string>> = {
  missing: "no such file or folder",
  unreadable: "could not be read; check its permissions",
  "too-large": "is one document too large to be read"
}

export class Sessions extends Context.Tag("headroom/Sessions")<
  Sessions,
  {
    /** Transcripts of the agents that this user has, wherever each keeps them; none is no failure. */
    readonly installed: Effect.Effect<ReadonlyArray<Transcript>>
    /** The transcripts under a folder, or a file as the one that it is; sorted by path. */
    readonly under: (path: string) => Effect.Effect<ReadonlyArray<Transcript>, SessionsError>
    readonly read: (transcript: Transcript) => Effect.Effect<ReadonlyArray<RecordedSession>, SessionsError>
  }
>() {}
