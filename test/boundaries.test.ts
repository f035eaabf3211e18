/** Who may import whom in src, what the pure folders must not touch, and how long a file may be; proven on planted violations. */
import { readdirSync, readFileSync } from "node:fs"
import { posix } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"

const FOLDERS = ["domain", "compressors", "wire", "pipeline", "adapters", "apps"] as const
type Folder = (typeof FOLDERS)[number]

/** What each folder may import: `domain ← compressors, wire ← pipeline ← adapters ← apps`. */
const REACH: Readonly<Record<Folder, ReadonlyArray<Folder>>> = {
  domain: ["domain"],
  compressors: ["domain", "compressors"],
  wire: ["domain", "wire"],
  pipeline: ["domain", "compressors", "wire", "pipeline"],
  adapters: ["domain", "compressors", "wire", "pipeline", "adapters"],
  apps: FOLDERS
}

const PURE: ReadonlyArray<Folder> = ["domain", "compressors", "wire"]
/** Packages that the pure folders use: pure themselves. */
const PURE_PACKAGES: ReadonlyArray<string> = ["eventsource-parser", "htmlparser2"]

/** What gives other bytes tomorrow, elsewhere, or after waiting. */
const IMPURE: ReadonlyArray<readonly [name: string, pattern: RegExp]> = [
  ["Date", /\bnew Date\b|\bDate\s*[.(]/],
  ["Math.random", /\bMath\s*\.\s*random\b/],
  ["Intl", /\bIntl\b/],
  ["locale", /\.\s*(?:toLocale\w+|localeCompare)\b/],
  ["process", /(?<![.\w])process\s*[.[]/],
  ["performance", /(?<![.\w])performance\s*[.[]/],
  ["timers", /(?<![.\w])(?:setTimeout|setInterval|setImmediate|queueMicrotask)\b/],
  ["fetch", /(?<![.\w])fetch\s*\(/],
  ["globalThis", /\bglobalThis\b/],
  ["crypto", /(?<![.\w])crypto\s*\./],
  ["async", /\basync\s*(?:\(|function\b|\w+\s*=>)|\bawait\s+\w|\bnew Promise\b|\bPromise\s*[.<]/]
]

/** The one file that may build receipts out of nothing, and who may import it. */
const RECEIPT = "domain/receipt.ts"
const RECEIPT_GRANTERS = "adapters/originals/"

const MAX_LINES = 350
/** Longer files, each with the reason why it is one noun. */
const LONG: Readonly<Record<string, string>> = {}

const COMMENT = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/g
const IMPORT =
  /(?<=^|[\n;])\s*(?:import|export)\s+(type\s+)?([\w*\s{},]*?)\s*from\s*["']([^"']+)["']|(?<=^|[\n;])\s*import\s*["']([^"']+)["']|\bimport\s*\(\s*["'`]?([^"'`)]*)["'`]?\s*\)|\brequire\s*\(\s*["']([^"']+)["']\s*\)/g

interface Imported {
  readonly specifier: string
  readonly names: string
}

const importsOf = (source: string): ReadonlyArray<Imported> =>
  [...source.replace(COMMENT, " ").matchAll(IMPORT)].map((match) => ({
    specifier: match[3] ?? match[4] ?? match[5] ?? match[6] ?? "",
    names: match[2] ?? ""
  }))

const folderOf = (path: string): Folder | undefined => FOLDERS.find((folder) => path.startsWith(`${folder}/`))
const appOf = (path: string): string | undefined => /^apps\/([^/]+)\//.exec(path)?.[1]
const isPackage = (specifier: string): boolean => !specifier.startsWith(".")

/** A file's broken rules; paths are relative to src. */
const violationsIn = (path: string, source: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  const folder = folderOf(path)
  if (folder === undefined && path.includes("/")) found.push(`${path}: in no known folder`)
  const pure = folder !== undefined && PURE.includes(folder)
  for (const { specifier, names } of importsOf(source)) {
    if (isPackage(specifier)) {
      if (pure && !PURE_PACKAGES.includes(specifier)) found.push(`${path}: pure, imports ${specifier}`)
      continue
    }
    if (folder === "apps" && specifier.endsWith("/package.json")) continue
    const target = posix.normalize(posix.join(posix.dirname(path), specifier))
    const to = folderOf(target)
    if (folder !== undefined && (to === undefined || !REACH[folder].includes(to)))
      found.push(`${path}: imports ${target}`)
    if (appOf(path) !== undefined && appOf(target) !== undefined && appOf(path) !== appOf(target))
      found.push(`${path}: an app imports another, ${target}`)
    if (target === RECEIPT && /\bgrantReceipt\b|\*/.test(names) && !path.startsWith(RECEIPT_GRANTERS))
      found.push(`${path}: grants receipts`)
  }
  if (pure) {
    const code = source.replace(COMMENT, " ")
    for (const [name, pattern] of IMPURE) {
      const own = name === "fetch" && /\bfetch\??:\s/.test(code)
      if (!own && pattern.test(code)) found.push(`${path}: pure, uses ${name}`)
    }
  }
  const lines = source.split("\n").length - (source.endsWith("\n") ? 1 : 0)
  if (lines > MAX_LINES && LONG[path] === undefined) found.push(`${path}: ${lines} lines`)
  if (lines <= MAX_LINES && LONG[path] !== undefined) found.push(`${path}: long no more, take it off the list`)
  return found
}

const root = fileURLToPath(new URL("../src/", import.meta.url))
const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .map((path) => path.split("\\").join("/"))
  .filter((path) => path.endsWith(".ts"))
  .sort()

describe("the imports of src", () => {
  it("keep to the arrows, the pure folders stay pure, and no file is too long", () => {
    expect(files.length).toBeGreaterThan(80)
    expect(files.flatMap((path) => violationsIn(path, readFileSync(`${root}${path}`, "utf8")))).toEqual([])
  })

  it("are all seen: every relative import names a file", () => {
    const missing = files.flatMap((path) =>
      importsOf(readFileSync(`${root}${path}`, "utf8"))
        .filter(({ specifier }) => specifier.startsWith(".") && specifier.endsWith(".ts"))
        .map(({ specifier }) => posix.normalize(posix.join(posix.dirname(path), specifier)))
        .filter((target) => !files.includes(target))
    )
    expect(missing).toEqual([])
    const counted = files.reduce((sum, path) => sum + importsOf(readFileSync(`${root}${path}`, "utf8")).length, 0)
    const written = files.reduce(
      (sum, path) => sum + (readFileSync(`${root}${path}`, "utf8").match(/\bfrom "[^"\n]+"$/gm) ?? []).length,
      0
    )
    expect(counted).toBeGreaterThanOrEqual(written)
  })

  it.each<readonly [broken: string, path: string, source: string]>([
    ["imports pipeline/x.ts", "domain/a.ts", 'import { x } from "../pipeline/x.ts"'],
    ["imports compressors/x.ts", "domain/a.ts", 'import type { X } from "../compressors/x.ts"'],
    ["imports wire/x.ts", "compressors/json/a.ts", 'export { x } from "../../wire/x.ts"'],
    ["imports compressors/x.ts", "wire/a.ts", 'import {\n  a,\n  b\n} from "../compressors/x.ts"'],
    ["imports adapters/x.ts", "pipeline/a.ts", 'const x = await import("../adapters/x.ts")'],
    ["imports apps/cli/x.ts", "adapters/a.ts", 'import "../apps/cli/x.ts"'],
    ["imports index.ts", "pipeline/a.ts", 'import { compress } from "../index.ts"'],
    ["an app imports another, apps/cli/x.ts", "apps/proxy/a.ts", 'import { x } from "../cli/x.ts"'],
    ["pure, imports node:fs", "compressors/a.ts", 'import { readFileSync } from "node:fs"'],
    ["pure, imports effect/Effect", "wire/a.ts", 'import * as Effect from "effect/Effect"'],
    ["grants receipts", "pipeline/a.ts", 'import { grantReceipt } from "../domain/receipt.ts"'],
    ["grants receipts", "apps/cli/a.ts", 'import { type Receipt, grantReceipt as g } from "../../domain/receipt.ts"'],
    ["grants receipts", "apps/cli/a.ts", 'import * as receipts from "../../domain/receipt.ts"'],
    ["pure, uses Date", "domain/a.ts", "const now = Date.now()"],
    ["pure, uses Date", "domain/a.ts", "const now = new Date()"],
    ["pure, uses Math.random", "domain/a.ts", "const x = Math.random()"],
    ["pure, uses Intl", "domain/a.ts", "new Intl.Collator()"],
    ["pure, uses locale", "domain/a.ts", "a.localeCompare(b)"],
    ["pure, uses locale", "domain/a.ts", "a.toLocaleLowerCase()"],
    ["pure, uses process", "domain/a.ts", 'process.env["X"]'],
    ["pure, uses performance", "domain/a.ts", "performance.now()"],
    ["pure, uses timers", "domain/a.ts", "setTimeout(f, 1)"],
    ["pure, uses fetch", "domain/a.ts", 'fetch("http://x")'],
    ["pure, uses globalThis", "domain/a.ts", 'globalThis["Date"]'],
    ["pure, uses crypto", "domain/a.ts", "crypto.randomUUID()"],
    ["pure, uses async", "domain/a.ts", "export const f = async () => 1"],
    ["351 lines", "domain/a.ts", "\n".repeat(351)],
    ["in no known folder", "utils/a.ts", ""]
  ])("says %s of a planted file %s", (broken, path, source) => {
    expect(violationsIn(path, source).map((text) => text.slice(path.length + 2))).toContain(broken)
  })

  it("lets through what is right", () => {
    expect(violationsIn("pipeline/a.ts", 'import type { Receipt } from "../domain/receipt.ts"')).toEqual([])
    expect(violationsIn("adapters/originals/a.ts", 'import { grantReceipt } from "../../domain/receipt.ts"')).toEqual(
      []
    )
    expect(violationsIn("apps/cli/a.ts", 'import { x } from "./b.ts"\nimport * as fs from "node:fs"')).toEqual([])
    expect(violationsIn("domain/a.ts", "/** Unlike `Date.now()`, pure. */\n// no process.env here\n")).toEqual([])
    expect(violationsIn("domain/a.ts", "\n".repeat(350))).toEqual([])
    expect(violationsIn("index.ts", 'export { x } from "./apps/library/client.ts"')).toEqual([])
  })
})
