/** The samples that ship with the package: real outputs under free licences, named in samples/SOURCES.md. */
import * as Effect from "effect/Effect"
import { existsSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { CommandError } from "../errors.ts"

export interface Sample {
  readonly title: string
  readonly text: string
}

const FILES = {
  "service log": "service.log",
  "build log": "build.log",
  "test output": "tests.jsonl",
  "issues, JSON": "issues.json",
  "events, JSON": "events.json",
  "search results": "search.txt",
  diff: "change.diff"
} as const

/** The folder stands beside the package's own code, whose depth differs between sources and bundles. */
const folder = (): URL | undefined => {
  for (let up = "./", levels = 0; levels < 8; up += "../", levels++) {
    const candidate = new URL(`${up}samples/`, import.meta.url)
    if (existsSync(new URL("SOURCES.md", candidate))) return candidate
  }
  return undefined
}

const read = (file: string): Effect.Effect<string, CommandError> =>
  Effect.tryPromise({
    try: () => readFile(new URL(file, folder()), "utf8"),
    catch: () =>
      new CommandError({ message: `samples/${file}: missing from this installation; install headroom-ts again` })
  })

export const readSamples: Effect.Effect<ReadonlyArray<Sample>, CommandError> = Effect.forEach(
  Object.entries(FILES),
  ([title, file]) => Effect.map(read(file), (text) => ({ title, text }))
)

export const readSession: Effect.Effect<unknown, CommandError> = Effect.flatMap(read("session.json"), (text) =>
  Effect.try({
    try: (): unknown => JSON.parse(text),
    catch: () => new CommandError({ message: "samples/session.json: damaged; install headroom-ts again" })
  })
)
