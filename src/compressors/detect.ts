/**
 * The router: which kind a text is, by the surest of the registered detectors; one for every app, from structure alone, with no model.
 *
 * A tool's or command's name is believed as far as the structure bears it out.
 */
import type { Compressor, Confidence } from "../domain/compressor.ts"
import { type Hint, type Kind, noHint } from "../domain/content.ts"
import { isSourceFile } from "./code/language.ts"
import { foreignForm, sampleLines } from "./forms.ts"

export interface Route {
  readonly kind: Kind
  readonly confidence: Confidence
}

/** Below this no kind is claimed. */
const CLAIM = 0.35
/** A detector this sure needs no comparison; the order of the list decides between two such. */
const SURE = 0.97
/** A detector this sure leaves the later ones unasked. */
const CLEAR = 0.9
/** What the command's own kind needs of structure. */
const BORNE_OUT = 0.25

const NAMES: ReadonlyArray<readonly [RegExp, Kind]> = [
  [
    /^(?:git (?:diff|show|format-patch|stash show)|diff|colordiff|gh pr diff|glab mr diff|hg diff|svn diff|jj diff)$/,
    "diff"
  ],
  [
    /^(?:(?:git )?grep|rg|ripgrep|ag|ack|[efz]grep|ugrep|select-string|findstr|grep_search|search_file_content|search_files)$/,
    "search"
  ],
  [/^(?:jq|gh api|kubectl get|aws .+|az .+|gcloud .+|docker inspect)$/, "json"],
  [
    /^(?:(?:npm|pnpm|yarn|bun|cargo|go|dotnet|mvn|gradlew?|swift|flutter|deno|rails|composer|turbo|nx)(?: run)? (?:test|build|check|lint|install|ci|clippy|verify|t|compile)\S*|pytest|vitest|jest|mocha|tsc|eslint|make(?: .*)?|cmake|docker(?: compose)? (?:logs|build)|kubectl logs|journalctl|dmesg|gh run view|tox|nox|rspec|phpunit|ctest|bats)$/,
    "log"
  ]
]

/** The kind that every command of the hint prints, or undefined. */
export const kindNamed = (hint: Hint): Kind | undefined => {
  let named: Kind | undefined
  for (const command of hint.commands) {
    const kind = NAMES.find(([pattern]) => pattern.test(command))?.[1]
    if (kind === undefined || (named !== undefined && named !== kind)) return undefined
    named = kind
  }
  return named
}

/** Whether the text is of source files alone, as their names say. */
const isNamedSource = ({ origin, files = [] }: Hint): boolean =>
  origin === "file" && files.length > 0 && files.every(isSourceFile)

/** How much of a text with terminal sequences is judged, and what of them is taken out for it. */
const JUDGED = 65_536
const SEQUENCES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\^_])|[\u0007\u0008]/g

/** The text as its structure is judged: a terminal's colours hide where lines begin. */
const judged = (text: string): string =>
  text.slice(0, JUDGED).includes("\u001b") ? text.slice(0, JUDGED).replace(SEQUENCES, "") : text

const REMARK =
  /^\s*(?:\w+:? )?<?(?:[A-Za-z]:)?[\w./\\@+-]*\w\.\w{1,8}>?(?::\d+|\(\d+(?:,\d+)?\))(?::\d+)?(?:[: ]|$)|^\s*\[?(?:\d{1,7} )?(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d\b|^\d{10}\.\d{3,9}\s/
const REMARK_SHARE = 0.4

/** Remarks on places of files and lines with a time, too few or too odd for a detector, are what a tool has logged. */
const remarks = (text: string, compressors: ReadonlyArray<Compressor>): Route | undefined => {
  if (!compressors.some(({ kind }) => kind === "log")) return undefined
  const lines = sampleLines(text)
  const found = lines.filter((line) => REMARK.test(line)).length
  return found >= REMARK_SHARE * lines.length && foreignForm(text, lines) === 0
    ? { kind: "log", confidence: CLAIM }
    : undefined
}

/** The kind of a text, `text` where no compressor claims it. */
export const route = (text: string, hint: Hint, compressors: ReadonlyArray<Compressor>): Route => {
  if (text.trimStart() === "") return { kind: "text", confidence: 1 }
  if (isNamedSource(hint) && compressors.some(({ kind }) => kind === "code")) return { kind: "code", confidence: 1 }
  const named = kindNamed(hint)
  const plain = judged(text)
  let best: Route = { kind: "text", confidence: CLAIM }
  for (const compressor of compressors) {
    const { kind } = compressor
    // Numbered lines of a file look like places that a search found.
    if (kind === "search" && hint.origin === "file") continue
    const confidence = compressor.detect(plain, hint)
    if (confidence >= SURE) return { kind, confidence }
    // What the structure alone says: the detector may already have believed the name.
    if (kind === named && compressor.detect(plain, noHint) >= BORNE_OUT) return { kind, confidence }
    if (confidence > best.confidence) best = { kind, confidence }
    if (confidence >= CLEAR) break
  }
  if (best.kind === "text") return remarks(plain, compressors) ?? best
  const foreign = foreignForm(plain)
  return foreign > best.confidence ? { kind: "text", confidence: foreign } : best
}
