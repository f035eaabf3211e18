/**
 * A place in table text that moves on as marks are read: what the reader of tables needs of characters.
 */

/** Nesting beyond which text is refused, so that recursion is bounded. */
const MAX_DEPTH = 600

export class NotATable extends Error {}

export class Cursor {
  protected readonly text: string
  protected at = 0
  private depth = 0

  constructor(text: string) {
    this.text = text
  }

  /** The end of the text, behind a newline where markers follow. */
  protected end(): void {
    if (this.text.startsWith("\n…", this.at)) {
      this.at++
      this.gap()
    }
    if (this.text[this.at] === "\n") this.at++
    if (this.at !== this.text.length) throw new NotATable()
  }

  /** Passes over `…7` where it stands here. */
  protected gap(): boolean {
    if (this.text[this.at] !== "…") return false
    this.at++
    while (this.at < this.text.length && this.text.charCodeAt(this.at) >= 48 && this.text.charCodeAt(this.at) <= 57)
      this.at++
    return true
  }

  protected expect(mark: string): void {
    if (!this.text.startsWith(mark, this.at)) throw new NotATable()
    this.at += mark.length
  }

  protected enter(): void {
    if (++this.depth > MAX_DEPTH) throw new NotATable()
  }

  protected leave(): void {
    this.depth--
  }

  protected stringEnd(): number {
    for (let i = this.at + 1; i < this.text.length; i++) {
      const code = this.text.charCodeAt(i)
      if (code === 34) return i + 1
      if (code === 92) i++
    }
    throw new NotATable()
  }

  /** Offset behind bare text, which is not empty where something must stand. */
  protected bareEnd(isSome: boolean): number {
    let i = this.at
    for (; i < this.text.length; i++) {
      const code = this.text.charCodeAt(i)
      if (code === 44 || code === 59 || code === 93 || code === 125 || code === 10 || code === 0x2026) break
    }
    if (isSome && i === this.at) throw new NotATable()
    return i
  }

  /** A key, bare up to one of the marks or in quotes; with its quotes. */
  protected key(marks: string): string {
    const start = this.at
    if (this.text[start] === '"') {
      this.at = this.stringEnd()
      return this.text.slice(start, this.at)
    }
    while (this.at < this.text.length && !marks.includes(this.text.charAt(this.at))) this.at++
    return `"${this.text.slice(start, this.at)}"`
  }

  protected isItemEnd(): boolean {
    const mark = this.text[this.at]
    return mark === undefined || mark === "\n" || mark === ";" || mark === "]"
  }

  protected bare(): string {
    const end = this.bareEnd(true)
    const bare = this.text.slice(this.at, end)
    this.at = end
    return bare
  }
}
