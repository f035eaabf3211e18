/** `headroom doctor` on healthy and on damaged homes: exit 0 for a default install, 1 for warnings, 2 for what is broken, and what `--fix` does. */
import { spawn } from "node:child_process"
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { bundle } from "../../../scripts/bundle.ts"
import { readRecords } from "../../../src/adapters/proxies/record.ts"

/** Inside the package, because the bundle finds the store's driver from there. */
const built = fileURLToPath(new URL(`../../../node_modules/.cache/headroom-doctor-${process.pid}/`, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "headroom-doctor-test-"))

beforeAll(() => bundle(built))
afterAll(() => {
  for (const path of [folder, built]) rmSync(path, { recursive: true, force: true })
})

let count = 0
const newHome = (): string => {
  const home = join(folder, `home ${count++}`)
  mkdirSync(join(home, "bin"), { recursive: true })
  return home
}

const write = (home: string, name: string, text: string): string => {
  const file = join(home, name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  return file
}

const run = (home: string, args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) =>
  new Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>((resolve) => {
    const child = spawn(process.execPath, [join(built, "headroom.js"), ...args], {
      cwd: home,
      env: {
        PATH: `${join(home, "bin")}${delimiter}/usr/bin${delimiter}/bin`,
        HOME: home,
        HEADROOM_HOME: join(home, "kept"),
        ...env
      }
    })
    let [out, err] = ["", ""]
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()))
    child.on("close", (code) => resolve({ code, out, err }))
  })

interface Row {
  readonly about: string
  readonly state: string
  readonly what: string
  readonly way?: string
}

const doctor = async (home: string, args: ReadonlyArray<string> = [], env: Readonly<Record<string, string>> = {}) => {
  const { code, err, out } = await run(home, ["doctor", "--json", ...args], env)
  return { code, err, rows: JSON.parse(out) as ReadonlyArray<Row> }
}

const wrong = (rows: ReadonlyArray<Row>) => rows.filter(({ state }) => state !== "ok")

describe("doctor", () => {
  it("finds a default install healthy, sends its canaries, and leaves nothing behind", async () => {
    const home = newHome()
    const { code, err, rows } = await doctor(home)
    expect([code, err, wrong(rows)]).toEqual([0, "", []])
    expect(rows.filter(({ about }) => about.startsWith("canary")).map(({ about }) => about)).toEqual([
      "canary, anthropic messages",
      "canary, openai responses",
      "canary, openai chat",
      "canary, gemini contents",
      "canary, ledger"
    ])
    expect(rows.find(({ about }) => about === "canary, ledger")?.what).toBe("8 requests were recorded")
    expect(readRecords(join(home, "kept"))).toEqual([])
    const text = await run(home, ["doctor"])
    expect(text.out).toMatch(/^ok {2}headroom /)
  })

  it("with an agent, its hook and the tools it is healthy too", async () => {
    const home = newHome()
    write(home, ".claude/settings.json", "{}\n")
    for (const name of ["headroom", "claude"]) {
      const file = write(home, `bin/${name}`, "#!/bin/sh\necho 1.2.3\n")
      chmodSync(file, 0o755)
    }
    await run(home, ["hook", "install"])
    await run(home, ["mcp", "install"])
    const { code, rows } = await doctor(home)
    expect([code, wrong(rows)]).toEqual([0, []])
    expect(rows.filter(({ about }) => about === "claude").map(({ what }) => what)).toEqual([
      expect.stringContaining("Claude Code 1.2.3, "),
      "requests go to the vendor; headroom wrap claude",
      "the hook is installed",
      "the MCP server is installed"
    ])
  })

  it("warns of a hook that cannot name what it shows, and of settings that cannot be read", async () => {
    const home = newHome()
    write(home, ".claude/settings.json", "{}\n")
    await run(home, ["hook", "install"])
    const broken = write(home, ".cursor/mcp.json", '{ "a": 1 "b": 2 }')
    const { code, rows } = await doctor(home, ["--fix"])
    expect([code, wrong(rows).map(({ about, state }) => [about, state])]).toEqual([
      1,
      [
        ["claude", "warning"],
        ["cursor", "warning"]
      ]
    ])
    expect(readFileSync(broken, "utf8")).toBe('{ "a": 1 "b": 2 }')
  })

  it("says what is broken: an address where nothing listens, a damaged journal, a store that is none", async () => {
    const home = newHome()
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    write(
      home,
      ".claude/settings.json",
      `{ "env": { "ANTHROPIC_BASE_URL": "http://127.0.0.1:${port}/wrap/0123456789ab" } }\n`
    )
    write(home, "kept/edits.json", "{")
    write(home, "kept/originals.db", "this is no database, and was never one, whatever its name may say")
    const { code, rows } = await doctor(home)
    expect(code).toBe(2)
    expect(wrong(rows).map(({ about, state }) => `${about} ${state}`)).toEqual(
      expect.arrayContaining(["store broken", "journal broken", "claude broken"])
    )
    expect(rows.find(({ state, what }) => state === "broken" && what.includes("where nothing listens"))).toBeDefined()
  })

  it("puts back what a killed wrap has left, and renews an entry of another version", async () => {
    const home = newHome()
    const text = '{ "theme": "One" } // mine\n'
    const file = write(home, ".config/zed/settings.json", text)
    const wrapped = spawn(process.execPath, [join(built, "headroom.js"), "wrap", "zed", "--port", "0"], {
      cwd: home,
      env: { PATH: "/usr/bin", HOME: home, HEADROOM_HOME: join(home, "kept") },
      stdio: ["ignore", "pipe", "ignore"]
    })
    await new Promise((resolve) => wrapped.stdout.once("data", resolve))
    wrapped.kill("SIGKILL")
    expect(readFileSync(file, "utf8")).toContain("127.0.0.1")
    write(home, ".claude/settings.json", "{}\n")
    await run(home, ["hook", "install", "--mode", "offload"])
    const found = await doctor(home)
    expect(found.code).toBe(2)
    expect(wrong(found.rows).map(({ about, state }) => `${about} ${state}`)).toEqual(
      expect.arrayContaining(["zed broken", "claude warning"])
    )
    await doctor(home, ["--fix"])
    expect(readFileSync(file, "utf8")).toBe(text)
    const again = await doctor(home)
    expect(again.rows.filter(({ about, state }) => about === "zed" && state !== "ok")).toEqual([])
    expect(again.rows.find(({ what }) => what === "the hook is installed")).toBeDefined()
  })

  it("warns where nothing would get smaller", async () => {
    const { code, rows } = await doctor(newHome(), [], { HEADROOM_MODE: "off" })
    expect([code, wrong(rows).map(({ what }) => what)]).toEqual([1, ["HEADROOM_MODE is off: nothing gets smaller"]])
  })
})
