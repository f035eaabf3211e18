import { describe, expect, it } from "vitest"
import type { Slot } from "../../src/domain/document.ts"
import { anchored } from "../../src/domain/outcome.ts"
import type { Digest, Ref } from "../../src/domain/digest.ts"
import { holdsMarker, refsIn } from "../../src/domain/marker.ts"
import type { Receipt } from "../../src/domain/receipt.ts"
import { ShownIndex } from "../../src/domain/shown.ts"
import { settingsOf } from "../../src/pipeline/compress-document.ts"
import { decideAtSource, decideNumbered, type SourceDecision } from "../../src/pipeline/decide-at-source.ts"

const receipt = { ref: "1a2b3c4d5e6f" as Ref, digest: "1a2b3c4d5e6f".padEnd(64, "0") as Digest } as Receipt

const slot = (text: string, tool = "Bash", input: unknown = { command: "./report" }): Slot<undefined> => ({
  _tag: "Slot",
  at: undefined,
  role: "tool",
  text,
  call: { tool, input },
  isError: false,
  protection: undefined
})

const report = Array.from(
  { length: 30 },
  (_, i) => `section ${"abcdefghij"[i % 10]}${i}: the state of this part of it is ${i % 7 === 0 ? "bad" : "good"}\n`
).join("")
const rows = JSON.stringify(
  Array.from({ length: 40 }, (_, id) => ({ id, name: `service ${id}`, zone: "eu-central-1" }))
)
const log = Array.from(
  { length: 600 },
  (_, i) =>
    `2026-03-01T10:00:${String(i % 60).padStart(2, "0")}Z INFO worker ${i % 7} finished job ${1000 + i * 7919} in ${(i * 31) % 977} ms\n`
).join("")

const visible = settingsOf({ mode: "visible" }, false, true)
const offload = settingsOf({ mode: "offload", budgetTokens: 300 }, false, true)
const showing = (text: string): ShownIndex => {
  const shown = new ShownIndex()
  shown.add("Bash ./report", text)
  return shown
}

const viewOf = (decision: SourceDecision): string => {
  if (decision._tag !== "Anchor") throw new Error(decision._tag)
  const outcome = anchored(decision.proof, receipt)
  return outcome._tag === "Unchanged" ? "" : outcome.view.text
}

describe("an output that is seen alone", () => {
  it("names lines above with a ref to get them by", () => {
    const view = viewOf(decideAtSource(slot(report), showing(report), visible, true))
    expect(view).toMatch(
      /^\[lines 1-30 as in Bash \.\/report above: .*\]\n\[… 30 of 30 lines stand above; headroom retrieve 1a2b3c4d5e6f\]$/
    )
    expect(refsIn(view)).toEqual(["1a2b3c4d5e6f"])
  })

  it("names nothing above where no ref can be redeemed", () => {
    expect(decideAtSource(slot(report), showing(report), visible, false)._tag).not.toBe("Anchor")
    const decision = decideAtSource(slot(log), showing(log), offload, false)
    expect(decision._tag).toBe("Show")
  })

  it("names nothing above where the note and the foot cost about as much as the lines", () => {
    const few = report.split("\n").slice(0, 4).join("\n")
    const decision = decideAtSource(slot(few + log.slice(0, 400)), showing(few), visible, true)
    expect(decision._tag).not.toBe("Anchor")
  })

  it("needs no ref for what it shows whole", () => {
    const decision = decideAtSource(slot(rows), showing(report), visible, true)
    expect(decision._tag).toBe("Show")
  })

  it("shows what it can where its original cannot be kept", () => {
    const decision = decideAtSource(slot(log), showing(report), offload, true)
    if (decision._tag !== "Anchor") throw new Error(decision._tag)
    expect(holdsMarker(viewOf(decision))).toBe(true)
    expect(decision.otherwise()._tag).toBe("Show")
  })

  it("is left alone where it is what the model asked us for", () => {
    for (const each of [
      slot(report, "Bash", { command: "headroom retrieve 1a2b3c4d5e6f | head" }),
      slot(report, "mcp__headroom__headroom_retrieve", {})
    ])
      expect(decideAtSource(each, showing(report), visible, true)).toMatchObject({
        _tag: "Unchanged",
        reason: "protected"
      })
  })
})

describe("an output whose lines the agent numbers", () => {
  const file = slot(report, "Read", { file_path: "/a/report.txt" })

  it("is one note where it stands above", () => {
    const { decision, headLines } = decideNumbered(file, showing(report), visible, true)
    expect(headLines).toBe(30)
    expect(viewOf(decision)).toMatch(/^\[lines 1-30 as in /)
  })

  it("hides nothing and names nothing in its midst, whatever the mode", () => {
    const text = `first line of the file\n${report}last line of the file\n`
    for (const settings of [visible, offload])
      expect(
        decideNumbered(slot(text, "Read", { file_path: "/a" }), showing(report), settings, true).decision._tag
      ).toBe("Unchanged")
  })

  it("stays as it is without a way back", () => {
    expect(decideNumbered(file, showing(report), visible, false).decision._tag).toBe("Unchanged")
  })
})
