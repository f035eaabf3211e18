/**
 * One writer at a time over processes, by a file that says who holds it: a hard link appears whole or not at all, and what a killed
 * process left behind is taken over.
 */
import { randomUUID } from "node:crypto"
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"

/** Edits take milliseconds: who holds the lock for longer has died, and its number went to another process. */
const STALE_MS = 60_000
const WAIT_MS = 10_000
const PAUSE_MS = 20

const codeOf = (error: unknown): unknown =>
  typeof error === "object" && error !== null && "code" in error ? error.code : ""

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8")
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined
    throw error
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === "EPERM"
  }
}

const isStale = (path: string, holder: string): boolean => {
  if (!isAlive(Number.parseInt(holder, 10))) return true
  try {
    return Date.now() - statSync(path).mtimeMs > STALE_MS
  } catch {
    return false
  }
}

/** Takes a dead holder's lock away; where a living one took it over in between, that one gets it back. */
const clear = (path: string, holder: string): void => {
  const aside = `${path}.${process.pid}`
  try {
    renameSync(path, aside)
    if (read(aside) !== holder) linkSync(aside, path)
  } catch (error) {
    if (!["ENOENT", "EEXIST"].includes(String(codeOf(error)))) throw error
  }
  rmSync(aside, { force: true })
}

const pause = (): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS)
}

/** Runs `use` while this process alone holds the lock; undefined where another held it for too long. */
export const withLock = <A>(path: string, use: () => A): { readonly value: A } | undefined => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const own = `${process.pid} ${randomUUID()}`
  const draft = `${path}.${process.pid}.draft`
  writeFileSync(draft, own, { mode: 0o600 })
  try {
    for (const until = Date.now() + WAIT_MS; ; pause()) {
      try {
        linkSync(draft, path)
        break
      } catch (error) {
        if (codeOf(error) !== "EEXIST") throw error
      }
      const holder = read(path)
      if (holder !== undefined && isStale(path, holder)) clear(path, holder)
      else if (Date.now() > until) return undefined
    }
  } finally {
    rmSync(draft, { force: true })
  }
  try {
    return { value: use() }
  } finally {
    if (read(path) === own) rmSync(path, { force: true })
  }
}
