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

const FEWEST_SLOTS = 32
/** Of a slot: a number and the two halves of its fingerprint, side by side, for each is looked at where the one before agrees. */
const FIELDS = 3
/** Fuller ones are searched for long, emptier ones are memory. */
const MOST_FULL = 0.7

/** Numbers fingerprints from 0 in the order of their arrival. */
export class Numbering {
  #slots = new Int32Array(FIELDS * FEWEST_SLOTS)
  #mask = FEWEST_SLOTS - 1
  #size = 0

  get size(): number {
    return this.#size
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
    this.#put(slot, ++this.#size, low, high)
    if (this.#size > this.#mask * MOST_FULL) this.#grow()
    return this.#size - 1
  }

  /** The number of a part of a text, a new one where it has none. */
  ofText(text: string, from: number, end: number): number {
    return this.of(lowOf(text, from, end), highOf(text, from, end))
  }

  /** The number of a part of a text, -1 where it has none. */
  findText(text: string, from: number, end: number): number {
    return this.find(lowOf(text, from, end), highOf(text, from, end))
  }

  /** Where the slot of the fingerprint begins, or the free one where it would stand. */
  #slotOf(low: number, high: number): number {
    const slots = this.#slots
    const mixed = Math.imul(low, 0x2c1b3c6d) ^ Math.imul(high, 0x297a2d39)
    let place = (mixed ^ (mixed >>> 16)) & this.#mask
    for (;;) {
      const slot = FIELDS * place
      if (slots[slot] === 0 || (slots[slot + 1] === low && slots[slot + 2] === high)) return slot
      place = (place + 1) & this.#mask
    }
  }

  #put(slot: number, number: number, low: number, high: number): void {
    this.#slots[slot] = number
    this.#slots[slot + 1] = low
    this.#slots[slot + 2] = high
  }

  #grow(): void {
    const before = this.#slots
    this.#slots = new Int32Array(2 * before.length)
    this.#mask = 2 * this.#mask + 1
    for (let slot = 0; slot < before.length; slot += FIELDS) {
      const number = before[slot] as number
      if (number === 0) continue
      const low = before[slot + 1] as number
      const high = before[slot + 2] as number
      this.#put(this.#slotOf(low, high), number, low, high)
    }
  }
}
