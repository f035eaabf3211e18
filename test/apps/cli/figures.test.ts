import { describe, expect, it } from "vitest"
import { compressors } from "../../../src/compressors/registry.ts"
import { KINDS } from "../../../src/domain/content.ts"
import { ageMs } from "../../../src/apps/cli/commands/purge.ts"
import { bytes, count, percent, table } from "../../../src/apps/cli/figures.ts"
import { textFrom } from "../../../src/apps/cli/streams.ts"

describe("figures", () => {
  it("group thousands with a comma on every machine", () => {
    expect([0, 999, 1000, 1234567].map(count)).toEqual(["0", "999", "1,000", "1,234,567"])
    expect([999, 1536, 2_500_000, 3e9].map(bytes)).toEqual(["999 B", "1.5 kB", "2.5 MB", "3.0 GB"])
    expect([percent(200, 50), percent(0, 0), percent(100, 110)]).toEqual(["75 %", "0 %", "-10 %"])
  })

  it("stand in columns", () => {
    expect(
      table(
        [
          ["a", "1"],
          ["bb", "22"]
        ],
        new Set([1])
      )
    ).toEqual(["a    1", "bb  22"])
  })
})

describe("input", () => {
  it("is text only if its bytes come back from it", () => {
    expect(textFrom(Buffer.from("grün\n"))).toBe("grün\n")
    expect(textFrom(Buffer.from([0xef, 0xbb, 0xbf, 0x61]))).toBe("\ufeffa")
    expect(textFrom(Buffer.from([0x61, 0xff]))).toBeUndefined()
    expect(textFrom(Buffer.from("a\0b"))).toBeUndefined()
  })
})

describe("options", () => {
  it("take ages in minutes, hours, days and weeks", () => {
    expect(["90m", "12h", "30d", "8w"].map(ageMs)).toEqual([5_400_000, 43_200_000, 2_592_000_000, 4_838_400_000])
    expect(["", "3", "3x", "-1d", "1.5h", "1e9d"].map(ageMs)).toEqual(Array(6).fill(undefined))
  })

  it("name every kind that there is", () => {
    expect([...KINDS].toSorted()).toEqual([...compressors.map((compressor) => compressor.kind), "text"].toSorted())
  })
})
