/** `headroom run` and the pipe form, as an agent's shell uses them: one process a test, real commands. */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { bundle } from "../../../scripts/bundle.ts"
import { refsIn } from "../../../src/domain/marker.ts"

/** Inside the package, because the bundle finds the store's driver from there. */
const built = fileURLToPath(new URL(`../../../node_modules/.cache/headroom-run-${process.pid}/`, import.meta.url))
const log = fileURLToPath(new URL("../../../samples/service.log", import.meta.url))

let folder = ""
beforeAll(async () => {
  await bundle(built)
  folder = mkdtempSync(join(tmpdir(), "headroom-run-"))
})
afterAll(() => {
  for (const path of [folder, built]) rmSync(path, { recursive: true, force: true })
})

interface Ran {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

const start = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}): ChildProcess =>
  spawn(process.execPath, [join(built, "headroom.js"), ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "", HOME: folder, HEADROOM_HOME: join(folder, "home"), ...env }
  })

const ended = (child: ChildProcess, input: string | undefined = ""): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const out: Array<Buffer> = []
    const err: Array<Buffer> = []
    child.stdout?.on("data", (chunk: Buffer) => out.push(chunk))
    child.stderr?.on("data", (chunk: Buffer) => err.push(chunk))
    child.on("error", reject)
    child.on("close", (code, signal) =>
      resolve({ code, signal, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() })
    )
    child.stdin?.on("error", () => {})
    child.stdin?.end(input)
  })

const run = (...args: ReadonlyArray<string>): Promise<Ran> => ended(start(["run", ...args]))
const node = (script: string): ReadonlyArray<string> => ["--", process.execPath, "-e", script]

describe("headroom run", () => {
  it("prints what the command prints, smaller, and what it says on standard error as it is", async () => {
    const { code, out, err } = await run(
      ...node(
        "for (let i = 0; i < 300; i++) console.log(`10:00:${i % 60} INFO worker ${i % 7} finished a job in ${i * 31} ms`); console.error('as it is')" // oxlint-disable-line no-template-curly-in-string -- the child's own template
      )
    )
    expect([code, err]).toEqual([0, "as it is\n"])
    expect(out).toContain("finished a job")
    expect(out.length).toBeLessThan(10_000)
  })

  it("keeps the text of files as it is, by the command's own words", async () => {
    expect((await run("--", "cat", log)).out).toBe(readFileSync(log, "utf8"))
  })

  it("keeps the exit code, also of commands that are killed or not there", async () => {
    expect((await run(...node("console.log('x'); process.exit(7)"))).code).toBe(7)
    expect((await run(...node("process.kill(process.pid, 'SIGKILL')"))).code).toBe(137)
    const missing = await run("--", "no-such-command-anywhere")
    expect([missing.code, missing.err]).toEqual([127, "headroom: no-such-command-anywhere: no such command\n"])
    expect((await run("--")).code).toBe(2)
    expect((await run()).code).toBe(2)
  })

  it("hands standard input and every word through", async () => {
    const echo = "process.stdin.pipe(process.stdout); console.log(JSON.stringify(process.argv.slice(1)))"
    const { out } = await ended(start(["run", ...node(echo), "--", "a b", "--budget", "$HOME", ""]), "typed\n")
    expect(out).toBe('["a b","--budget","$HOME",""]\ntyped\n')
  })

  it("takes the command without two dashes, behind its own options", async () => {
    expect((await run("--kind", "text", process.execPath, "-e", "console.log('--kind')")).out).toBe("--kind\n")
  })

  it("hides under a marker where a budget asks for it, and keeps the original", async () => {
    const { out } = await run(
      "--budget",
      "500",
      ...node(`process.stdout.write(require("fs").readFileSync(${JSON.stringify(log)}))`)
    )
    const [ref = ""] = refsIn(out)
    const original = await ended(start(["retrieve", ref]))
    expect(original.out).toBe(readFileSync(log, "utf8"))
  })

  it("passes signals on, and prints what there was until then", async () => {
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      const child = start([
        "run",
        ...node(
          `process.on("${signal}", () => { console.log("got it"); process.exit(5) }); console.error("ready"); setInterval(() => {}, 1000)`
        )
      ])
      child.stderr?.once("data", () => child.kill(signal))
      const { code, out } = await ended(child)
      expect([signal, code, out]).toEqual([signal, 5, "got it\n"])
    }
  })

  it("passes bytes on that are no text", async () => {
    const { code, out } = await run(
      ...node("process.stdout.write(Buffer.from([0, 1, 2, 200, 255]).toString('latin1'), 'latin1')")
    )
    expect([code, out.length > 0]).toEqual([0, true])
  })

  it("loses no output where nothing can be stored", async () => {
    const { code, out } = await ended(
      start(
        [
          "run",
          "--budget",
          "50",
          ...node("for (let i = 0; i < 400; i++) console.log('row', i * 7919 % 1000, 'of the report')")
        ],
        { HEADROOM_HOME: "/dev/null/x" }
      )
    )
    expect(code).toBe(0)
    expect(refsIn(out)).toEqual([])
    expect(out).toContain("of the report")
  })
})

describe("command | headroom", () => {
  it("is headroom compress -", async () => {
    const text = readFileSync(log, "utf8")
    const [piped, named] = await Promise.all([ended(start([]), text), ended(start(["compress", "-"]), text)])
    expect([piped.code, piped.out]).toEqual([0, named.out])
    expect(piped.out.length).toBeLessThan(text.length)
  })
})
