/** What the README promises exists: scripts, commands, flags, benches, links, code that compiles, figures of the demo. */
import { execFile, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import packageJson from "../package.json" with { type: "json" }

const root = fileURLToPath(new URL("..", import.meta.url))
const scratch = join(root, "node_modules", ".cache", `headroom-readme-${process.pid}`)
const readme = readFileSync(join(root, "README.md"), "utf8")
const guides = [
  "README.md",
  "CONTRIBUTING.md",
  "AGENTS.md",
  "docs/agents.md",
  "docs/architecture.md",
  "docs/configuration.md",
  "docs/hook.md",
  "docs/ledger.md",
  "docs/mcp.md",
  "docs/prose.md",
  "docs/sessions.md",
  "docs/wrap.md",
  "docs/eval.md",
  "docs/policy.md"
]

const headroom = async (...args: ReadonlyArray<string>): Promise<string> => {
  const home = join(tmpdir(), `headroom-readme-${process.pid}`)
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", "src/command.ts", ...args], {
    cwd: root,
    env: { ...process.env, HEADROOM_HOME: home, NO_COLOR: "1" },
    maxBuffer: 2 ** 24
  })
  return stdout
}

const blocks = (language: string): ReadonlyArray<string> =>
  [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, name, code = ""]) =>
    name === language ? [code] : []
  )

/** Every `headroom …` of the text: shell lines and words in backquotes. */
const commandsIn = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/(?:npx |`|\| |\$ )headroom ([a-z][^`\n#|]*)/g)].map(([, words = ""]) => words.trim())

/** Flags of each command and of those below it, as `--help` prints them. */
const flagsOf = (help: string): ReadonlyMap<string, ReadonlySet<string>> => {
  const flags = new Map<string, Set<string>>()
  for (const [, name = "", rest = ""] of help.matchAll(/^ {2}- (\w+)(.*)$/gm)) {
    const own = flags.get(name) ?? new Set()
    for (const [, flag = ""] of rest.matchAll(/(--[a-z-]+)/g)) own.add(flag)
    flags.set(name, own)
  }
  return flags
}

beforeAll(() => mkdirSync(scratch, { recursive: true }))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

describe("the documents", () => {
  it.each(guides)("%s names npm scripts and files that exist", (name) => {
    const text = readFileSync(join(root, name), "utf8")
    const scripts = [...text.matchAll(/npm run ([a-z:]+)/g)].map(([, script]) => script)
    expect(scripts.filter((script) => script === undefined || !(script in packageJson.scripts))).toEqual([])
    const programs = [...text.matchAll(/npx tsx ([\w./-]+\.ts)/g)].map(([, path = ""]) => path)
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path = ""]) => join(name, "..", path))
    expect([...programs, ...links].filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  it("name source files that exist", () => {
    for (const name of guides) {
      const text = readFileSync(join(root, name), "utf8")
      const paths = [...text.matchAll(/`((?:src|test|property-tests|bench|docs|samples|examples)\/[\w./-]+\.\w+)`/g)]
      expect(paths.map(([, path = ""]) => path).filter((path) => !existsSync(join(root, path)))).toEqual([])
    }
  })
})

describe("the README", () => {
  it("uses commands and flags that the command line has", async () => {
    const flags = flagsOf(await headroom("--help"))
    expect(flags.get("compress")).toContain("--budget")
    const used = guides.flatMap((name) => commandsIn(readFileSync(join(root, name), "utf8")))
    expect(used.length).toBeGreaterThan(6)
    for (const words of used) {
      const [command = ""] = words.split(" ")
      expect([...flags.keys()], words).toContain(command)
      for (const [flag] of words.matchAll(/--[a-z-]+/g)) expect([...(flags.get(command) ?? [])], words).toContain(flag)
    }
  })

  it("has examples that compile", () => {
    const sources = blocks("ts")
    expect(sources.length).toBeGreaterThan(1)
    const files = sources.map((source, at) => {
      writeFileSync(join(scratch, `example-${at}.ts`), source)
      return `example-${at}.ts`
    })
    writeFileSync(
      join(scratch, "tsconfig.json"),
      JSON.stringify({ extends: join(root, "tsconfig.json"), files, include: [] })
    )
    const tsc = join(root, "node_modules", "typescript", "bin", "tsc")
    const { stdout } = spawnSync(process.execPath, [tsc, "-p", scratch], { encoding: "utf8" })
    expect(stdout).toBe("")
  })

  it("shows what the demo prints, to three points", async () => {
    const savings = (table: string): ReadonlyArray<readonly [string, ReadonlyArray<number>]> =>
      [...table.matchAll(/^(\w[\w ,]*?) {2,}(.*%.*)$/gm)].map(([, title = "", rest = ""]) => [
        title,
        [...rest.matchAll(/(\d+) %/g)].map(([, percent]) => Number(percent))
      ])
    const shown = savings(blocks("console")[0] ?? "")
    const printed = new Map(savings((await headroom("demo")).split("\n\n")[0] ?? ""))
    expect(shown.length).toBeGreaterThan(5)
    expect(shown.map(([title]) => title)).toEqual([...printed.keys()])
    for (const [title, percents] of shown)
      percents.forEach((percent, column) =>
        expect(Math.abs(percent - (printed.get(title)?.[column] ?? -100)), title).toBeLessThanOrEqual(3)
      )
  })
})
