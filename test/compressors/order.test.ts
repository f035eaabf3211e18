import { describe, expect, it } from "vitest"
import { decide } from "../../src/compressors/decide.ts"
import { registry } from "../../src/compressors/registry.ts"
import { noHint } from "../../src/domain/content.ts"
import { gapsOf } from "../../src/domain/marker.ts"
import { ShownIndex } from "../../src/domain/shown.ts"
import { draft } from "../../src/domain/view.ts"

const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => `${line(i)}\n`).join("")

/** Texts with runs of alike lines between others; each line says its place in `#`. */
const RUNS: Readonly<Record<string, string>> = {
  log: lines(900, (i) => {
    const time = `2024-05-01T10:${String(Math.floor(i / 60)).padStart(2, "0")}:${String(i % 60).padStart(2, "0")}Z`
    if (i % 300 === 150) return `${time} ERROR shard ${i / 150} lost its leader #${i}`
    if (i % 300 === 151) return `${time} WARN election of shard ${i % 7} begins #${i}`
    return `${time} INFO ${i < 450 ? "heartbeat from node" : "snapshot of node"} ${i % 9} done #${i}`
  }),
  "a build": lines(700, (i) =>
    i % 233 === 200
      ? `src/part${i}.c:${i}:5: error: unknown type name 'word${i}' #${i}`
      : `[${i}/700] Building C object lib/CMakeFiles/core.dir/part${i}.c.o #${i}`
  ),
  listing: lines(600, (i) => `packages/part${Math.floor(i / 40)}/src/index-of-${i * 31}-#${i}.ts`),
  search: lines(
    500,
    (i) => `src/mod${Math.floor(i / 25)}/file.ts:${(i % 25) + 3}:  const same = compute("words", other) // #${i}`
  ),
  structure: `services:\n${lines(150, (i) => `  service-${i}:\n    image: "registry/name:#${2 * i}"\n    replicas: 3 # #${2 * i + 1}`)}`
}

describe.each(Object.entries(RUNS))("runs of alike lines in %s", (_, text) => {
  const decision = decide(
    {
      text,
      hint: noHint,
      kind: undefined,
      want: { visibleOnly: false, budgetTokens: 800, question: "", wholeWords: true }
    },
    new ShownIndex(),
    registry
  )
  const view = decision._tag === "Unchanged" ? text : draft(decision.proof.layers)

  it("are hidden where they stand, what stays in its order", () => {
    expect(decision._tag).toBe("Hide")
    const places = [...view.matchAll(/#(\d+)/g)].map(([, place]) => Number(place))
    expect(places.length).toBeGreaterThan(0)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(gapsOf(view).length).toBeGreaterThan(0)
  })

  it("stand in gaps that count them between the lines around", () => {
    const total = text.split("\n").length - 1
    const shown = view.split("\n")
    let last = 0
    for (const line of shown) {
      const range = /^\[… (\d+)-(\d+): (\d+) lines/.exec(line)
      if (range === null) continue
      expect(Number(range[1])).toBeGreaterThan(last === total ? 0 : last)
      last = Number(range[2])
    }
    const foot = /\[… (\d+) of (\d+) lines hidden/.exec(view)
    expect(Number(foot?.[2])).toBe(total)
    expect(Number(foot?.[1])).toBeGreaterThan(total / 3)
  })
})
