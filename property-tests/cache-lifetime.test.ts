/** What a choice of the cache's lifetime may never do: make the same pauses dearer. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  absencesOf,
  type CallMoment,
  cheapestLifetime,
  type Course,
  courseCost,
  coursesOf,
  type InputRates,
  type Lifetime,
  LIFETIMES,
  paysToRenew,
  RENEWAL_MS,
  RENEWALS
} from "../src/domain/cache-lifetime.ts"
import { CACHE_MS, LIST_PRICES } from "../src/domain/economics.ts"

const MINUTE = 60_000

const pause = fc.oneof(
  fc.integer({ min: 0, max: 2 * MINUTE }),
  fc.integer({ min: 4 * MINUTE, max: 20 * MINUTE }),
  fc.integer({ min: 50 * MINUTE, max: 90 * MINUTE })
)

const course: fc.Arbitrary<Course> = fc
  .array(fc.tuple(pause, fc.nat(50_000)), { maxLength: 40 })
  .map((calls) => ({ pauses: calls.map(([first]) => first), added: calls.map(([, tokens]) => tokens) }))

const rates: fc.Arbitrary<InputRates> = fc
  .tuple(
    fc.double({ min: 0.01, max: 1, noNaN: true }),
    fc.double({ min: 1, max: 2, noNaN: true }),
    fc.double({ min: 1, max: 4, noNaN: true })
  )
  .map(([cacheRead, cacheWrite, factor]) => ({ cacheRead, cacheWrite, cacheWriteHour: cacheWrite * factor }))

const choices: fc.Arbitrary<readonly [Lifetime, ...Array<Lifetime>]> = fc
  .shuffledSubarray([...LIFETIMES], { minLength: 1 })
  .map(([first = "five-minutes", ...others]) => [first, ...others])

describe("the lifetime that is chosen", () => {
  it("costs no more by the same pauses than the one that stands, whatever the prices", () => {
    fc.assert(
      fc.property(fc.array(course, { maxLength: 8 }), choices, rates, (courses, among, prices) => {
        const costOf = (lifetime: Lifetime): number =>
          courses.reduce((sum, one) => sum + courseCost(one, lifetime, prices), 0)
        const chosen = cheapestLifetime(courses, among, prices)
        expect(among).toContain(chosen)
        expect(costOf(chosen)).toBeLessThanOrEqual(costOf(among[0]))
        // what stays although another is cheaper, stays for next to nothing
        for (const lifetime of among) expect(costOf(chosen) * 0.99).toBeLessThanOrEqual(costOf(lifetime) + 1e-6)
      })
    )
  })

  it("does not depend on the order of conversations", () => {
    fc.assert(
      fc.property(fc.array(course, { maxLength: 6 }), choices, (courses, among) => {
        fc.pre(Math.abs(gapOf(courses, among)) > 1e-6)
        expect(cheapestLifetime(courses.toReversed(), among)).toBe(cheapestLifetime(courses, among))
      })
    )
  })
})

/** How far the two nearest costs are from each other: equal ones may be told apart by rounding. */
const gapOf = (courses: ReadonlyArray<Course>, among: ReadonlyArray<Lifetime>): number => {
  const costs = among.map((lifetime, at) => {
    const cost = courses.reduce((sum, one) => sum + courseCost(one, lifetime), 0)
    return at === 0 ? [cost, cost * 0.99] : [cost]
  })
  const all = costs.flat().toSorted((a, b) => a - b)
  return all.slice(1).reduce((gap, cost, at) => Math.min(gap, cost - (all[at] ?? 0)), Number.POSITIVE_INFINITY)
}

const absence = fc.oneof(pause, fc.constant(Number.POSITIVE_INFINITY))

/** What a pause costs for each token held, with whatever renewals are made in it. */
const costOfPause = (absences: ReadonlyArray<number>, length: number, held: number, isRenewing: boolean): number => {
  let done = 0
  while (isRenewing && length > (done + 1) * RENEWAL_MS && paysToRenew(absences, done, held)) done++
  expect(done).toBeLessThanOrEqual(RENEWALS)
  const back = !Number.isFinite(length)
    ? 0
    : length > done * RENEWAL_MS + CACHE_MS
      ? LIST_PRICES.write
      : LIST_PRICES.read
  return held * (back + done * LIST_PRICES.read) + done * LIST_PRICES.output
}

describe("renewals", () => {
  it("never make the pauses dearer that they were judged by, and are never more than may be", () => {
    fc.assert(
      fc.property(fc.array(absence, { maxLength: 60 }), fc.integer({ min: 0, max: 200_000 }), (absences, held) => {
        const total = (isRenewing: boolean): number =>
          absences.reduce((sum, length) => sum + costOfPause(absences, length, held, isRenewing), 0)
        expect(total(true)).toBeLessThanOrEqual(total(false) + 1e-6)
      })
    )
  })

  it("are not made where nothing is known, nor where nobody ever came back", () => {
    fc.assert(
      fc.property(fc.nat(20), fc.integer({ min: 0, max: RENEWALS - 1 }), (count, done) => {
        const gone = new Array<number>(count).fill(Number.POSITIVE_INFINITY)
        expect(paysToRenew(gone, done, 1_000_000)).toBe(false)
        expect(paysToRenew([], done, 1_000_000)).toBe(false)
      })
    )
  })
})

const calls: fc.Arbitrary<ReadonlyArray<CallMoment>> = fc.array(
  fc.record({
    conversation: fc.constantFrom("a", "b", "c"),
    at: fc.nat(10 * 60 * MINUTE),
    tokens: fc.nat(100_000),
    newTokens: fc.nat(1_000)
  }),
  { maxLength: 40 }
)

describe("conversations from their calls", () => {
  it("have a pause for each call and tell the same in any order", () => {
    fc.assert(
      fc.property(calls, (all) => {
        const unique = [...new Map(all.map((call) => [`${call.conversation} ${call.at}`, call])).values()]
        const courses = coursesOf(unique)
        expect(courses.reduce((sum, one) => sum + one.pauses.length, 0)).toBe(unique.length)
        for (const { pauses, added } of courses) {
          expect(added.length).toBe(pauses.length)
          expect(pauses.every((one) => one >= 0)).toBe(true)
        }
        const sums = (some: ReadonlyArray<CallMoment>) =>
          coursesOf(some)
            .map((one) => courseCost(one, "hour"))
            .toSorted((a, b) => a - b)
        expect(sums(unique.toReversed())).toEqual(sums(unique))
        expect(absencesOf(unique, 0).length).toBe(unique.length - courses.length)
        const gone = absencesOf(unique, Number.MAX_SAFE_INTEGER).filter((one) => !Number.isFinite(one))
        expect(gone.length).toBe(courses.length)
      })
    )
  })
})
