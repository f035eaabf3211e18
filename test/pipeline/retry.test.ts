import * as Either from "effect/Either"
import { describe, expect, it } from "vitest"
import { UpstreamError, type UpstreamFailure } from "../../src/pipeline/ports/upstream.ts"
import { pauseAfter } from "../../src/pipeline/retry.ts"

const NOW = Date.parse("2026-01-01T00:00:00Z")
const answered = (status: number, ...fields: ReadonlyArray<string>) =>
  pauseAfter(Either.right({ status, fields }), 0, NOW)
const failed = (reason: UpstreamFailure) =>
  pauseAfter(Either.left(new UpstreamError({ origin: "http://a", reason, code: "" })), 1, NOW)

describe("a request goes again", () => {
  it.each<readonly [status: number, fields: ReadonlyArray<string>, pause: number | undefined]>([
    [429, [], 500],
    [529, [], 500],
    [503, [], undefined],
    [503, ["Retry-After", "2"], 2_000],
    [429, ["retry-after", "0"], 0],
    [429, ["retry-after", "5"], 5_000],
    [429, ["retry-after", "5.1"], undefined],
    [429, ["retry-after", "86400"], undefined],
    [429, ["retry-after-ms", "20", "retry-after", "9"], 20],
    [429, ["retry-after", "Thu, 01 Jan 2026 00:00:03 GMT"], 3_000],
    [429, ["retry-after", "Wed, 31 Dec 2025 00:00:03 GMT"], 0],
    [429, ["retry-after", "soon"], 500],
    [429, ["X-Should-Retry", "false"], undefined],
    [500, ["retry-after", "1"], undefined],
    [502, [], undefined],
    [504, [], undefined],
    [408, [], undefined],
    [200, ["retry-after", "1"], undefined]
  ])("after %i %o: in %s ms", (status, fields, pause) => {
    expect(answered(status, ...fields)).toBe(pause)
  })

  it("where nothing was sent, later each time", () => {
    expect(failed("unreachable")).toBe(1_000)
    for (const reason of ["untrusted", "malformed", "too-large", "timeout", "broken"] as const)
      expect(failed(reason), reason).toBeUndefined()
  })
})
