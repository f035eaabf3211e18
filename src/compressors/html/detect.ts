/** Whether a text is a page or a part of one: by its beginning, or by tags that HTML alone has in most of its lines. */
import { sampleLines } from "../forms.ts"

const HEAD = 4_000
const BEGINS = /^\ufeff?\s*(?:<!--[^]{0,1000}?-->\s*)*(?:<\?xml[^>]*>\s*)?(?:<!doctype\s+html\b|<html[\s>])/i
/** Behind the header lines of an answer. */
const ANSWERED = /\n\r?\n\s*(?:<!doctype\s+html\b|<html[\s>])/i
const TAG =
  /<\/?(?:a|article|aside|body|br|button|caption|code|dd|div|dl|dt|em|figure|footer|form|h[1-6]|head|header|hr|iframe|img|input|label|li|link|main|meta|nav|noscript|ol|option|p|pre|script|section|select|span|strong|style|svg|table|tbody|td|textarea|th|thead|title|tr|ul|path|g|b|i|u|strong|center|font|picture|figcaption|video|source)(?=[\s/>])/i
const EVERY_TAG = new RegExp(TAG.source, "gi")
/** Templates and components are source. */
const SOURCE = /className=|=\{|\{\{|\{%|<%|<\?php|\bv-(?:if|for)=/
const STATEMENT = /^\s*(?:import|export|const|function|return)\b/
/** Tags in comments of source are no page. */
const COMMENT = /^[ \t]*(?:\*|\/\/|\/\*).*$/gm
const SCRIPT = /<(script|style)\b[^]*?(?:<\/\1|$)/gi

/** Markdown may hold tags. */
const MARKDOWN = /^(?:#{1,6} \S|[-*+] \S|```|\d+\. \S)/
const MOST_ODD = 0.08

const SAMPLE = 16_000
const MIN_TAGS = 6
const MIN_SHARE = 0.4

export const detectHtml = (text: string): number => {
  if (!text.includes("<")) return 0
  const head = text.slice(0, HEAD)
  if (BEGINS.test(head)) return 0.98
  if (head.startsWith("HTTP/") && ANSWERED.test(head)) return 0.97
  // Lines of pages are long, and scripts are no part of what a page looks like.
  const sample = text.slice(0, SAMPLE).replace(SCRIPT, "").replace(COMMENT, "")
  const lines = sampleLines(sample)
  const tagged = lines.filter((line) => TAG.test(line)).length
  const tags = sample.match(EVERY_TAG)?.length ?? 0
  if (tags < MIN_TAGS || tagged < MIN_SHARE * lines.length) return 0
  const isOdd = (line: string): boolean => MARKDOWN.test(line) || (STATEMENT.test(line) && !TAG.test(line))
  if (lines.filter(isOdd).length > MOST_ODD * lines.length) return 0
  return SOURCE.test(lines.join("\n")) ? 0 : 0.96
}
