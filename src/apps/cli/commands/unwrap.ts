/** `headroom unwrap`: other programs' settings as they were before `headroom wrap` edited them; needs no proxy, and does nothing twice. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import { agents } from "../../../adapters/agents/registry.ts"
import { ConfigEdits } from "../../../adapters/config-files/config-edits.ts"
import { report, type Row } from "../registrations.ts"
import { ownerOf } from "../wrap/holders.ts"
import { dryRun, json } from "./mcp.ts"
import { agentOf } from "./wrap.ts"

const names = Args.text({ name: "AGENT" }).pipe(
  Args.withDescription("Default: all whose settings wrap has edited."),
  Args.repeated
)

const OUTCOMES = { undone: "put back", removed: "put back", kept: "kept: changed by someone since" } as const

export const unwrap = Command.make("unwrap", { names, dryRun, json }, (flags) =>
  Effect.gen(function* () {
    const edits = yield* ConfigEdits
    const chosen = flags.names.length === 0 ? agents : yield* Effect.forEach(flags.names, agentOf)
    const owners = yield* edits.owners
    const rows = yield* Effect.forEach(chosen, ({ name }): Effect.Effect<ReadonlyArray<Row>> => {
      if (flags.dryRun)
        return Effect.succeed(owners.has(ownerOf(name)) ? [{ name, outcome: "would be put back", file: "" }] : [])
      return Effect.match(edits.undo(ownerOf(name)), {
        onSuccess: (done) => done.map(({ file, outcome }) => ({ name, outcome: OUTCOMES[outcome], file })),
        onFailure: ({ file, message }) => [{ name, outcome: "failed", file, detail: message }]
      })
    })
    const all = rows.flat()
    yield* report(
      all.length > 0 || flags.json ? all : [{ name: "nothing to put back", outcome: "", file: "" }],
      flags.json
    )
  })
).pipe(
  Command.withDescription(
    "Put back the settings of programs that wrap has edited; agents led by their process need none."
  )
)
