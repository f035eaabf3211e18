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
    summary: /^=+ .*\b(?:passed|failed|errors?|no tests ran)\b.* =+$/,
    parts: /^=+ (?:(PASSES)|.+) =+$/
  },
  {
    name: "go test",
    commands: /^(?:go test|gotestsum)$/,
    marks: /^(?:ok|FAIL|\?) {0,3}\t\S+|^=== RUN |^\s*--- (?:PASS|FAIL|SKIP): /,
    progress: /^=== (?:RUN|PAUSE|CONT|NAME) |^\s*--- (?:PASS|SKIP): |^ok {0,3}\t|^\? {0,3}\t|^PASS$/,
    failure: /^\s*--- FAIL: |^FAIL\b|^panic: |^\s+\S+_test\.go:\d+: |^fatal error: |WARNING: DATA RACE/,
    summary: /^FAIL\b|^exit status /,
    opens: /^=== (?:(RUN)|CONT|NAME) +(\S+)/,
    closes: /^\s*--- (?:(PASS|SKIP)|FAIL): (\S+)/
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
  },
  {
    name: "unittest",
    commands: /^unittest$/,
    marks: /^\w+ \([\w.]+\) \.\.\. |^(?:FAIL|ERROR): \w+ \(|^Ran \d+ tests? in /,
    progress: / \.\.\. (?:ok|skipped .*|expected failure)$|^[.sxuFE]{5,}$/,
    failure: /^(?:FAIL|ERROR|UNEXPECTED SUCCESS): | \.\.\. (?:FAIL|ERROR)$|^(?:\w+\.)*\w*(?:Error|Exception)\b/,
    summary: /^Ran \d+ tests?|^FAILED \(|^OK\b/
  },
  {
    name: "tap",
    commands: /^(?:tap|tape|bats|prove)$/,
    marks: /^\s*(?:not )?ok \d+ \S|^TAP version \d+$|^\s*# Subtest: /,
    progress: /^\s*(?:ok \d+\b|# Subtest: |\d+\.\.\d+(?: |$))/,
    failure: /^\s*not ok \d+\b|^\s+(?:- )?(?:error|message|expected|actual|wanted|found): |^Bail out!/,
    summary: /^# (?:tests|suites|pass|fail|failed|failures|cancelled|skipped|skip|todo|time|duration_ms|ok)\b/
  },
  {
    name: "node test",
    marks: /^\s*[✔✖▶] .+ \(\d+\.\d+ms\)|^ℹ (?:tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) \d/,
    progress: /^\s*[✔▶﹣] /,
    failure: /^\s*✖ |^\s+\[?(?:\w+ )*\w*Error\b|^test at /,
    summary: /^ℹ (?:tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /
  },
  {
    name: "minitest",
    commands: /^(?:rails test|minitest)$/,
    marks: /^\S+#test_.* = \d+\.\d+ s = [.FES]$|^\d+ (?:runs|tests), \d+ assertions, |^Run options: .*--seed /,
    progress: /^\S+#test_.* = \d+\.\d+ s = [.S]$|^[.SFE]{5,}$/,
    failure: /^\s+\d+\) (?:Failure|Error):|^\S+#test_.*(?: = \d+\.\d+ s = [FE]$|:$| \[\S+:\d+\]:)|^(?:Failure|Error):$/,
    summary: /^\d+ (?:runs|tests), \d+ assertions, |^Finished in /
  },
  {
    name: "ctest and GoogleTest",
    commands: /^ctest$/,
    marks:
      /^\[(?:={10}|-{10}| RUN {6}| {7}OK | {2}(?:FAILED|PASSED|SKIPPED) {1,2})\] |^ *\d+\/\d+ Test +#\d+: |^ +Start +\d+: /,
    progress: /^\[(?:-{10}| RUN {6}| {7}OK )\] |^ +Start +\d+: | Passed +[\d.]+ sec$/,
    failure: /^\[ {2}FAILED {2}\] |: Failure$|\*\*\*(?:Failed|Exception|Timeout|Not Run)|^\t *\d+ - .* \([A-Z]/,
    summary:
      /^\[(?:={10}| {2}PASSED {2})\] |^ ?\d+ FAILED TESTS?|^\d+% tests passed|^Total Test time|^The following tests FAILED/
  },
  {
    name: "ava",
    commands: /^ava$/,
    marks: /^\s+✘ \[fail\]: |^\s+- \[(?:skip|todo)\] |^\s+\d+ tests? (?:passed|failed|skipped|todo)$/,
    progress: /^\s+✔ /,
    failure:
      /^\s+✘ \[fail\]: |^\s+(?:Difference|Value|Error|Rejected|Uncaught|Unhandled)\b.*:?$|^ {2}[-+] ?\S|^\s+› \S+:\d+/,
    summary: /^\s+\d+ (?:tests?|uncaught exceptions?|unhandled rejections?|known failures?)\b/
  },
  {
    name: "playwright",
    commands: /^playwright$/,
    marks: /^\s+[✓✘-]\s+\d+ .*› |^\s+\d+\) .*› .*─{2}|^Running \d+ tests? using \d+ workers?/,
    progress: /^\s+[✓-]\s+\d+ .*› |^\[\d+\/\d+\] /,
    failure: /^\s+✘\s+\d+ |^\s+\d+\) .*› |^\s+(?:\w*Error\b|Expected\b|Received\b|[-+] |> *\d+ \|)|^\s+at .*:\d+:\d+/,
    summary: /^\s+\d+ (?:failed|passed|skipped|flaky|interrupted|did not run)\b/
  },
  {
    name: "JUnit report",
    marks: /^\s*<(?:testcase|testsuites?)\b/,
    progress: /^\s*<testcase\b[^>]*(?:\/>|><\/testcase>)$|^\s*<\/testcase>$/,
    failure: /<(?:failure|error)\b/,
    summary: /^\s*<testsuites?\b/,
    heading: /^\s*<testcase\b[^>]*[^/]>/
  },
  {
    name: "TeamCity messages",
    marks: /^##teamcity\[/,
    progress:
      /^##teamcity\[(?:test(?:Started|Finished|Suite\w+|StdOut|Count)|flow\w+|block\w+|progress\w+|compilation\w+)\b/,
    failure: /^##teamcity\[(?:testFailed|buildProblem|message .*status='(?:ERROR|FAILURE))/,
    summary: /^##teamcity\[(?:buildStatus|buildStatisticValue)\b/
  }
]
