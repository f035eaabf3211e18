/**
 * Tells logs, build and test output from other text, by the share of lines that look like it in a bounded sample; the command that
 * printed it counts where the structure does not say otherwise.
 */
import type { Confidence } from "../../domain/compressor.ts"
import type { Hint } from "../../domain/content.ts"
import { lineStarts } from "../../domain/lines.ts"
import { isPassing, isSummary } from "./gravity.ts"
import { headerFormat, splitHeader } from "./header.ts"
import { isFrame } from "./trace.ts"

const SAMPLE_LINES = 240
const SAMPLE_LINE = 300

/** So many verdicts, and such a share of all lines, are a test run. */
const MIN_PASSING = 12
const PASSING_SHARE = 0.5

/** The first lines, long ones cut. */
const sampleOf = (text: string): string => {
  const lines: Array<string> = []
  for (let at = 0; at < text.length && lines.length < SAMPLE_LINES; ) {
    const newline = text.indexOf("\n", at)
    const end = newline === -1 ? text.length : newline
    lines.push(text.slice(at, Math.min(end, at + SAMPLE_LINE)))
    at = end + 1
  }
  return lines.join("\n")
}

/** Commands whose output is a log, a build's or a test's. */
const PRODUCERS =
  /^(?:npm|pnpm|yarn|bun|npx)(?: (?:run|test|t|ci|install|i|build|start|audit|exec|add))?$|^(?:cargo|go|dotnet|mvn|mvnw|gradle|gradlew|make|cmake|ninja|bazel|docker|docker-compose|podman|kubectl|journalctl|dmesg|pytest|tox|nox|jest|vitest|mocha|ava|tsc|eslint|ruff|mypy|pylint|flake8|rspec|rake|phpunit|ctest|gcc|g\+\+|clang|rustc|javac|ansible-playbook|terraform|helm|pip|pip3|poetry|uv|strace|node|python|python3|deno|gh run|playwright|webpack|vite|turbo|nx)\b/

const BUILD =
  /^(?:\s*\[[\w .:/-]{1,60}\]\s|\d+\. (?:WARNING|ERROR) in|[\w.-]+\s+\| |npm (?:ERR|WARN|err|warn)|make(?:\[\d+\])?: |error(?:\[E\d+\])?: |warning: |note: |\s*(?:Compiling|Downloading|Downloaded|Building|Checking|Installing|Linking|Running|Fetching|Finished|Executing|Precompiling|Processing|Copying|Generating|Making|Creating|Updating|Deleting|Cleaning):? \S|FAIL|PASS|ok \d|not ok \d|ok\s+\S+\s+[\d(]|--- |=== |\s+[✓✔✗✘✕√×]|\s*● |E {2,}|\$ |={5,}|-{5,}|_{5,}|Step \d+|#\d+ |::|collected \d+|\s*CC |\s*LD |\s*at \S|\s+\^+\s*$|\s*(?:\* ){3,}|\s+\S+\.go:\d+ \+0x|WARNING: |\s*(?:Previous )?\w+ at 0x[0-9a-f]+ by |Goroutine \d+ |# [A-Z][\w@]*: \S|(?:time|ts|timestamp|level|lvl|severity)=|(?:\[pid +\d+\] )?\w+\(.*\) += -?\d)|: (?:fatal )?(?:[Ee]rror|[Ww]arning|note)\b|\.\w+\(\d+(?:,\d+)?\): |:\d+(?::\d+)?: \[?[A-Z]{1,12}\d+|(?:warning|error) [A-Z]+\d+|\b(?:PASSED|FAILED|SKIPPED)\b|\bBUILD (?:SUCCESS|FAIL)/
const PATH = /^\s*(?:\.{0,2}\/)?[\w.@+-]+(?:[\\/][\w.@+-]+)*\/?$/
const FOUND = /^(?:[^\s:]+:)?\d+[:-]/
const CODE =
  /[;{}]\s*$|^\s*(?:import|export|from|def|class|function|const|let|var|public|private|#include|package|use|fn|func) |^\s*(?:\/\/|\*|\/\*)/

const JUNIT = /^\s*(?:<\?xml[^>]*>\s*)?<testsuites?\b/

/** A row of a table may look like a line of source that a trace quotes. */
const ROW = /^\|.*\|$/
const MARKDOWN = /^\s*(?:#{1,6} |[-*] |```|\|.*\||\d+\. (?!WARNING|ERROR)|> )/

const FOREIGN = /^(?:\{|\[\s*(?:[{["\d]|$)|<(?:!|\?|svg|html)|diff --git |--- \S+.*\n\+\+\+ |commit [0-9a-f]{40})/
/** A bracket with words after it opens a log line, no JSON array. */
const BRACKETED = /^\[[^\]\n"{]*\][ \t]+\S/

const refuses = (sample: string): boolean => {
  const head = sample.trimStart()
  return (FOREIGN.test(head) && !BRACKETED.test(head)) || /^@@ -\d+/m.test(sample)
}

/** Confidence that the text is a log or the output of a build or test. */
export const detectLog = (text: string, hint: Hint): Confidence => {
  const sample = sampleOf(text)
  if (JUNIT.test(sample)) return 0.99
  if (refuses(sample)) return 0
  const starts = lineStarts(sample)
  const format = headerFormat(sample, starts)
  let lines = 0
  let headed = 0
  let build = 0
  let paths = 0
  let found = 0
  let code = 0
  let markdown = 0
  let telling = 0
  let passing = 0
  for (let i = 0; i < starts.length; i++) {
    const from = starts[i] as number
    const line = sample.slice(from, (starts[i + 1] ?? sample.length + 1) - 1)
    if (line.trim() === "") continue
    lines++
    const mark = BUILD.test(line)
    if (format !== undefined && splitHeader(sample, from, from + line.length, format) >= (from + 3) * 8) headed++
    else if (mark || (isFrame(line) && !ROW.test(line)) || isPassing(line)) build++
    else if (MARKDOWN.test(line)) markdown++
    else if (FOUND.test(line)) found++
    else if (PATH.test(line)) paths++
    else if (CODE.test(line)) code++
    const passes = isPassing(line)
    if (passes) passing++
    if (passes || isSummary(line)) telling++
  }
  if (lines === 0 || (lines < 3 && headed < lines)) return 0
  const produced = hint.commands.some((command) => PRODUCERS.test(command))
  if (headed >= lines * 0.6) return 0.95
  if (paths >= lines * 0.7 || found >= lines * 0.6) return produced && telling > 0 ? 0.5 : 0
  // sentences may be the names of tests
  if (passing >= PASSING_SHARE * lines && passing >= MIN_PASSING) return 0.9
  const share = (headed + build) / lines
  if ((code >= lines * 0.4 || markdown >= lines * 0.15) && share < 0.3) return produced ? 0.4 : 0
  const structure =
    share >= 0.5 ? 0.8 : share >= 0.25 ? 0.6 : share >= 0.1 && telling > 0 ? 0.55 : telling >= 2 ? 0.4 : 0.1
  return Math.min(1, structure + (produced ? 0.3 : 0))
}
