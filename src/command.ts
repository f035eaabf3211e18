#!/usr/bin/env node
/**
 * The command's first file: it knows the apps, which do not know each other, and answers `--version` by itself, because loading
 * everything else takes longer than the answer is worth.
 */
import { existsSync } from "node:fs"
import packageJson from "../package.json" with { type: "json" }

const [first, ...rest] = process.argv.slice(2)

/** Beside this file where the package is built. */
const engineThread = new URL("./engine-thread.js", import.meta.url)

if (rest.length === 0 && (first === "--version" || first === "-v")) process.stdout.write(`${packageJson.version}\n`)
else {
  // before there is anything to collect: what a heap has grown to it keeps
  if (first === "proxy") (await import("./apps/proxy/heap.ts")).keepHeapSmall()
  const { runCommand } = await import("./apps/cli/main.ts")
  runCommand({
    mcp: async () => (await import("./apps/mcp/mcp.ts")).serve,
    proxy: async () => {
      const { serve } = await import("./apps/proxy/proxy.ts")
      return (flags, tell) => serve(flags, existsSync(engineThread) ? engineThread : undefined, tell)
    }
  })
}
