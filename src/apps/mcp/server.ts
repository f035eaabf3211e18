/** The MCP server: lists the tools and answers calls, over whatever transport it is connected to. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Runtime from "effect/Runtime"
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js"
import { CallToolRequestSchema, type CallToolResult, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js"
import packageJson from "../../../package.json" with { type: "json" }
import { type Needs, tools } from "./tools.ts"

const failed = (text: string): CallToolResult => ({ isError: true, content: [{ type: "text", text }] })

const callTool = (name: string, input: unknown): Effect.Effect<CallToolResult, never, Needs> => {
  const tool = tools.find((candidate) => candidate.name === name)
  if (tool === undefined)
    return Effect.succeed(failed(`there is no tool "${name}"; there are ${tools.map((each) => each.name).join(", ")}`))
  return tool.answer(input).pipe(
    Effect.map((text): CallToolResult => ({ content: [{ type: "text", text }] })),
    Effect.catchAll((error) => Effect.succeed(failed(error.message)))
  )
}

/** A server of its own for each connection; what it stands on is shared. */
export const serverOver = (runtime: Runtime.Runtime<Needs>): McpServer => {
  const mcp = new McpServer(
    { name: "headroom", title: "Headroom", version: packageJson.version },
    { capabilities: { tools: {} } }
  )
  // The tools have schemas of their own: the high-level way would ask for zod's.
  mcp.server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }))
  }))
  mcp.server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal }) => {
    const exit = await Runtime.runPromiseExit(runtime)(callTool(params.name, params.arguments), { signal })
    if (Exit.isSuccess(exit)) return exit.value
    if (Cause.isInterruptedOnly(exit.cause)) return failed("interrupted")
    await Runtime.runPromise(runtime)(Effect.logError("a tool failed", exit.cause))
    return failed("this is a bug in headroom, nothing was lost; use the text as it is")
  })
  return mcp
}
