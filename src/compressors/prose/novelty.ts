/**
 * What a unit says that no other has: where nothing is asked for, each unit counts the less the more of its words are shown already, and one
 * that is unlike all others comes first.
 */
import type { Words } from "./words.ts"

/** How much of a word is left once it was shown, and of a unit whose every word was. */
const LEFT = 0.5
const FLOOR = 0.2
/** Further units follow in the order that they have by then: what a view holds of a long text is chosen long before. */
const MOST_PICKS = 1_000
/** Looks at units, for each unit, over all picks; units beyond so many add none, for looks are needed where units are alike. */
const LOOKS = 24
const MOST_LOOKED_AT = 20_000

/** A heap of units by a value, the greatest on top, the earlier one of equals. */
const heapOf = (values: Float64Array) => {
  const heap = [...values.keys()]
  const isBefore = (a: number, b: number): boolean => {
    const difference = (values[a] as number) - (values[b] as number)
    return difference > 0 || (difference === 0 && a < b)
  }
  const swap = (i: number, j: number): void => {
    const unit = heap[i] as number
    heap[i] = heap[j] as number
    heap[j] = unit
  }
  const sink = (from: number): void => {
    for (let at = from; ; ) {
      let best = at
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < heap.length && isBefore(heap[child] as number, heap[best] as number)) best = child
      if (best === at) return
      swap(at, best)
      at = best
    }
  }
  for (let at = heap.length >> 1; at >= 0; at--) sink(at)
  return {
    top: (): number | undefined => heap[0],
    /** The top's value has become smaller. */
    settle: (): void => sink(0),
    remove: (): void => {
      const last = heap.pop()
      if (last === undefined || heap.length === 0) return
      heap[0] = last
      sink(0)
    }
  }
}

/** The same units, ordered so that each says most that those before it have not said. */
export const byNovelty = (salience: Float64Array, words: Words): Float64Array => {
  const left = new Float64Array(words.spread.length).fill(1)
  const worth = (unit: number): number => {
    const from = words.from[unit] as number
    const to = words.from[unit + 1] as number
    let sum = 0
    for (let i = from; i < to; i++) sum += left[words.terms[i] as number] as number
    return (salience[unit] as number) * (FLOOR + ((1 - FLOOR) * sum) / Math.max(1, to - from))
  }
  const values = Float64Array.from(salience.keys(), worth)
  const heap = heapOf(values)
  const order = new Float64Array(salience.length)
  let looks = LOOKS * Math.min(salience.length, MOST_LOOKED_AT)
  for (let pick = 0; pick < MOST_PICKS && looks > 0; ) {
    const unit = heap.top()
    if (unit === undefined) break
    const now = worth(unit)
    looks--
    if (now < (values[unit] as number)) {
      values[unit] = now
      heap.settle()
      continue
    }
    heap.remove()
    order[unit] = MOST_PICKS + 1 - pick++
    for (let i = words.from[unit] as number; i < (words.from[unit + 1] as number); i++) {
      const term = words.terms[i] as number
      left[term] = LEFT * (left[term] as number)
    }
  }
  const most = values.reduce((max, value) => Math.max(max, value), Number.MIN_VALUE)
  return order.map((place, unit) => (place > 0 ? place : (values[unit] as number) / most))
}

/** Fewer units have no common measure. */
const MIN_UNITS = 20
/** Words that stand, on average, in so large a share of all units make a text one of repetitions; in what people write they stand in a few. */
const ALIKE = 0.25
/** Standard deviations from the mean, as the statistics of outliers have it. */
const FAR = 3

/** Units whose words few others have, where the others are much alike: what happened once among what happens all the time. */
export const outliersOf = (words: Words): ReadonlyArray<boolean> => {
  const count = words.from.length - 1
  const common = Float64Array.from({ length: count }, (_, unit) => {
    const from = words.from[unit] as number
    const to = words.from[unit + 1] as number
    let sum = 0
    for (let i = from; i < to; i++) sum += words.spread[words.terms[i] as number] as number
    return to === from ? 1 : sum / (to - from) / count
  })
  const mean = common.reduce((sum, share) => sum + share, 0) / Math.max(1, count)
  const deviation = Math.sqrt(common.reduce((sum, share) => sum + (share - mean) ** 2, 0) / Math.max(1, count))
  const isAlike = count >= MIN_UNITS && mean >= ALIKE
  return Array.from(common, (share) => isAlike && mean - share > FAR * deviation)
}
