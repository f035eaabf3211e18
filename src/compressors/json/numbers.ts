/**
 * What stands out in a column of numbers: values far from the others, its range, and where it breaks: one step unlike all others, or a
 * level that it leaves for good.
 */

/** Median absolute deviations from the median beyond which a number stands out. */
const FAR = 8
/** A share of far numbers above which the column is just uneven: only its extremes count. */
const UNEVEN = 0.03

/** The numbers of a column that is one of numbers, and their places. */
interface Numbers {
  readonly numbers: Float64Array
  readonly places: Int32Array
}

/** The numbers among the values of a column, which has not-a-number for all others; undefined where most are others. */
export const numbersOf = (values: ReadonlyArray<number>): Numbers | undefined => {
  const all = values.length
  const numbers = new Float64Array(all)
  const places = new Int32Array(all)
  let count = 0
  for (let place = 0; place < all; place++) {
    const number = values[place] as number
    if (Number.isNaN(number)) continue
    numbers[count] = number
    places[count++] = place
  }
  if (count < 8 || count < 0.6 * all) return undefined
  return { numbers: numbers.subarray(0, count), places: places.subarray(0, count) }
}

export const outliersOf = ({ numbers, places }: Numbers): ReadonlyArray<number> => {
  const count = numbers.length
  const middle = medianOf(numbers)
  const distances = numbers.map((number) => Math.abs(number - middle))
  const spread = medianOf(distances)
  const limit = spread > 0 ? FAR * spread : 0
  const far: Array<number> = []
  let farthest = 0
  for (let index = 0; index < count; index++) {
    if ((distances[index] as number) > limit) far.push(places[index] as number)
    if ((distances[index] as number) > (distances[farthest] as number)) farthest = index
  }
  if (far.length <= Math.max(2, UNEVEN * count)) return far
  return spread === 0 ? [] : [places[farthest] as number]
}

/** Places of the least and the greatest of a column of different numbers: its range is what is asked of it first. */
export const extremesOf = ({ numbers, places }: Numbers): ReadonlyArray<number> => {
  let least = 0
  let greatest = 0
  for (let index = 1; index < numbers.length; index++) {
    if ((numbers[index] as number) < (numbers[least] as number)) least = index
    if ((numbers[index] as number) > (numbers[greatest] as number)) greatest = index
  }
  return numbers[least] === numbers[greatest] ? [] : [places[greatest] as number, places[least] as number]
}

/** Numbers that a median is taken of: more of them move it by less than what stands out is away from it. */
const MEDIAN_OF = 4_096

const medianOf = (numbers: Float64Array): number => {
  const step = Math.ceil(numbers.length / MEDIAN_OF)
  const sorted = new Float64Array(Math.ceil(numbers.length / step))
  for (let at = 0; at < sorted.length; at++) sorted[at] = numbers[at * step] as number
  sorted.sort()
  return sorted[sorted.length >> 1] as number
}

/** Steps from one number to the next that may stand out of a column, and numbers that it must have for them. */
const FEW_JUMPS = 2
const MANY = 30

/** Places behind the one or two steps that are far from all others, where the numbers around them are no outliers themselves. */
export const jumpsOf = ({ numbers, places }: Numbers, outliers: ReadonlyArray<number>): ReadonlyArray<number> => {
  if (numbers.length < MANY || outliers.length > 0) return []
  const steps = new Float64Array(numbers.length - 1)
  for (let at = 0; at < steps.length; at++) steps[at] = (numbers[at + 1] as number) - (numbers[at] as number)
  const middle = medianOf(steps)
  const spread = medianOf(steps.map((step) => Math.abs(step - middle)))
  // Numbers that mostly stay the same change; that is told by their values.
  if (spread === 0 && middle === 0) return []
  const far: Array<number> = []
  for (let at = 0; at < steps.length && far.length <= FEW_JUMPS; at++)
    if (Math.abs((steps[at] as number) - middle) > FAR * spread) far.push(places[at + 1] as number)
  return far.length <= FEW_JUMPS ? far : []
}

/** A shift is this many spreads of either level; within a level nothing may move by more than this share of it. */
const CLEAR = 3
const STEADY = 0.25

/** Sums of signs stray by chance no farther than this many roots of their number. */
const CHANCE = 3

/**
 * Where the sum of the signs about a level is farthest from a straight line: numbers before it lie on the other side than those behind. 0
 * where chance alone may go so far.
 */
const turnOf = (numbers: Float64Array, level: number): number => {
  let above = 0
  for (const number of numbers) above += Math.sign(number - level)
  const slope = above / numbers.length
  let sum = 0
  let farthest = 0
  let turn = 0
  for (let at = 0; at < numbers.length; at++) {
    sum += Math.sign((numbers[at] as number) - level) - slope
    if (Math.abs(sum) > farthest) {
      farthest = Math.abs(sum)
      turn = at + 1
    }
  }
  return farthest > CHANCE * Math.sqrt(numbers.length) ? turn : 0
}

/** The place from which on the numbers lie on another level, where both levels are steady; none where they drift or swing. */
export const shiftOf = ({ numbers, places }: Numbers): ReadonlyArray<number> => {
  const count = numbers.length
  const least = Math.max(8, 0.02 * count)
  const isSplit = (at: number): boolean => at >= least && count - at >= least
  const rough = turnOf(numbers, medianOf(numbers))
  if (!isSplit(rough)) return []
  const turn = turnOf(numbers, (medianOf(numbers.subarray(0, rough)) + medianOf(numbers.subarray(rough))) / 2)
  if (!isSplit(turn)) return []
  const sides = [numbers.subarray(0, turn), numbers.subarray(turn)] as const
  const [before, after] = [medianOf(sides[0]), medianOf(sides[1])]
  const shift = Math.abs(after - before)
  const isSteady = sides.every((side, at) => {
    const level = at === 0 ? before : after
    const half = side.length >> 1
    const drift = Math.abs(medianOf(side.subarray(0, half)) - medianOf(side.subarray(half)))
    return shift > CLEAR * medianOf(side.map((number) => Math.abs(number - level))) && drift < STEADY * shift
  })
  return shift > 0 && isSteady ? [places[turn] as number] : []
}
