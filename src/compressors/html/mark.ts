/**
 * What a page's markup says, in the characters that plain text has for it: a line break, `#`, `-`, `|`, a character in place of its name.
 *
 * Each mark stands for the one character that opens what it tells of, `<` of a tag or `&` of a named character; the rest of the tag is
 * declared noise. A link is printed as Markdown has it, because the address stands before the text in the source and behind it in the view.
 */
import { linkOf } from "../../domain/link-form.ts"
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

/** The address, the end of the tag, and the text that is linked. */
export const linkCodec: Codec = { name: "html-link", decode: (shown) => linkOf(shown)?.join(">") }

/** The link as it is printed, the address in angle brackets where it needs them, or undefined where it would not come back. */
export const linkText = (address: string, text: string): string | undefined =>
  [`[${text}](${address})`, `[${text}](<${address}>)`].find((shown) => {
    const link = linkOf(shown)
    return link?.[0] === address && link[1] === text
  })
