/** Every program of examples/ runs as its first line says, and does what it shows. */
import { execFile } from "node:child_process"
import { readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { describe, expect, it } from "vitest"

const root = fileURLToPath(new URL("..", import.meta.url))

const run = async (name: string): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", `examples/${name}`], { cwd: root })
  return stdout
}

const CHECKS: { readonly [name: string]: (out: string) => void } = {
  "compress-messages.ts": (out) => {
    expect(out).toContain("7,user-7,admin")
    const [, before, after] = /(\d+) tokens before, (\d+) after/.exec(out) ?? []
    expect(Number(after)).toBeLessThan(Number(before) / 2)
    expect(out).toMatch(/json: (?:Exact|Visible)/)
  },
  "compress-effect.ts": (out) => {
    const [view = "", original = ""] = out.split(/(?<=headroom retrieve [0-9a-f]{12}\]\n)/)
    expect(view).toContain("ERROR payment 8841 declined")
    expect(view).toMatch(/\[… \d+ of 400 lines hidden; headroom retrieve [0-9a-f]{12}\]/)
    expect(original).toContain("request 1248 served")
    expect(original).toContain("request 1252 served")
  },
  "custom-kind.ts": (out) => {
    expect(out).toContain("[database]")
    expect(out).toContain("ridge.orchid = orchid cedar")
    expect(out).toContain("[… 1-19: 19 lines, section server]")
    expect(out).not.toContain("[server]")
    expect(out).toMatch(/retrieve\("[0-9a-f]{12}"\)/)
  }
}

describe("examples", () => {
  it("are all checked", () => {
    expect(readdirSync(`${root}examples`).sort()).toEqual(Object.keys(CHECKS).sort())
  })

  it.each(Object.entries(CHECKS))("%s", async (name, check) => check(await run(name)))
})
