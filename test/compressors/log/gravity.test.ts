import { describe, expect, it } from "vitest"
import { isPassing, isSummary, judge } from "../../../src/compressors/log/gravity.ts"
import { ERROR, UNSTATED, WARNING } from "../../../src/compressors/log/header.ts"

describe("gravity", () => {
  it.each([
    "error: cannot find symbol",
    "3 errors generated",
    "Connection failed: reset by peer",
    "java.lang.NullPointerException: null",
    "TypeError: undefined is not a function",
    "panic: runtime error: index out of range",
    "thread 'main' panicked at src/main.rs:4:5",
    "--- FAIL: TestPay (0.00s)",
    "not ok 3 - pays",
    "  ✕ refunds (3 ms)",
    "npm ERR! code ELIFECYCLE",
    'time="2024-05-01T10:00:00Z" level=error msg="no route"',
    "make: *** [all] Error 2",
    "Segmentation fault (core dumped)"
  ])("takes %j for an error", (message) => {
    expect(judge(message)).toBe(ERROR)
  })

  it.each([
    "0 errors, 0 warnings",
    "no errors found",
    "errorless operation of the pump",
    "compiled error.ts and failed-login.css",
    "Tests run: 5, Failures: 0, Errors: 0, Skipped: 0",
    "gcc -Werror -O2",
    "loaded ErrorBoundary"
  ])("takes %j for none", (message) => {
    expect(judge(message)).toBe(UNSTATED)
  })

  it("takes a failing server's named status for an error, and no other", () => {
    expect(judge("GET /quay status=502 rt=0.1")).toBe(ERROR)
    expect(judge('{"m":"GET","status":503}')).toBe(ERROR)
    for (const message of ["GET /quay status=200 rt=0.1", "status=5021", "statuses 500"])
      expect(judge(message)).not.toBe(ERROR)
  })

  it("takes lesser words for warnings", () => {
    expect(judge("warning: unused variable")).toBe(WARNING)
    expect(judge("could not reach mirror, retrying")).toBe(WARNING)
  })

  it("knows summaries and passing tests", () => {
    expect(isSummary("Tests: 2 failed, 30 passed, 32 total")).toBe(true)
    expect(isSummary("process exited with code 1")).toBe(true)
    expect(isSummary("BUILD SUCCESSFUL in 3s")).toBe(true)
    expect(isSummary("listening on port 80")).toBe(false)
    expect(isPassing("  ✓ adds (2 ms)")).toBe(true)
    expect(isPassing("test math::adds ... ok")).toBe(true)
    expect(isPassing("test math::adds ... FAILED")).toBe(false)
  })
})
