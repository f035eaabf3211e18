/**
 * When a thread that has the store open may be ended: not within a statement. A driver's native code that makes a JavaScript error while its
 * thread is being ended ends the whole process, so a proxy whose disk was full went down with a thread that was merely late.
 *
 * Two numbers that both sides see: how many statements are under way, and whether the end was asked for. Each side writes its own before
 * it reads the other's, so at least one of them sees the other.
 */
import type { Worker } from "node:worker_threads"

const UNDER_WAY = 0
const IS_ENDING = 1
/** Nobody writes here: a thread that waits for its end waits on it. */
const NEVER = 2

/** Told to a thread when it is started. */
export type Ending = Int32Array

export const newEnding = (): Ending => new Int32Array(new SharedArrayBuffer(12))

/** Called in the thread: before a statement, where it stays if its end was asked for, and after. */
export const enter = (ending: Ending): void => {
  Atomics.add(ending, UNDER_WAY, 1)
  if (Atomics.load(ending, IS_ENDING) === 0) return
  Atomics.sub(ending, UNDER_WAY, 1)
  Atomics.wait(ending, NEVER, 0)
}

export const leave = (ending: Ending): void => {
  Atomics.sub(ending, UNDER_WAY, 1)
}

/** How often a thread that is within a statement is looked at again. */
const LOOK_MS = 5

/** Ends a thread from outside, at once where it is not within a statement. */
export const endThread = (worker: Worker, ending: Ending): Promise<unknown> => {
  Atomics.store(ending, IS_ENDING, 1)
  return new Promise((resolve) => {
    const look = (): void => {
      if (Atomics.load(ending, UNDER_WAY) === 0) resolve(worker.terminate())
      else setTimeout(look, LOOK_MS)
    }
    look()
  })
}
