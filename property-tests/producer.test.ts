import * as fc from "effect/FastCheck"
import { describe, expect, it } from "vitest"
import { hintFrom, nameOf } from "../src/compressors/producer.ts"
import { parseShell, type Script } from "../src/compressors/shell.ts"

const piece = fc.constantFrom(
  ..."' \" \\ ` $( ) ( { } ${ ; & && || | |& \n # < > << <<- <<< >> 2>&1 EOF for in do done if then else fi case esac while cat sed -n a=1 rg git diff \u0000 \ud800 xargs bash -c eval echo $(cat".split(
    " "
  ),
  "\n",
  " "
)
const lines = fc.oneof(
  fc.array(piece, { maxLength: 60 }).map((parts) => parts.join(" ")),
  fc.array(piece, { maxLength: 60 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary" })
)

const depthOf = (script: Script): number =>
  Math.max(
    0,
    ...script.flatMap((pipeline) => pipeline.map((stage) => (stage.group === undefined ? 0 : 1 + depthOf(stage.group))))
  )

/** Time on the processor, which other work on the machine does not lengthen. */
const processorMs = (): number => process.cpuUsage().user / 1_000

describe("shell lines", () => {
  it("are read, whatever they hold, to the same bounded tree", () => {
    fc.assert(
      fc.property(lines, (line) => {
        const script = parseShell(line)
        expect(parseShell(line)).toEqual(script)
        expect(depthOf(script)).toBeLessThanOrEqual(40)
      })
    )
  })

  it("give back the words that were quoted", () => {
    const word = fc.string({ minLength: 1, unit: "binary" }).filter((text) => !text.includes("\u0000"))
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), (words) => {
        const line = words.map((text) => `'${text.replaceAll("'", "'\\''")}'`).join(" ")
        expect(parseShell(line).map((pipeline) => pipeline.map((stage) => stage.words))).toEqual([[words]])
      })
    )
  })

  it("cost no more than their length, however deep they open", () => {
    const seconds = (text: string): number => {
      const from = processorMs()
      hintFrom({ tool: "bash", input: { command: text } })
      return processorMs() - from
    }
    for (const unit of [
      "(",
      "$(",
      "`",
      '"$(',
      "{ ",
      "<<a ",
      "for i in x; do ",
      "a|",
      "echo $(",
      "\\\n",
      "bash -c '",
      "if ",
      "&& ",
      "#\n"
    ]) {
      seconds(unit.repeat(1_000))
      const small = Math.min(...[1, 2, 3].map(() => seconds(unit.repeat(10_000))))
      const large = Math.min(...[1, 2, 3].map(() => seconds(unit.repeat(80_000))))
      expect(large, JSON.stringify(unit)).toBeLessThan(40 * small + 100)
    }
  })
})

describe("hints and names", () => {
  const calls = fc.record({
    tool: fc.oneof(
      fc.constantFrom("Bash", "Read", "shell", "exec_command", "mcp__a__b", ""),
      fc.string({ unit: "binary" })
    ),
    input: fc.oneof(
      fc.record({ command: lines }),
      fc.record({ cmd: lines }),
      fc.record({ command: fc.array(lines) }),
      fc.record({ file_path: lines }),
      lines,
      fc.anything()
    )
  })

  it("are the same each time, and of the form that they promise", () => {
    fc.assert(
      fc.property(calls, (call) => {
        const hint = hintFrom(call)
        expect(hintFrom(call)).toEqual(hint)
        for (const command of hint.commands) expect(command).toBe(command.toLowerCase())
        const name = nameOf(call)
        expect(nameOf(call)).toBe(name)
        expect(name.length).toBeLessThanOrEqual(40)
        expect(name).not.toMatch(/["[\]\n\r]|^\s|\s$|^$/)
      })
    )
  })

  it("know a file that stands anywhere in a line of commands", () => {
    const quiet = fc.constantFrom("ls", "git status", "npm test", "echo x", "cd a", "rg -n x | head -3")
    fc.assert(
      fc.property(
        fc.array(quiet),
        fc.array(quiet),
        fc.constantFrom("cat a", "sed -n 1,9p a", "git show HEAD:a | head -4"),
        (before, after, file) => {
          const command = [...before, file, ...after].join(" && ")
          expect(hintFrom({ tool: "bash", input: { command } }).origin).toBe("file")
        }
      )
    )
  })
})
