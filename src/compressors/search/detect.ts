/**
 * Whether a text is the output of a search tool, from the first lines' structure: places that carry a line number, or rows of
 * numbers below a path; a hint only raises what structure has found.
 */
import type { Hint } from "../../domain/content.ts"
import { isDump } from "../blob/wrapped.ts"
import { contextEnd, numberEnd, placeAt } from "./coordinate.ts"
import { matchPaths } from "./groups.ts"
import { isEvent } from "./events.ts"

const LOOK_CHARACTERS = 16_384
const TOOLS = /^(?:(?:git )?grep|rg|ripgrep|ag|ack|egrep|fgrep|zgrep|ggrep|.*search.*)$/
const DATE_OR_TIME = /^(?:\d\d?:\d\d(?::\d\d)?(?:\D|$)|\d{2,4}-\d\d?-\d)/
const DIAGNOSTIC = /^:\d+(?::\d+)?: ?(?:fatal error|error|warning|note|info|hint|[A-Z]{1,4}\d{2,5})\b/i
/** A linter puts a blank between the place and its words; text that was found begins at once. */
const REMARK = /^:\d+(?::\d+)?: [\w[('"`‘“]/
const HEADING = /^(?=[^\n]*[\\/.]|\w+\r?\n)[^\s:*#|<>{}()"'-][^:\n]*\w\r?\n$/
const COUNT = /^:\d+\s*$/

/** How many lines of the text's beginning have the forms that search tools print. */
const countForms = (text: string) => {
  const head = text.slice(0, LOOK_CHARACTERS)
  const forms = {
    lines: 0,
    numbered: 0,
    named: 0,
    rows: 0,
    steps: 0,
    contexts: 0,
    headings: 0,
    events: 0,
    diagnostics: 0,
    remarks: 0,
    counts: 0
  }
  const paths = matchPaths(head)
  let headed = false
  let path = ""
  let row = -1
  for (let at = 0; at < head.length; ) {
    const newline = head.indexOf("\n", at)
    if (newline === -1 && at > 0 && text.length > head.length) break
    const end = newline === -1 ? head.length : newline + 1
    const place = placeAt(head, at, end)
    const numberTo = Math.max(numberEnd(head, at, 58), numberEnd(head, at, 45))
    if (end - at > 1 && head.slice(at, end) !== "--\n") forms.lines++
    if (place !== undefined) path = head.slice(at, place.end)
    if (numberTo !== -1 && !DATE_OR_TIME.test(head.slice(at, at + 12))) {
      const value = Number(head.slice(at, numberTo))
      if (headed || value > row) forms.rows++
      if (headed) forms.headings++
      else if (value === row + 1) forms.steps++
      if (head.charCodeAt(numberTo) === 45) forms.contexts++
      row = value
      headed = false
    } else if (place?.numbered || contextEnd(head, at, end, (name) => paths.has(name)) !== -1) {
      forms.numbered++
      const rest = place === undefined ? "" : head.slice(place.end, Math.min(end, place.end + 40))
      if (DIAGNOSTIC.test(rest)) forms.diagnostics++
      if (REMARK.test(rest)) forms.remarks++
    } else if (place) {
      if (COUNT.test(head.slice(place.end, Math.min(end, place.end + 12)))) forms.counts++
      else forms.named++
    } else if (path !== "" && head.startsWith(`${path}-`, at)) forms.named++
    else if (isEvent(head, at)) forms.events++
    else headed = HEADING.test(head.slice(at, Math.min(end, at + 300)))
    at = end
  }
  return forms
}

/** From 0 to 1: 0 for lists of paths, counts, dumps of bytes and compilers' diagnostics. */
export const detectSearch = (text: string, hint: Hint): number => {
  if (isDump(text)) return 0
  const forms = countForms(text)
  const hinted = hint.commands.some((command) => TOOLS.test(command))
  if (forms.lines === 0 || forms.diagnostics * 3 > forms.numbered || forms.remarks * 2 > forms.numbered) return 0
  // a table of the events says more than the events, unless the caller wants them as a result
  if (forms.events * 2 > forms.lines) return 0.6
  // a file's own numbers count by one
  const isGutter = forms.headings < 2 && forms.contexts === 0 && forms.steps * 2 > forms.rows
  // headings make up to half of `--heading` output
  const rowShare = forms.rows > 1 && !isGutter ? Math.min(1, (forms.rows * 1.5) / forms.lines) : 0
  const share =
    Math.max(
      forms.numbered,
      0.6 * (forms.numbered + forms.named),
      // rows below two headings or more are hardly anything else
      (forms.headings > 1 ? 1 : 0.6) * rowShare * forms.lines
    ) / forms.lines
  if (share < 0.15) return 0
  return hinted ? Math.min(1, 0.5 + share / 2) : share * 0.95
}
