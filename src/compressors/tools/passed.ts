/**
 * Which lines of a test run a passing test has printed: places and words of trouble in them are what it does, not what failed.
 *
 * Read from verdicts and headings alone: what neither tells of is nobody's, and may be a failing test's.
 */
import type { Tool } from "./tool.ts"

/** Lines between where a test prints and a verdict that it passed; from the end, for the verdict stands behind, and each run of a name has its own. */
const beforeVerdicts = (lines: ReadonlyArray<string>, opens: RegExp, closes: RegExp, found: Uint8Array): void => {
  const passed = new Map<string, boolean>()
  let end = lines.length
  for (let at = lines.length - 1; at >= 0; at--) {
    const line = lines[at] as string
    const verdict = closes.exec(line)
    if (verdict !== null) {
      passed.set(verdict[2] as string, verdict[1] !== undefined)
      // what stands behind a verdict may be another test's
      end = at
      continue
    }
    const opened = opens.exec(line)
    if (opened === null) continue
    const name = opened[2] as string
    if (passed.get(name) === true) found.fill(1, at + 1, end)
    if (opened[1] !== undefined) passed.delete(name)
    end = at
  }
}

const underHeadings = (lines: ReadonlyArray<string>, parts: RegExp, found: Uint8Array): void => {
  let isOfPassed = false
  lines.forEach((line, at) => {
    const heading = parts.exec(line)
    if (heading !== null) isOfPassed = heading[1] !== undefined
    else if (isOfPassed) found[at] = 1
  })
}

/** 1 for each line that a passing test has printed. */
export const ofPassed = (lines: ReadonlyArray<string>, { opens, closes, parts }: Tool): Uint8Array => {
  const found = new Uint8Array(lines.length)
  if (opens !== undefined && closes !== undefined) beforeVerdicts(lines, opens, closes, found)
  if (parts !== undefined) underHeadings(lines, parts, found)
  return found
}
