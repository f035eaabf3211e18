/** Test runners: how each says that a test passed, that one failed, and how all went. */
import type { Tool } from "./tool.ts"

export const TESTS: ReadonlyArray<Tool> = [
  {
    name: "jest",
    commands: /^(?:jest|react-scripts test)$/,
    marks: /^(?:PASS|FAIL) \S+\.(?:[jt]sx?|[cm][jt]s)\b|^Test Suites: |^Snapshots: +\d|^Ran all test suites/,
    progress: /^PASS |^\s+✓ |^\s*RUNS /,
    failure: /^FAIL |^\s+● |^\s+✕ /,
    summary: /^(?:Test Suites|Tests|Snapshots|Time): /
  },
  {
    name: "vitest",
    commands: /^vitest\b/,
    marks: /^\s*(?:✓|❯|×) .*\.(?:test|spec)\.[cm]?[jt]sx?\b|^ (?:RUN|DEV) +v\d|^ +Test Files +\d|^⎯{3,}/,
    progress: /^\s*(?:✓|↓) /,
    failure: /^\s*(?:×|→|FAIL) |^\w*Error: |^ ❯ \S+:\d+:\d+|^\s*❯ .*failed/,
    summary: /^ +(?:Test Files|Tests|Errors|Type Errors|Duration) +\S/
  },
  {
    name: "mocha",
    commands: /^(?:mocha|_mocha)$/,
    marks: /^ {2}\d+ (?:passing|failing|pending)\b/,
    progress: /^\s+[✔✓] /,
    failure: /^\s+\d+\) |^\s+(?:\w+)?Error: /,
    summary: /^ {2}\d+ (?:passing|failing|pending)\b/
  },
  {
    name: "pytest",
    commands: /^(?:pytest|py\.test)$/,
    marks:
      /^=+ (?:test session starts|FAILURES|ERRORS|short test summary info|warnings summary) =+$|^collected \d+ items?|^platform \w+ -- Python /,
    progress: /^\S+\.py(?:::\S+)? (?:PASSED|SKIPPED|XFAIL|[.sx]+)\s*(?:\[ *\d+%\])?$/,
    failure: /^_{3,} .* _{3,}$|^E {2,}|^(?:FAILED|ERROR) \S+|^> {2,}|^\S+\.py:\d+: /,
    summary: /^=+ .*\b(?:passed|failed|errors?|no tests ran)\b.* =+$/
  },
  {
    name: "go test",
    commands: /^(?:go test|gotestsum)$/,
    marks: /^(?:ok|FAIL|\?) {0,3}\t\S+|^=== RUN |^\s*--- (?:PASS|FAIL|SKIP): /,
    progress: /^=== (?:RUN|PAUSE|CONT|NAME) |^\s*--- (?:PASS|SKIP): |^ok {0,3}\t|^\? {0,3}\t|^PASS$/,
    failure: /^\s*--- FAIL: |^FAIL\b|^panic: |^\s+\S+_test\.go:\d+: |^fatal error: |WARNING: DATA RACE/,
    summary: /^FAIL\b|^exit status /
  },
  {
    name: "cargo test",
    commands: /^cargo (?:test|t|nextest\b.*)$/,
    marks: /^running \d+ tests?$|^test result: |^test \S+ \.\.\. (?:ok|FAILED|ignored)/,
    progress: /^test .* \.\.\. (?:ok|ignored)|^\s+(?:Compiling|Downloading|Downloaded|Running|Doc-tests) /,
    failure: /\.\.\. FAILED$|^---- .* stdout ----$|^thread '.*' (?:\(\d+\) )?panicked at|^error(?:\[E\d+\])?: /,
    summary: /^test result: |^error: (?:test|could not)/
  },
  {
    name: "maven",
    commands: /^mvnw?\b/,
    marks: /^(?:\[INFO\] (?:Scanning for projects|Building |BUILD |Reactor |Total time)|Tests run: \d+)/,
    progress:
      /^(?:\[INFO\] )?(?:Download(?:ing|ed)(?: from)? |Progress \(|Copying \d|Nothing to compile|skip )|^\[INFO\] (?:-{3,}.*|\s*)$|^\[INFO\]\s*$/,
    failure: /^\[ERROR\]|Tests run:.*(?:FAILURE|ERROR)!|^\[WARNING\] .*\.java|<<< (?:FAILURE|ERROR)!/,
    summary:
      /^\[INFO\] (?:BUILD |Total time|Finished at)|^(?:\[\w+\] )?Tests run: \d+, Failures: \d+, Errors: \d+, Skipped: \d+$/
  },
  {
    name: "rspec",
    commands: /^(?:rspec|parallel_rspec)$/,
    marks: /^Failed examples:$|^\d+ examples?, \d+ failures?/,
    progress: /^[.*]+$/,
    failure: /^\s+\d+\) |^rspec \.\/|^\s+Failure\/Error:/,
    summary: /^\d+ examples?, |^Finished in /
  },
  {
    name: "phpunit",
    commands: /^(?:phpunit|paratest)$/,
    marks: /^PHPUnit \d|^Tests: \d+, Assertions: |^OK \(\d+ tests?, /,
    progress: /^[.ISRW]{5,}\s+\d+ \/ \d+/,
    failure: /^\d+\) \S+|^Failed asserting|^\S+\.php:\d+$|^(?:FAILURES|ERRORS)!/,
    summary: /^Tests: \d+|^OK \(|^Time: /
  }
]
