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

/**
 * What a published grammar does wrong, as hexadecimal bytes that stand in its file once, and what does it right in as many.
 *
 * Swift's scanner asks for no memory, `calloc(0, 4)`, and takes what was freed there for the number of hashes of an open string: the same
 * source was parsed as the sources before it had left the memory.
 */
const MENDS: Readonly<Partial<Record<GrammarName, readonly [wrong: string, right: string]>>> = {
  swift: ["0c004100410410", "0c004101410410"]
}

const mended = (name: GrammarName, bytes: Buffer): Uint8Array => {
  const mend = MENDS[name]
  if (mend === undefined) return bytes
  const [wrong, right] = mend.map((hex) => Buffer.from(hex, "hex")) as [Buffer, Buffer]
  const at = bytes.indexOf(wrong)
  // A grammar published anew may have nothing to mend.
  if (at < 0 || bytes.includes(wrong, at + 1)) return bytes
  return Buffer.concat([bytes.subarray(0, at), right, bytes.subarray(at + right.length)])
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
  return mended(name, readFileSync(createRequire(import.meta.url).resolve(`${GRAMMARS[name]}.wasm`)))
}

export const readRuntime = (): Uint8Array => readGrammar(RUNTIME)
