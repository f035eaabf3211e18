/**
 * Work that nobody asked for, done before a thread says that it is ready: the first decision of a process takes fifty times as long as
 * the next ones, for its code is compiled and its store opened meanwhile, and an agent would wait for it.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Digest } from "../../domain/digest.ts"
import { Engine, type Job, type JobBlock } from "../../pipeline/ports/engine.ts"

const lines = (count: number, line: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => line(at)).join("\n")

/** One of each kind, of the size that most outputs have. */
const TEXTS: ReadonlyArray<readonly [tool: string, command: string, text: string]> = [
  [
    "Bash",
    "curl localhost/users",
    JSON.stringify(
      Array.from({ length: 40 }, (_, id) => ({ id, name: `user-${id}`, active: true })),
      null,
      2
    )
  ],
  [
    "Bash",
    "npm run build",
    lines(60, (at) => `2026-01-01 10:00:${at} INFO worker-${at % 4} took job ${at * 7919} in ${at % 13} ms`)
  ],
  [
    "Bash",
    "rg -n value src",
    lines(60, (at) => `src/part-${at % 5}.ts:${at}:export const value${at} = compute(${at * 31})`)
  ],
  [
    "Bash",
    "git diff",
    `diff --git a/a.ts b/a.ts\n--- a/a.ts\n+++ b/a.ts\n@@ -1,40 +1,40 @@\n${lines(40, (at) => `${at % 9 === 0 ? "+" : " "}const a${at} = ${at}`)}`
  ],
  ["Read", "", lines(80, (at) => `${at + 1}\tconst line${at} = ${at * 17}`)],
  ["Read", "", lines(80, (at) => `${at + 1}\tconst line${at} = ${at * 17}`)],
  ["WebFetch", "", lines(20, (at) => `The quay was closed in winter ${at}, because of the ice. Nobody came.\n`)]
]

const ROUNDS = 4

const blocksOf = (round: number): ReadonlyArray<JobBlock> =>
  TEXTS.flatMap(([tool, command, text], at): ReadonlyArray<JobBlock> => {
    const call = { tool, input: command === "" ? { file_path: `f${at % 4}` } : { command } }
    const slot = {
      role: "tool",
      text: text.replaceAll("7", String(round)),
      call,
      isError: false,
      protection: undefined
    } as const
    const key = String(at).repeat(64) as Digest
    return [
      { _tag: "Called", call },
      { _tag: "Slot", ...slot, at: { key, known: undefined, isSent: false } }
    ]
  })

/** Decides texts of every kind a few times, keeps nothing of it. */
export const warmUp: Effect.Effect<void, never, Engine> = Effect.gen(function* () {
  const engine = yield* Engine
  for (let round = 0; round < ROUNDS; round++) {
    const job: Job = {
      from: undefined,
      to: "0".repeat(64) as Digest,
      blocks: blocksOf(round),
      mode: "visible",
      session: { id: "", project: "" },
      deadline: (yield* Clock.currentTimeMillis) + 1_000,
      isDry: true
    }
    yield* Effect.ignore(engine.settle(job))
  }
})
