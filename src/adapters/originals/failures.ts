/** What the file system and SQLite call their failures, as reasons of the port. */
import { OriginalsError, type OriginalsFailure } from "../../pipeline/ports/originals.ts"

/** The first code in a chain of causes. */
const codeOf = (failure: unknown): string => {
  for (let cause = failure, depth = 0; typeof cause === "object" && cause !== null && depth < 8; depth++) {
    if ("code" in cause && typeof cause.code === "string") return cause.code
    cause = "cause" in cause ? cause.cause : undefined
  }
  return ""
}

const REASONS: ReadonlyArray<readonly [code: RegExp, reason: OriginalsFailure]> = [
  [/^(SQLITE_FULL|ENOSPC|EDQUOT|SQLITE_IOERR_(SHMSIZE|WRITE|FSYNC))/, "full"],
  [/^(SQLITE_READONLY|SQLITE_CANTOPEN|SQLITE_PERM|EROFS|EACCES|EPERM)/, "read-only"],
  [/^(SQLITE_CORRUPT|SQLITE_NOTADB|SQLITE_IOERR_SHORT_READ)/, "corrupt"],
  [/^(SQLITE_BUSY|SQLITE_LOCKED|SQLITE_PROTOCOL)/, "busy"]
]

export const originalsError =
  (operation: OriginalsError["operation"]) =>
  (cause: unknown): OriginalsError => {
    if (cause instanceof OriginalsError) return cause
    const code = codeOf(cause)
    const reason = REASONS.find(([pattern]) => pattern.test(code))?.[1] ?? "unavailable"
    return new OriginalsError({ operation, reason, cause })
  }
