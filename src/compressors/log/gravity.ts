/**
 * Judges how grave a message is by words in their place: `3 errors` is one, `0 errors`, `errorless`, `error.ts` and `--errors=off` are none.
 */
import { ERROR, UNSTATED, WARNING } from "./header.ts"

/** Cheap test that most lines fail, before the exact ones. */
const CANDIDATE =
  /err|fail|fatal|fault|panic|excep|trace|abort|warn|crit|assert|undefined|cannot|can't|could not|unable|not |denied|refused|time|kill|unhandled|uncaught|invalid|missing|deprecat|core dumped|corrupt|lost|retry|emerg|alert|status|" 5|[✗✘✖✕×●]/i

/** Names of exceptions: `java.lang.IllegalStateException: x`, `TypeError: y`, `thread 'main' panicked`. */
const EXCEPTION = /(?:^|[\s("'[])(?:[A-Za-z_$][\w$]*[.\\/:]{1,2})*[A-Z]\w*(?:Exception|Error|Panic|Fault)\b(?![\w./(-])/
const GRAVE = new RegExp(
  String.raw`(?<![\w./\\@=-])(?:errors?|fatal|panic|panicked|exceptions?|traceback|failed|fail|failures?|failing|abort(?:ed)?|segfault|segmentation fault|core dumped|critical|unhandled|uncaught|undefined reference|assertion|killed)(?![\w\\/(=-]|\.\w)`,
  "gi"
)
const STATED = /\b(?:level|lvl|severity)["']?\s?[=:]\s?["']?(?:error|err|fatal|crit|critical|panic|emerg|alert)\b/i
const SERVER_FAILED = /" 5\d\d (?:\d|-)|\bstatus(?:_?code)?"?[=:] ?"?5\d\d\b/i
const NOT_OK = /^\s*(?:not ok\b|[✗✘✖✕×●]\s)|\bERR!|\*\*\* \[/
const NONE_BEFORE = /(?:\b(?:0|no|zero|without|any|non|ignore|ignored|ignoring|if|on)|\b(?:0|no) \w+) $|\b0\s*$/i
const NONE_AFTER = /^\s*(?:[:=]\s*|\()0\b(?!\.\d)/
const LESSER =
  /(?<![\w./\\@=-])(?:warn(?:ings?)?|deprecated|deprecation|cannot|can't|could not|couldn't|unable to|no such|not found|denied|refused|timed out|timeout|invalid|missing|corrupt(?:ed)?|unresolved|lost|interrupted|retrying)(?![\w\\/(=-]|\.\w)/gi

const holds = (message: string, words: RegExp): boolean => {
  words.lastIndex = 0
  for (let match = words.exec(message); match !== null; match = words.exec(message)) {
    const before = message.slice(Math.max(0, match.index - 24), match.index)
    const after = message.slice(words.lastIndex, words.lastIndex + 8)
    if (!NONE_BEFORE.test(before) && !NONE_AFTER.test(after)) return true
  }
  return false
}

const MAX_JUDGED = 1000

/** The gravity of a message by its words. */
export const judge = (message: string): number => {
  const head = message.length > MAX_JUDGED ? message.slice(0, MAX_JUDGED) : message
  if (!CANDIDATE.test(head)) return UNSTATED
  if (STATED.test(head) || SERVER_FAILED.test(head) || NOT_OK.test(head) || EXCEPTION.test(head) || holds(head, GRAVE))
    return ERROR
  return holds(head, LESSER) ? WARNING : UNSTATED
}

const COUNTED =
  /\b\d+ (?:passed|failed|failing|passing|pending|skipped|errors?|warnings?|problems?|tests?|examples?|specs?|failures?|assertions|vulnerabilit)/i
const CLOSING =
  /^\W*(?:Tests?(?: Suites| Files| run)?:|Test (?:Suites|Files)\s|Ran \d+ |BUILD\b|Build (?:succeeded|failed|finished|completed)|Finished\b|Total\b|test result:|DONE\b|Compiled\b|FAILED?\b|OK\b|real\s|Snapshots:|Time:|Duration\b|Done in\b|added \d+|built in\b|Successfully (?:built|installed)|make(?:\[\d+\])?: \*\*\*)|\bexit(?:ed)?(?: with)?(?: code| status)?[ :=]+-?\d+|\breturn(?:ed)? (?:code|status)\b/i

/** Whether a message sums up a run: counts of tests, the result of a build, an exit status. */
export const isSummary = (message: string): boolean =>
  message.length < 400 && (CLOSING.test(message) || COUNTED.test(message))

const COORDINATE = /\.[A-Za-z]\w{0,30}(?::\[?\d|\(\d)|\bline \d/
const VERDICT = /\bFAIL(?:ED|URE)?\b|^\s*(?:not ok\b|[✗✘✖✕×●]\s)/

/** Whether a message is the verdict on a test. */
export const isVerdict = (message: string): boolean => VERDICT.test(message)

/** Whether a grave message names a place or a test, so that no other of its template stands for it. */
export const isParticular = (message: string): boolean => COORDINATE.test(message) || VERDICT.test(message)

const PASSING = /^\s*(?:[✓✔√]|ok \d+\b|--- PASS\b|PASS\b|=== (?:RUN|CONT|PAUSE|NAME)\b)|\bPASSED\b|\.\.\. ok$/

/** Whether a message says of one test that it passed or goes on: names of passing tests are not kinds of events. */
export const isPassing = (message: string): boolean => message.length < 400 && PASSING.test(message)
