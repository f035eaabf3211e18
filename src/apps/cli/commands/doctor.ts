/** `headroom doctor`: whether everything that Headroom needs and does on this machine works, shown by doing it. */
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import { existsSync } from "node:fs"
import { hasCommand } from "../../../adapters/agents/claude-code-hook.ts"
import { ConfigEdits } from "../../../adapters/config-files/config-edits.ts"
import { runningProxies } from "../../../adapters/proxies/client.ts"
import { thisLaunch, thisMachine } from "../../../adapters/settings/machine.ts"
import { Settings, storeFile } from "../../../adapters/settings/settings.ts"
import { Originals } from "../../../pipeline/ports/originals.ts"
import packageJson from "../../../../package.json" with { type: "json" }
import { agentFindings } from "../doctor/agents.ts"
import { canaries } from "../doctor/canary.ts"
import { broken, type Finding, ok, warning } from "../doctor/finding.ts"
import { bytes, counted, table } from "../figures.ts"
import { layerStored } from "../layers.ts"
import { writeOutput } from "../streams.ts"
import { Screen } from "../terminal.ts"

const parameters = {
  json: Options.boolean("json").pipe(Options.withDescription("Print a JSON list.")),
  fix: Options.boolean("fix").pipe(Options.withDescription("Do what can be done about what is wrong."))
}

const installation = Effect.sync(() => {
  const { node, script } = thisLaunch()
  const about = "headroom"
  return [
    ok(about, `${packageJson.version}, ${script}`),
    ok(about, `node ${process.versions.node}, ${node}`),
    // wrap puts it on the agent's PATH by itself
    ok(about, hasCommand(thisMachine()) ? "`headroom` is on your PATH" : "`headroom` is not on your PATH")
  ]
})

const store = Effect.gen(function* () {
  const { home } = yield* Settings
  const file = storeFile(home)
  if (!existsSync(file)) return [ok("store", `${file} is made when something is stored`)]
  const stats = yield* Effect.flatMap(Originals, (originals) => originals.stats)
  return [ok("store", `${file}: ${counted(stats.originals, "original")}, ${bytes(stats.storedBytes)}`)]
}).pipe(
  Effect.provide(layerStored),
  Effect.catchTag("OriginalsError", (error) =>
    Effect.map(Settings, ({ home }) => [
      broken(
        "store",
        `${storeFile(home)}: ${error.message}`,
        "free space or permissions; or move the file away, with all that is stored"
      )
    ])
  )
)

const journal = Effect.gen(function* () {
  const edits = yield* ConfigEdits
  const owners = yield* edits.owners
  return [
    ok("journal", owners.size === 0 ? "no settings of other programs are edited" : `edited: ${[...owners].join(", ")}`)
  ]
}).pipe(
  Effect.catchTag("ConfigEditError", ({ message }) =>
    Effect.succeed([broken("journal", message, "move it away; what it says can then be undone by hand alone")])
  )
)

const proxies = Effect.gen(function* () {
  const { home } = yield* Settings
  const running = yield* runningProxies(home)
  if (running.length === 0) return [ok("proxy", "none runs; wrap starts one")]
  return running.map(({ address, pid, version }) =>
    version === packageJson.version
      ? ok("proxy", `${address}, process ${pid}`)
      : warning("proxy", `${address} is of version ${version}`, "end it, and start it anew")
  )
})

const PAINTS = { ok: "green", warning: "yellow", broken: "red" } as const

const print = (findings: ReadonlyArray<Finding>) =>
  Effect.gen(function* () {
    const { paint } = yield* Screen
    const rows = table(
      findings.map(({ about, state, what }) => [state, about, what]),
      new Set()
    )
    const lines = findings.flatMap(({ state, way }, i) => {
      const row = rows[i] ?? ""
      const painted = paint(PAINTS[state], state) + row.slice(state.length)
      return way === undefined ? [painted] : [painted, `         → ${way}`]
    })
    yield* writeOutput(`${lines.join("\n")}\n`)
  })

const isWrong = ({ state }: Finding): boolean => state !== "ok"

const gathered = Effect.map(
  Effect.all([installation, store, journal, proxies, agentFindings, canaries]),
  (all): ReadonlyArray<Finding> => all.flat()
)

const repaired = (findings: ReadonlyArray<Finding>) =>
  Effect.forEach(findings, (finding) =>
    finding.fix === undefined || !isWrong(finding)
      ? Effect.succeed(finding)
      : Effect.match(finding.fix, {
          onSuccess: (done) => ok(finding.about, `${finding.what}: ${done}`),
          onFailure: ({ message }): Finding => ({ ...finding, what: `${finding.what}: ${message}` })
        })
  )

/** 0: healthy. 1: warnings. 2: something is broken. */
const codeOf = (findings: ReadonlyArray<Finding>): number =>
  findings.some(({ state }) => state === "broken") ? 2 : findings.some(isWrong) ? 1 : 0

const run = Effect.fnUntraced(function* (flags: { readonly json: boolean; readonly fix: boolean }) {
  const found = yield* gathered
  const findings = flags.fix ? yield* repaired(found) : found
  if (flags.json)
    yield* writeOutput(
      `${JSON.stringify(findings.map(({ about, state, way, what }) => ({ about, state, what, way })))}\n`
    )
  else yield* print(findings)
  process.exitCode = codeOf(findings)
})

export const doctor = Command.make("doctor", parameters, run).pipe(
  Command.withDescription(
    "Check the installation, every agent here, and the way through the proxy, by requests to a vendor on this machine."
  )
)
