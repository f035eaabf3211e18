/**
 * The grammars as WebAssembly files: in the published package compressed beside the code, 1.5 MB instead of the 22 MB that they take as
 * they are, so that whoever installs it has every language and nothing more to fetch; in a clone from the packages that publish them.
 */
import { existsSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
import { brotliDecompressSync } from "node:zlib"
import type { Language } from "../../compressors/code/language.ts"

/** The parser itself, which every grammar needs. */
const RUNTIME = "tree-sitter"
export type GrammarName = Language | typeof RUNTIME

const VSCODE = "@vscode/tree-sitter-wasm/wasm/tree-sitter-"
/** Has languages that the other lacks, and a C++ of two thirds the size. */
const REPOMIX = "@repomix/tree-sitter-wasms/out/tree-sitter-"

/** Where a grammar is published. */
export const GRAMMARS: Readonly<Record<GrammarName, string>> = {
  bash: `${VSCODE}bash`,
  c: `${REPOMIX}c`,
  cpp: `${REPOMIX}cpp`,
  csharp: `${VSCODE}c-sharp`,
  go: `${VSCODE}go`,
  java: `${VSCODE}java`,
  javascript: `${VSCODE}javascript`,
  php: `${VSCODE}php`,
  python: `${VSCODE}python`,
  ruby: `${VSCODE}ruby`,
  rust: `${VSCODE}rust`,
  swift: `${REPOMIX}swift`,
  tsx: `${VSCODE}tsx`,
  typescript: `${VSCODE}typescript`,
  "tree-sitter": "web-tree-sitter/web-tree-sitter"
}

/** The folder of the published package that has them, named from its root. */
export const GRAMMAR_FOLDER = "grammars"

/** Beside the file that this code was bundled into, or one folder up. */
const besideCode = (name: string): string | undefined =>
  ["./", "../"]
    .map((folder) => fileURLToPath(new URL(`${folder}${GRAMMAR_FOLDER}/${name}.wasm.br`, import.meta.url)))
    .find((path) => existsSync(path))

/** The bytes of a grammar; throws where it is nowhere. */
export const readGrammar = (name: GrammarName): Uint8Array => {
  const path = besideCode(name)
  if (path !== undefined) return brotliDecompressSync(readFileSync(path))
  return readFileSync(createRequire(import.meta.url).resolve(`${GRAMMARS[name]}.wasm`))
}

export const readRuntime = (): Uint8Array => readGrammar(RUNTIME)
