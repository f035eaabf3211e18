/** The store's file made before SQLite opens it, because its journals take over its permissions. */
import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs"
import { dirname } from "node:path"

export const createFile = (filename: string): void => {
  mkdirSync(dirname(filename), { recursive: true, mode: 0o700 })
  try {
    closeSync(openSync(filename, "ax", 0o600))
  } catch (cause) {
    if (typeof cause !== "object" || cause === null || !("code" in cause) || cause.code !== "EEXIST") throw cause
    try {
      chmodSync(filename, 0o600)
    } catch {
      // Another owner's file: its permissions are theirs.
    }
  }
}
