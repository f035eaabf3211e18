/**
 * Builds dist/: the command as split bundles, whose parts load when they are needed, the library beside it, and its type declarations.
 *
 * Bundles, because finding and parsing hundreds of modules takes most of a short command's time.
 */
import { execFileSync } from "node:child_process"
import { chmodSync, existsSync, rmSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"

const root = fileURLToPath(new URL("..", import.meta.url))

const entries: Readonly<Record<string, string>> = {
  headroom: "src/apps/cli/entry.ts",
  index: "src/index.ts"
}

rmSync(`${root}dist`, { recursive: true, force: true })

await build({
  absWorkingDir: root,
  entryPoints: Object.entries(entries).flatMap(([out, path]) => (existsSync(root + path) ? [{ in: path, out }] : [])),
  outdir: "dist",
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

chmodSync(`${root}dist/headroom.js`, 0o755)

if (existsSync(`${root}src/index.ts`)) {
  execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, "-p", `${root}tsconfig.build.json`], {
    cwd: root,
    stdio: "inherit"
  })
}
