/** The agents that take MCP servers: installing, telling and uninstalling all ask the same descriptor, so that they look at the same place. */
import type { Change } from "../config-files/change.ts"
import type { Launch, Machine } from "../settings/machine.ts"
import { type Agent, type Mcp, SERVER } from "./agent.ts"
import { agents, isUsed } from "./registry.ts"

export interface McpClient extends Mcp {
  readonly agent: Agent
}

export const mcpClients: ReadonlyArray<McpClient> = agents.flatMap((agent) =>
  agent.mcp === undefined ? [] : [{ ...agent.mcp, agent }]
)

export const isThere = ({ agent }: McpClient, machine: Machine): boolean => isUsed(agent, machine)

/** What stands in the client's settings once the server is installed there. */
export const registration = (client: McpClient, machine: Machine, launch: Launch): Change => ({
  owner: `mcp/${client.name}`,
  file: client.file(machine),
  format: client.format,
  edits: [{ _tag: "Set", at: [...client.at, SERVER], value: client.entry(launch) }]
})
