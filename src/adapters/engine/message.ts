/** What the thread that carries the streams and a thread of the engine say to each other. */
import type { Digest } from "../../domain/digest.ts"
import type { FadeJob, FadeResult, Job, JobResult } from "../../pipeline/ports/engine.ts"
import type { Session } from "../../pipeline/ports/originals.ts"

export type Asked =
  | { readonly _tag: "Settle"; readonly id: number; readonly job: Job }
  | { readonly _tag: "Fade"; readonly id: number; readonly job: FadeJob }
  | {
      readonly _tag: "Leave"
      readonly keys: ReadonlyArray<Digest>
      readonly session: Session
      readonly epoch: Digest | undefined
    }

export type Answered =
  /** The thread has loaded its parts: jobs are done at once from now on. */
  | { readonly _tag: "Ready" }
  | { readonly _tag: "Settled"; readonly id: number; readonly result: JobResult }
  | { readonly _tag: "Faded"; readonly id: number; readonly result: FadeResult }
