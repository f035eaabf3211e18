/** Whether a text is YAML, TOML or XML: by what most of its lines look like. */
import { sampleLines } from "../forms.ts"

/** A value that tells of trouble. */
export const TROUBLE =
  /[:=>"'\s](?:error|failed|failure|fatal|crashloopbackoff|imagepullbackoff|oomkilled|unhealthy|unavailable|denied)\b/i

const XML_HEAD =
  /^\ufeff?\s*(?:<\?xml\b|<!DOCTYPE (?!html)[\w:]+|<(?:project|rss|feed|configuration|beans|plist|manifest)[\s>])/i
const JUNIT = /^\s*(?:<\?xml[^>]*>\s*)?<testsuites?\b/
const XML_LINE = /^\s*<[/!?]?[A-Za-z][^<>]*>?|<\/[A-Za-z][\w:.-]*>\s*$/
const YAML_LINE = /^\s*(?:- )*(?:(?:[\w./@$*-]+|"[^"]*"|'[^']*'):(?: |$)|- \S|#|---\s*$|\.\.\.\s*$|[}\]],?\s*$)/
const YAML_KEY = /^\s*(?:- )?[\w./@$-]+:(?: +[^{\s].*| *[|>][+-]?)?\s*$/
const TOML_HEAD = /^\[{1,2}[\w."'@/ -]+\]{1,2}\s*(?:#.*)?$/
const TOML_KEY = /^\s*[\w."-]+\s*=\s*(?:["'[{\d+-]|true|false)/
const TOML_LINE = /^\s*(?:[\w."-]+\s*=\s*(?:["'[{\d+-]|true|false)|\[{1,2}[\w."'@/ -]+\]{1,2}|#|["'].*,?\s*$|\],?\s*$)/
/** Ends of statements, calls, and the words of logs are neither. */
const OTHER =
  /[;{]\s*$|^\w: |^\[\w+\] |\)\s*$|^\s*(?:import|export|def|class|function|return)\b|^\[?\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d /

const MIN_LINES = 8
const MOST = 0.9
const SOME = 0.3
const MAX_OTHER = 0.1

const share = (lines: ReadonlyArray<string>, pattern: RegExp): number =>
  lines.filter((line) => pattern.test(line)).length / Math.max(1, lines.length)

const BLOCK = /^(\s*)(?:- )?[\w./@$-]+: *[|>][+-]?\d?\s*$/

/** The lines less comments and less the text of block scalars, which may be of anything. */
const withoutBlocks = (lines: ReadonlyArray<string>): ReadonlyArray<string> => {
  let block = -1
  return lines.filter((line) => {
    const indent = line.length - line.trimStart().length
    if (block >= 0 && indent > block) return false
    block = BLOCK.exec(line)?.[1]?.length ?? -1
    return !/^\s*#/.test(line)
  })
}

const isYamlLike = (lines: ReadonlyArray<string>): boolean =>
  lines.length >= MIN_LINES && share(lines, YAML_LINE) >= 0.8 && share(lines, YAML_KEY) >= 0.5

export const detectStructure = (text: string): number => {
  if (JUNIT.test(text.slice(0, 1_000))) return 0
  const lines = sampleLines(text)
  if (lines.length < MIN_LINES) return 0
  if (XML_HEAD.test(text.slice(0, 1_000))) return share(lines, XML_LINE) >= SOME ? 0.985 : 0
  if (share(lines, OTHER) > MAX_OTHER) return 0
  if (share(lines, TOML_LINE) >= MOST && share(lines, TOML_KEY) >= SOME && lines.some((line) => TOML_HEAD.test(line)))
    return 0.975
  const isYaml = isYamlLike(withoutBlocks(lines))
  const isNested = lines.some((line) => line.startsWith("  ") || line.startsWith("- "))
  return isYaml && isNested && lines.some((line) => /^[\w.-]+:\s*$|^---\s*$/.test(line)) ? 0.97 : 0
}
