/** The recorded sessions beside the repository, read as the lab reads them: the same calls, messages, times and system texts. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { beforeAll, describe, expect, it } from "vitest"
import type { RecordedSession } from "../../../src/domain/recording.ts"
import { readTranscript } from "../../../src/wire/sessions/read.ts"

const shared = fileURLToPath(new URL("../../../../shared/", import.meta.url))
const isThere = existsSync(`${shared}lab/sessions.mjs`) && existsSync(`${shared}corpus/traces`)

interface Trace {
  readonly id: string
  readonly system?: string
  readonly at: ReadonlyArray<number | undefined>
  readonly messages: RecordedSession["messages"]
}

/** The lab's own reader of an agent's files, for those of the folders whose names differ. */
const LAB_NAMES: Readonly<Record<string, string>> = { "tau-bench": "openai" }

const filesIn = (folder: string): ReadonlyArray<readonly [agent: string, path: string]> =>
  !isThere
    ? []
    : readdirSync(shared + folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .flatMap(({ name }) =>
          readdirSync(`${shared}${folder}/${name}`)
            .sort()
            .map((file) => [name, `${shared}${folder}/${name}/${file}`] as const)
        )

const own = (path: string): ReadonlyArray<RecordedSession> =>
  readTranscript(readFileSync(path, "utf8").split("\n"), "x")

const asTrace = ({ id, system, messages, circumstances }: RecordedSession): Trace => ({
  id,
  ...(system === undefined ? {} : { system }),
  at: circumstances.map((one) => one.at),
  messages
})

const isCall = (message: { readonly role: string }): boolean => message.role === "assistant"

describe.skipIf(!isThere)("recorded sessions", () => {
  let readOne: (agent: string, path: string, id: string) => ReadonlyArray<Trace>
  let load: (folder: string) => ReadonlyArray<Trace>
  beforeAll(async () => {
    process.env["LAB_MODULES"] = fileURLToPath(new URL("../../../", import.meta.url)).replace(/\/$/, "")
    readOne = ((await import(`${shared}lab/sessions.mjs`)) as { readOne: typeof readOne }).readOne
    load = ((await import(`${shared}lab/traces.mjs`)) as { load: typeof load }).load
  })

  it("are there", () => expect(filesIn("corpus/sessions").length).toBeGreaterThan(10))

  it.each(filesIn("corpus/sessions"))("of %s are what the lab reads: %s", (agent, path) => {
    const theirs = readOne(agent, path, "x")
    const ours = new Map(own(path).map((session) => [session.id, asTrace(session)]))
    expect(theirs.length).toBeGreaterThan(0)
    for (const trace of theirs) expect(ours.get(trace.id)).toEqual(trace)
  })

  // one file is made to be broken: where the lab stops at a line that is none, we go on
  const traces = filesIn("corpus/traces").filter(
    ([agent, path]) =>
      ["claude-code", "pi-agent", "tau-bench"].includes(agent) && !/edge_cases|few_shot|sample_session/.test(path)
  )
  it.each(traces)("of %s among the older ones too: %s", (agent, path) => {
    const ours = own(path).map(asTrace)
    for (const trace of readOne(LAB_NAMES[agent] ?? agent, path, "x")) expect(ours).toContainEqual(trace)
  })

  it("of SWE-agent, and side chains, have the calls that the lab counts", () => {
    const traced = load(`${shared}corpus/traces`).filter(({ id }) => /^swe-agent\/|#side$/.test(id))
    expect(traced.length).toBeGreaterThan(5)
    for (const trace of traced) {
      const stem = trace.id.replace(/#side$/, "")
      const [, path = ""] = filesIn("corpus/traces").find(([, name]) => name.includes(`/${stem}.`)) ?? []
      // side chains are one trace to the lab
      const sessions = own(path).filter((one) => one.id.includes("#side") === trace.id.includes("#side"))
      const calls = sessions.flatMap((one) => one.messages).filter(isCall)
      expect([trace.id, calls.length]).toEqual([trace.id, trace.messages.filter(isCall).length])
    }
  })

  it("of the formats' own samples are told apart", () => {
    const samples = filesIn("corpus/traces").filter(([folder]) => folder === "session-formats")
    const agents = samples.map(([, path]) => [path.slice(path.lastIndexOf("/") + 1), own(path)[0]?.agent])
    expect(Object.fromEntries(agents)).toEqual({
      "claude-small.jsonl": "claude-code",
      "codex-small.jsonl": "codex",
      "gemini-large.json": "gemini-cli",
      "kimi-small.jsonl": undefined
    })
  })
})
