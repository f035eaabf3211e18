/** What of a text a parser is to be given, and in which language. */
import type { Hint } from "../../domain/content.ts"
import { isSourceFile, type Language, languageOfFile, languageOfLines } from "./language.ts"
import { sourceOf } from "./source.ts"

export interface ToParse {
  /** The text's lines without gutters, as many as it has. */
  readonly source: string
  /** Undefined where neither name nor lines tell one that has a parser. */
  readonly language: Language | undefined
}

/** The language of the files that the call names, where it is one. */
const languageNamed = (hint: Hint): Language | undefined => {
  const [first, ...others] = (hint.files ?? []).map(languageOfFile)
  return others.every((language) => language === first) ? first : undefined
}

/** Whether the names of the files say that it is source of no language that has a parser. */
const isOfOthers = ({ files = [] }: Hint): boolean =>
  files.length > 0 && files.every((file) => isSourceFile(file) && languageOfFile(file) === undefined)

export const toParse = (text: string, hint: Hint): ToParse => {
  const { lines } = sourceOf(text)
  const source = lines.join("\n")
  if (isOfOthers(hint)) return { source, language: undefined }
  return { source, language: languageNamed(hint) ?? languageOfLines(lines) }
}
