/**
 * Finds the lines that belong to a grave line: its stack trace (Python, JavaScript, Java, Go, Rust, .NET, PHP, sanitizers; chained)
 * and indented or headless continuations, because an error without its place is half an error.
 */

const FRAME =
  /^\s*(?:at\s+\S|File "[^"]*", line \d+|\.{3} \d+ (?:more|common)|#\s?\d+[ :]|\d+:\s+(?:0x[0-9a-f]+|\S+::)|goroutine \d+ \[|created by |\[signal |stack backtrace:|Stack trace:|\[stacktrace\]|from \S+:\d+:in|--> |-->$|\|\s|\d+ \|)/
const CHAIN =
  /^\s*(?:Caused by\b|Suppressed:|During handling of the above|The above exception was|Traceback \(most recent|--- End of (?:inner )?|Wrapped by:|\[previous exception\]|error: caused by)/
const GO_FRAME = /^(?:[\w./*()-]+\.[\w.*()-]+\(.*\)|\t\S+:\d+)/
const RULE = /^\s*(?:={4,}|-{4,}|_{4,}|\*{4,})/

const MAX_TRACE = 60
const MAX_BRIDGE = 2

export const isFrame = (line: string): boolean => FRAME.test(line) || CHAIN.test(line)
/** The line that a code frame points at, and its pointer. */
export const isPointed = (line: string): boolean => /^\s*(?:>\s*\d+\s*\||\|?\s*\^|E {2,}\S|-->)/.test(line)
export const isChain = (line: string): boolean => CHAIN.test(line)

const indentOf = (line: string): number => {
  let at = 0
  while (at < line.length && (line[at] === " " || line[at] === "\t")) at++
  return at
}

/**
 * Index after the last line that belongs to the grave line `at`: frames, chained causes, and lines indented deeper; where lines have
 * headers (`headed`), lines without one too.
 */
export const traceEnd = (
  at: number,
  count: number,
  lineOf: (index: number) => string,
  headed: (index: number) => boolean
): number => {
  const first = lineOf(at)
  const indent = indentOf(first)
  const python = first.includes("Traceback (most recent")
  const go = /^(?:panic:|fatal error:|goroutine )/.test(first)
  const headless = headed(at)
  let end = at + 1
  let blanks = 0
  for (let next = at + 1; next < count && next - at <= MAX_TRACE; next++) {
    const line = lineOf(next)
    if (line.trim() === "") {
      if (++blanks > MAX_BRIDGE) break
      continue
    }
    if (headed(next)) break
    const deeper = indentOf(line) > indent
    const frame = FRAME.test(line) || CHAIN.test(line) || (go && GO_FRAME.test(line))
    const continues = frame || deeper || (blanks === 0 && headless && !RULE.test(line))
    if (!continues) {
      // Python names the exception after its frames
      if (
        blanks === 0 &&
        (python || end > at + 1) &&
        /^[A-Za-z_][\w.]*(?:Error|Exception|Warning|Interrupt|Exit)\b/.test(line.trim())
      ) {
        end = next + 1
        continue
      }
      break
    }
    blanks = 0
    end = next + 1
  }
  return end
}
