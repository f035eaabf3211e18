/**
 * Fingerprints of parts of a text, two hashes of 32 bits each, and numbers for them, because a map of strings costs more than the
 * reading of the text.
 *
 * Parts of one fingerprint are taken for equal: what is built on that is decoded and compared before it is shown.
 */

/** One more unit in each half; halves begin with any number. */
export const mixLow = (low: number, code: number): number => Math.imul(low ^ code, 0x01000193)
export const mixHigh = (high: number, code: number): number => (Math.imul(high, 31) + code) | 0

const lowOf = (text: string, from: number, end: number): number => {
  let low = 0
  for (let at = from; at < end; at++) low = mixLow(low, text.charCodeAt(at))
  return low
}

const highOf = (text: string, from: number, end: number): number => {
  let high = 0
  for (let at = from; at < end; at++) high = mixHigh(high, text.charCodeAt(at))
  return high
}

const FEWEST_SLOTS = 64

/** Numbers fingerprints from 0 in the order of their arrival. */
export class Numbering {
  #slots = new Int32Array(FEWEST_SLOTS)
  readonly #lows: Array<number> = []
  readonly #highs: Array<number> = []

  get size(): number {
    return this.#lows.length
  }

  /** The fingerprint's number, -1 where it has none. */
  find(low: number, high: number): number {
    return (this.#slots[this.#slotOf(low, high)] as number) - 1
  }

  /** The fingerprint's number, a new one where it has none. */
  of(low: number, high: number): number {
    const slot = this.#slotOf(low, high)
    const known = this.#slots[slot] as number
    if (known !== 0) return known - 1
    const number = this.#lows.push(low)
    this.#highs.push(high)
    this.#slots[slot] = number
    if (number * 2 > this.#slots.length) this.#grow()
    return number - 1
  }

  /** The number of a part of a text, a new one where it has none. */
  ofText(text: string, from: number, end: number): number {
    return this.of(lowOf(text, from, end), highOf(text, from, end))
  }

  /** The number of a part of a text, -1 where it has none. */
  findText(text: string, from: number, end: number): number {
    return this.find(lowOf(text, from, end), highOf(text, from, end))
  }

  /** The slot of the fingerprint, or the free one where it would stand. */
  #slotOf(low: number, high: number): number {
    const slots = this.#slots
    const mask = slots.length - 1
    const mixed = Math.imul(low, 0x2c1b3c6d) ^ Math.imul(high, 0x297a2d39)
    let slot = (mixed ^ (mixed >>> 16)) & mask
    for (;;) {
      const number = slots[slot] as number
      if (number === 0 || (this.#lows[number - 1] === low && this.#highs[number - 1] === high)) return slot
      slot = (slot + 1) & mask
    }
  }

  #grow(): void {
    this.#slots = new Int32Array(4 * this.#slots.length)
    for (let at = 0; at < this.#lows.length; at++)
      this.#slots[this.#slotOf(this.#lows[at] as number, this.#highs[at] as number)] = at + 1
  }
}
