/** Who has another program's settings edited: wraps that run, each by a file, so that the last one puts them back, or the next one to start. */
import * as Effect from "effect/Effect"
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { agents } from "../../../adapters/agents/registry.ts"
import { ConfigEdits } from "../../../adapters/config-files/config-edits.ts"
import { isAlive } from "../../../adapters/proxies/record.ts"
import { Settings } from "../../../adapters/settings/settings.ts"

const folderIn = (home: string): string => join(home, "wraps")

export const ownerOf = (name: string): string => `wrap/${name}`

const holdersIn = (home: string, name: string): ReadonlyArray<number> => {
  let files: ReadonlyArray<string> = []
  try {
    files = readdirSync(folderIn(home))
  } catch {
    return []
  }
  return files.flatMap((file) => {
    const [, of, pid] = /^([\w-]+)\.(\d+)$/.exec(file) ?? []
    if (of !== name) return []
    if (isAlive(Number(pid))) return [Number(pid)]
    rmSync(join(folderIn(home), file), { force: true })
    return []
  })
}

/** Takes back the edits for an agent that no wrap needs any more; whether there were any. */
export const settle = (name: string) =>
  Effect.gen(function* () {
    const { home } = yield* Settings
    const edits = yield* ConfigEdits
    if (holdersIn(home, name).length > 0) return []
    return yield* edits.undo(ownerOf(name))
  })

/** Whether a wrap that is no more has left the agent's settings edited. */
export const leftBy = (name: string) =>
  Effect.gen(function* () {
    const { home } = yield* Settings
    const edits = yield* ConfigEdits
    return holdersIn(home, name).length === 0 && (yield* edits.owners).has(ownerOf(name))
  })

/** What wraps that were killed have left behind is put back. */
export const settleAll = Effect.forEach(
  agents.filter(({ route }) => route._tag === "Edit"),
  ({ name }) => Effect.ignore(settle(name))
)

/** While it is used, the agent's settings are needed as they were edited. */
export const holding = (name: string) =>
  Effect.gen(function* () {
    const { home } = yield* Settings
    const file = join(folderIn(home), `${name}.${process.pid}`)
    return yield* Effect.acquireRelease(
      Effect.sync(() => {
        mkdirSync(folderIn(home), { recursive: true, mode: 0o700 })
        writeFileSync(file, "", { mode: 0o600 })
      }),
      () =>
        Effect.zipRight(
          Effect.sync(() => rmSync(file, { force: true })),
          Effect.ignore(settle(name))
        )
    )
  })
