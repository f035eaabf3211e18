/** The server over standard input and output, for a client that starts it; it ends when the client closes its end. */
import * as Effect from "effect/Effect"
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js"
import { serverOver } from "./server.ts"
import type { Needs } from "./tools.ts"

export const serveStdio: Effect.Effect<void, never, Needs> = Effect.flatMap(Effect.runtime<Needs>(), (runtime) =>
  Effect.acquireUseRelease(
    Effect.promise(async () => {
      const server = serverOver(runtime)
      await server.connect(new StdioServerTransport())
      return server
    }),
    () =>
      Effect.async<void>((resume) => {
        const end = (): void => resume(Effect.void)
        process.stdin.once("end", end)
        process.stdin.once("close", end)
        // The client went away without closing.
        process.stdout.once("error", end)
      }),
    (server) => Effect.promise(() => server.close())
  )
)
