/** What of a text a parser is to be given, and in which language. */
import type { Hint } from "../../domain/content.ts"
import { type Language, languageOfFile, languageOfLines } from "./language.ts"
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

export const toParse = (text: string, hint: Hint): ToParse => {
  const { lines } = sourceOf(text)
  return { source: lines.join("\n"), language: languageNamed(hint) ?? languageOfLines(lines) }
}
