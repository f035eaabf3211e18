/**
 * Which numbers of a column stand out: by how far they are from the median, for a mean moves with what is looked for.
 */

/** Median absolute deviations from the median beyond which a number stands out. */
const FAR = 8
/** A share of far numbers above which the column is just uneven: only its extremes count. */
const UNEVEN = 0.03

/** The numbers of a column that is one of numbers, and their places. */
export interface Numbers {
  readonly numbers: Float64Array
  readonly places: Int32Array
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
