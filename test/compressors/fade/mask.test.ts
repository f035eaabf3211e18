import { describe, expect, it } from "vitest"
import { Account } from "../../../src/compressors/fade/account.ts"
import { hiddenIn, maskOf } from "../../../src/compressors/fade/mask.ts"
import { AGES } from "../../../src/compressors/fade/rules.ts"
import type { Block, Call } from "../../../src/domain/document.ts"
import { numberedLines } from "../../../src/domain/numbered-lines.ts"

const called = (call: Call): Block<string> => ({ _tag: "Called", call })
const answered = (call: Call, text: string, isError = false): Block<string> => ({
  _tag: "Slot",
  at: "",
  role: "tool",
  text,
  call,
  isError,
  protection: undefined
})
const says = (text: string): Block<string> => ({ _tag: "Said", role: "assistant", text })
/** Turns of the model in which nothing is said of anything. */
const idle = (turns: number): ReadonlyArray<Block<string>> =>
  Array.from({ length: turns }).flatMap(() => [says("Going on."), { _tag: "Said", role: "user", text: "yes" } as const])

const accountOf = (...blocks: ReadonlyArray<Block<string>>): Account => {
  const account = new Account()
  for (const block of blocks) account.add(block)
  return account
}

/** The lines of the first output that are hidden, from 1. */
const hidden = (account: Account): ReadonlyArray<number> => {
  const [output] = account.outputs
  const mask = output && maskOf(account, output, AGES.safe, undefined)
  return mask === undefined ? [] : [...mask].flatMap((isHidden, line) => (isHidden === 1 ? [line + 1] : []))
}

const bash = (command: string): Call => ({ tool: "Bash", input: { command } })
const read = (file: string): Call => ({ tool: "Read", input: { file_path: file } })
const plain = (from: number, count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, i) => `the step with number ${from + i} went well and took a short while`)

describe("what fades of an output", () => {
  it("is nothing while it is young, and lines without names after a few turns", () => {
    const lines = plain(1, 12)
    const run = [called(bash("make all")), answered(bash("make all"), lines.join("\n"))]
    expect(hidden(accountOf(...run, ...idle(4)))).toEqual([])
    expect(hidden(accountOf(...run, ...idle(5)))).toEqual(lines.map((_, i) => i + 1))
  })

  it("is not a name that stands there alone, until much later; said or shown again it goes with the rest", () => {
    const lines = [...plain(1, 6), "wrote target/release/very_own_artifact.bin", ...plain(7, 6)]
    const run = [called(bash("make all")), answered(bash("make all"), lines.join("\n"))]
    expect(hidden(accountOf(...run, ...idle(20)))).not.toContain(7)
    expect(hidden(accountOf(...run, ...idle(20)))).toContain(6)
    expect(hidden(accountOf(...run, ...idle(AGES.safe.outputAlone + 5)))).toContain(7)
    const said = says("It is at target/release/very_own_artifact.bin now.")
    expect(hidden(accountOf(...run, said, ...idle(6)))).toContain(7)
    const listed = answered(bash("ls"), "target/release/very_own_artifact.bin")
    expect(hidden(accountOf(...run, called(bash("ls")), listed, ...idle(6)))).toContain(7)
  })

  it("is not what the agent has named lately", () => {
    const lines = [...plain(1, 6), "running check_cache_index", ...plain(7, 6)]
    const run = [called(bash("make all")), answered(bash("make all"), lines.join("\n"))]
    expect(hidden(accountOf(...run, ...idle(20), says("Now check_cache_index."), ...idle(2)))).not.toContain(7)
    expect(hidden(accountOf(...run, ...idle(20), says("Now check_cache_index."), ...idle(6)))).toContain(7)
  })
})

describe("what fades of lines that a search or a patch printed", () => {
  const lines = plain(1, 12)

  it("is nothing while they may be all that is in sight of a file; shown again they go with the rest", () => {
    for (const command of ["rg -n step src", "git diff"]) {
      const found = [called(bash(command)), answered(bash(command), lines.join("\n"))]
      expect(hidden(accountOf(...found, ...idle(AGES.safe.fileTwice - 1)))).toEqual([])
      expect(hidden(accountOf(...found, ...idle(AGES.safe.fileTwice)))).toHaveLength(12)
      const again = [called(read("src/a.txt")), answered(read("src/a.txt"), lines.slice(0, 6).join("\n"))]
      expect(hidden(accountOf(...found, ...again, ...idle(AGES.safe.output)))).toEqual([1, 2, 3, 4, 5, 6])
    }
  })
})

describe("what fades of a file", () => {
  const lines = Array.from({ length: 30 }, (_, i) => `  const value${i} = compute(value, ${i}) // for the step ${i}`)
  const first = [called(read("src/a.ts")), answered(read("src/a.ts"), lines.join("\n"))]
  const edit: Call = {
    tool: "Edit",
    input: { file_path: "/p/src/a.ts", old_string: lines.slice(4, 10).join("\n"), new_string: "  // gone\n" }
  }

  it("is what an edit has replaced, and what is old", () => {
    expect(hidden(accountOf(...first, ...idle(10)))).toEqual([])
    expect(hidden(accountOf(...first, called(edit), answered(edit, "done"), ...idle(10)))).toEqual([5, 6, 7, 8, 9, 10])
    expect(hidden(accountOf(...first, ...idle(170))).length).toBe(30)
  })

  it("is nothing of what a failed edit would have replaced, or one of another file", () => {
    expect(hidden(accountOf(...first, called(edit), answered(edit, "String not found", true), ...idle(10)))).toEqual([])
    const other: Call = { tool: "Edit", input: { ...(edit.input as object), file_path: "/p/src/b.ts" } }
    expect(hidden(accountOf(...first, called(other), answered(other, "done"), ...idle(10)))).toEqual([])
  })

  it("is young again where it is read again", () => {
    const again = [called(read("src/a.ts")), answered(read("src/a.ts"), lines.join("\n"))]
    expect(hidden(accountOf(...first, ...idle(100), ...again, ...idle(15)))).toEqual([])
  })
})

describe("the lines that a view hides", () => {
  const lines = numberedLines(["a", "b", "c", "d", "e"].join("\n"))

  it("are read from its markers", () => {
    const view = "a\n[… 2-3: 2 lines]\nd\ne\n[… 2 of 5 lines hidden; headroom retrieve 1a2b3c4d5e6f]"
    expect([...(hiddenIn(view, lines) ?? [])]).toEqual([0, 1, 1, 0, 0])
  })

  it("are unknown where no run of lines is hidden", () => {
    expect(hiddenIn("a\nb", lines)).toBeUndefined()
    expect(hiddenIn("a\n[… 2-5: 2 rows]", lines)).toBeUndefined()
  })
})
