/**
 * Bundles the command and the library, split so that their parts load when they are needed: finding and parsing hundreds of modules
 * would take most of a short command's time.
 */
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"

export const root = fileURLToPath(new URL("..", import.meta.url))

const ENTRIES: Readonly<Record<string, string>> = {
  headroom: "src/apps/cli/entry.ts",
  index: "src/index.ts",
  effect: "src/effect.ts"
}

/** Writes `headroom.js` and `index.js`, with the chunks that they share, into a folder inside the package. */
export const bundle = async (outdir: string): Promise<void> => {
  await build({
    absWorkingDir: root,
    entryPoints: Object.entries(ENTRIES).flatMap(([out, path]) => (existsSync(root + path) ? [{ in: path, out }] : [])),
    outdir,
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: ["better-sqlite3"],
    legalComments: "linked",
    // bundled CommonJS asks for node's modules by `require`, which an ES module lacks
    banner: {
      js: 'import { createRequire as createRequireForBundle } from "node:module"; const require = createRequireForBundle(import.meta.url);'
    },
    logLevel: "warning"
  })
}
