/**
 * The dashboard's page: one document that asks nobody but the proxy for anything.
 *
 * Run from source it is put together here; the bundler runs this file once and puts what it gives in its place, so that an installed
 * proxy builds nothing.
 */
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { buildSync } from "esbuild"

export interface Page {
  readonly html: string
  /** What the page may do: run its own script, wear its own style, ask its own origin. */
  readonly policy: string
}

const folder = new URL("./client/", import.meta.url)

const built = (name: string): string => {
  const [file] = buildSync({
    entryPoints: [fileURLToPath(new URL(name, folder))],
    bundle: true,
    minify: true,
    charset: "utf8",
    format: "iife",
    target: "es2022",
    write: false
  }).outputFiles
  return (file?.text ?? "").trim()
}

const sourceOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`

export const makePage = (): Page => {
  const style = built("style.css")
  const script = built("main.ts")
  const template = readFileSync(new URL("index.html", folder), "utf8")
  const html = template
    .replace("<style></style>", () => `<style>${style}</style>`)
    .replace("<script></script>", () => `<script>${script}</script>`)
  const policy = [
    "default-src 'none'",
    `style-src ${sourceOf(style)}`,
    `script-src ${sourceOf(script)}`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'"
  ].join("; ")
  return { html, policy }
}
