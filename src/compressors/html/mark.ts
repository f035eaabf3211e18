/**
 * What a page's markup says, in the characters that plain text has for it: a line break, `#`, `-`, `|`, a character in place of its name.
 *
 * Each mark stands for the one character that opens what it tells of, `<` of a tag or `&` of a named character; the rest of the tag is
 * declared noise. A link is printed as Markdown has it, because the address stands before the text in the source and behind it in the view.
 */
import type { Codec } from "../../domain/tiling.ts"

export const NOTICE = "[html: tags, scripts and styles left out]"

const MARK = /^(?:\[html: tags, scripts and styles left out\])?\n{0,2}(?: {0,12}- |#{1,6} | \| |> )?$/

export const markCodec: Codec = {
  name: "html-mark",
  decode: (shown) => (shown !== "" && MARK.test(shown) ? "<" : undefined)
}

/** One character, which may be two code points. */
export const characterCodec: Codec = {
  name: "html-character",
  decode: (shown) => (shown.length >= 1 && shown.length <= 4 ? "&" : undefined)
}

const LINK = /^\[([^]*)\]\(([^()\s"]+)\)$/

/** The address, the quotation mark behind it, and the text that is linked. */
export const linkCodec: Codec = {
  name: "html-link",
  decode: (shown) => {
    const match = LINK.exec(shown)
    return match === null ? undefined : `${match[2]}"${match[1]}`
  }
}

/** The link as it is printed, or undefined where it would not come back. */
export const linkText = (address: string, text: string): string | undefined => {
  const shown = `[${text}](${address})`
  return linkCodec.decode(shown) === `${address}"${text}` ? shown : undefined
}
