/** Packs the parser's grammars for publication: apart from the bundle, which tests make again and again. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { brotliCompressSync, constants } from "node:zlib"
import { GRAMMAR_FOLDER, GRAMMARS, type GrammarName, readGrammar } from "../src/adapters/code-parser/grammars.ts"
import { root } from "./bundle.ts"

/** The packages whose files are passed on. */
const LICENSED = ["web-tree-sitter", "@vscode/tree-sitter-wasm", "@repomix/tree-sitter-wasms"]

/** The grammars of the parser, at a quality of compression that takes seconds: the best one takes a minute for a tenth less. */
export const packGrammars = (outdir: string): void => {
  const folder = `${root}${outdir}/${GRAMMAR_FOLDER}`
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
