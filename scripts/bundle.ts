/**
 * Bundles the command and the library, split so that their parts load when they are needed: finding and parsing hundreds of modules
 * would take most of a short command's time.
 */
import { fileURLToPath } from "node:url"
import { build, type BuildOptions, type Plugin } from "esbuild"
import { makePage } from "../src/apps/proxy/dashboard/page.ts"

export const root = fileURLToPath(new URL("..", import.meta.url))

/** The command carries all it needs: one process, started often; and so do the threads of its proxy, of the parser and of the model. */
const COMMAND = {
  headroom: "src/command.ts",
  "engine-thread": "src/apps/proxy/engine-thread.ts",
  "code-parser": "src/adapters/code-parser/worker.ts",
  "prose-model": "src/adapters/prose-model/worker.ts"
}
/** The library shares its caller's copy of effect, so that services and errors are the same on both sides. */
const LIBRARY = { index: "src/index.ts", effect: "src/effect.ts" }

/** The dashboard stands in the bundle as the text that it is, so that an installed proxy builds nothing. */
export const pageAsText: Plugin = {
  name: "page-as-text",
  setup: (bundling) =>
    bundling.onLoad({ filter: /[\\/]dashboard[\\/]page\.ts$/ }, () => ({
      contents: `const page = ${JSON.stringify(makePage())}\nexport const makePage = () => page\n`,
      loader: "js"
    }))
}

const bundleOf = (
  outdir: string,
  entryPoints: Readonly<Record<string, string>>,
  external: ReadonlyArray<string>,
  more: BuildOptions = {}
) =>
  build({
    absWorkingDir: root,
    entryPoints: { ...entryPoints },
    outdir,
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    // one dependency's CommonJS asks for its own files by a `require` that no bundler can follow
    mainFields: ["module", "main"],
    external: ["better-sqlite3", ...external],
    plugins: [pageAsText],
    legalComments: "linked",
    // bundled CommonJS asks for node's modules by `require`, which an ES module lacks
    banner: {
      js: 'import { createRequire as createRequireForBundle } from "node:module"; const require = createRequireForBundle(import.meta.url);'
    },
    logLevel: "warning",
    ...more
  })

/**
 * What an agent starts at every call of a tool, and what that runs from V8's cache of compiled code: CommonJS, for the loader of modules
 * takes 15 ms more, and one file each, for each more takes one.
 */
const HOOK = { hook: "src/apps/hook/start.ts", "hook-main": "src/apps/hook/main.ts" }

/** Writes `hook.cjs` and `hook-main.cjs` into a folder inside the package; tells what went into them. */
export const bundleHook = async (outdir: string): Promise<ReadonlyArray<string>> => {
  const { metafile } = await bundleOf(outdir, HOOK, [], {
    splitting: false,
    minify: true,
    format: "cjs",
    outExtension: { ".js": ".cjs" },
    banner: {},
    metafile: true
  })
  return Object.values(metafile?.outputs ?? {}).flatMap(({ inputs }) => Object.keys(inputs))
}

/** What other programs load into themselves: a file each, that is all of it. */
const bundlePlugins = async (outdir: string): Promise<void> => {
  const alone = { splitting: false, banner: {} }
  await bundleOf(outdir, { "opencode-plugin": "src/apps/hook/opencode.ts" }, [], alone)
  // pi calls the default export
  const footer = { js: "export { extension as default }" }
  await bundleOf(outdir, { "pi-extension": "src/apps/hook/pi.ts" }, [], { ...alone, footer })
}

/**
 * Writes `headroom.js`, `index.js`, `effect.js`, the threads' scripts, the hook's files and the plugins, with the chunks that they share, into a folder
 * inside the package.
 */
export const bundle = async (outdir: string): Promise<void> => {
  await bundleOf(outdir, COMMAND, [])
  await bundleOf(outdir, LIBRARY, ["effect"])
  await bundleHook(outdir)
  await bundlePlugins(outdir)
}
