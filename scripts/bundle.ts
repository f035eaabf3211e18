/**
 * Bundles the command and the library, split so that their parts load when they are needed: finding and parsing hundreds of modules
 * would take most of a short command's time.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { brotliCompressSync, constants } from "node:zlib"
import { build, type BuildOptions, type Plugin } from "esbuild"
import { GRAMMAR_FOLDER, GRAMMARS, type GrammarName, readGrammar } from "../src/adapters/code-parser/grammars.ts"
import { makePage } from "../src/apps/proxy/dashboard/page.ts"

export const root = fileURLToPath(new URL("..", import.meta.url))

/** The command carries all it needs: one process, started often; and so do the threads of its proxy and of the parser. */
const COMMAND = {
  headroom: "src/command.ts",
  "engine-thread": "src/apps/proxy/engine-thread.ts",
  "code-parser": "src/adapters/code-parser/worker.ts"
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

/** The packages whose files are passed on. */
const LICENSED = ["web-tree-sitter", "@vscode/tree-sitter-wasm", "@repomix/tree-sitter-wasms"]

/** The grammars of the parser, at a quality of compression that takes seconds: the best one takes a minute for a tenth less. */
const packGrammars = (folder: string): void => {
  mkdirSync(folder, { recursive: true })
  for (const name of Object.keys(GRAMMARS) as ReadonlyArray<GrammarName>) {
    const bytes = readGrammar(name)
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: 9,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length
    }
    writeFileSync(`${folder}/${name}.wasm.br`, brotliCompressSync(bytes, { params }))
  }
  const licences = LICENSED.map((name) => `${name}\n\n${readFileSync(`${root}node_modules/${name}/LICENSE`, "utf8")}`)
  writeFileSync(`${folder}/LICENSE.txt`, licences.join("\n"))
}

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

/**
 * Writes `headroom.js`, `index.js`, `effect.js`, the threads' scripts and the hook's files, with the chunks that they share and the
 * grammars, into a folder inside the package.
 */
export const bundle = async (outdir: string): Promise<void> => {
  await bundleOf(outdir, COMMAND, [])
  await bundleOf(outdir, LIBRARY, ["effect"])
  await bundleHook(outdir)
  packGrammars(`${root}${outdir}/${GRAMMAR_FOLDER}`)
}
