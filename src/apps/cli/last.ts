/** Remembers the last offloaded output and how it was made, so that `headroom show last` can show it again; losing this loses no text. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { mkdir, readFile, rename, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Settings } from "../../adapters/settings/settings.ts"

const Last = Schema.Struct({
  ref: Schema.String,
  /** When it was made, in milliseconds since 1970. */
  at: Schema.optional(Schema.Number),
  kind: Schema.optional(Schema.String),
  query: Schema.optional(Schema.String),
  file: Schema.optional(Schema.String),
  budgetTokens: Schema.optional(Schema.Number)
})
export type Last = typeof Last.Type

const LastText = Schema.parseJson(Last)

const fileIn = (home: string): string => join(home, "last.json")

/** Best effort: a folder that cannot be written has been reported by the store already. */
export const remember = (last: Omit<Last, "at">): Effect.Effect<void, never, Settings> =>
  Effect.flatMap(Effect.all([Settings, Clock.currentTimeMillis]), ([{ home }, at]) =>
    Effect.tryPromise(async () => {
      await mkdir(home, { recursive: true, mode: 0o700 })
      const draft = `${fileIn(home)}.${process.pid}`
      await writeFile(draft, Schema.encodeSync(LastText)({ ...last, at }), { mode: 0o600 })
      await rename(draft, fileIn(home))
    }).pipe(Effect.catchAll((error) => Effect.logDebug("last output not remembered", error)))
  )

export const recallLast: Effect.Effect<Last | undefined, never, Settings> = Effect.flatMap(Settings, ({ home }) =>
  Effect.tryPromise(() => readFile(fileIn(home), "utf8")).pipe(
    Effect.flatMap(Schema.decode(LastText)),
    Effect.catchAll(() => Effect.succeed(undefined))
  )
)
