/** The page of agents: a table from their descriptors, and what was seen with the programs themselves. */
import { readFileSync } from "node:fs"
import type { Agent, Route } from "../src/adapters/agents/agent.ts"
import { agents } from "../src/adapters/agents/registry.ts"
import { root } from "./bundle.ts"

interface Seen {
  readonly version: string
  readonly sent: number
  readonly plain: number
}
type Results = Readonly<Record<string, Readonly<Record<string, Seen>>>>

const WAYS: Readonly<Record<Route["_tag"], string>> = {
  Process: "its process",
  Edit: "its settings, put back",
  Paste: "by hand",
  None: "none"
}

const SHELLS: Readonly<Record<Agent["shell"], string>> = {
  free: "shell",
  sandboxed: "MCP (its sandbox keeps the shell from the store)",
  none: "MCP"
}

const redeemed = ({ mcp, shell }: Agent): string =>
  shell === "free" ? SHELLS.free : mcp === undefined ? "nothing" : SHELLS[shell]

const seenOf = ({ name, route }: Agent, results: Results): string => {
  const seen = results[name]
  if (seen === undefined) return route._tag === "Process" ? "stub" : route._tag === "Edit" ? "settings" : "untested"
  const [version = ""] = Object.values(seen).map((one) => one.version)
  return `${version}: ${Object.keys(seen).join(", ")}`
}

const row = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

const share = ({ plain, sent }: Seen): string => `${Math.round((100 * sent) / plain)} %`

export const agentsPage = (): string => {
  const results = JSON.parse(readFileSync(`${root}test/agents/results.json`, "utf8")) as Results
  const matrix = agents.map((agent) =>
    row([
      `${agent.title} (\`${agent.name}\`)`,
      WAYS[agent.route._tag],
      agent.hook === undefined ? "" : "yes",
      agent.mcp === undefined ? "" : `\`${agent.mcp.name}\``,
      redeemed(agent),
      seenOf(agent, results)
    ])
  )
  const sizes = Object.entries(results).flatMap(([name, ways]) =>
    Object.entries(ways)
      .filter(([, seen]) => seen.plain > 0)
      .map(([way, seen]) => row([name, way, String(seen.plain), String(seen.sent), share(seen)]))
  )
  return `# Agents

Made by \`npx tsx scripts/agents.ts\` from the descriptors in \`src/adapters/agents/registry.ts\` and from what \`npm run test:agents\` has seen, recorded in
\`test/agents/results.json\`. [wrap.md](wrap.md) says what the columns mean in practice.

| agent | led by | hook | MCP | gets hidden text back by | seen working |
|---|---|---|---|---|---|
${matrix.join("\n")}

* **led by**: *its process*: environment and arguments of the one process that \`headroom wrap\` starts, no file touched. *its settings*: edited while
  \`headroom wrap\` runs. *by hand*: \`headroom wrap\` prints what to enter where. *none*: its requests cannot be led; hook, MCP or \`headroom run\` remain.
* **hook**: a hook or plugin of the agent's that can replace a tool's output: \`headroom hook install\`.
* **seen working**: *version: proxy, hook, both, mcp*: the program itself, from npm, did a task of three tool calls that way against a
  scripted vendor, its requests were smaller, its settings came out byte for byte. *stub*: a program that stands for it
  was given what its documentation asks for, and its requests arrived, smaller, at their paths. *settings*: the edit is tested, the program
  is not. *untested*: what is printed or installed follows its documentation.

What the outputs of that task (one JSON listing, shown twice, and an edit) came to in the last request, in bytes:

| agent | by | unwrapped | wrapped | |
|---|---|--:|--:|--:|
${sizes.join("\n")}
`
}
