/**
 * What fading would change in a user's history: sessions measured under each setting, weighed by what they cost, because a share of a cheap
 * session is nothing to anyone.
 */
import type { SessionMeasure } from "./session-measure.ts"

/** Hiding nothing; and under offload, how old outputs fade. */
export type FadingChoice = "visible" | "off" | "safe" | "strong"

export const FADING_CHOICES: ReadonlyArray<FadingChoice> = ["visible", "off", "safe", "strong"]

export interface FadingShare {
  readonly choice: FadingChoice
  /** Of the cost as it was, pauses and the retrievals that it would cause counted; 1 is no gain. */
  readonly net: number
  /** Dollars at that share; 0 where no price is known. */
  readonly dollars: number
  /** Of the facts needed, the share in sight. */
  readonly recall: number
  /** Histories that were rendered anew. */
  readonly births: number
}

interface Sum {
  weight: number
  net: number
  dollars: number
  facts: number
  kept: number
  births: number
}

export class FadingShares {
  readonly #sums = new Map<FadingChoice, Sum>()

  /** A session that cost so many dollars, 0 where no price is known for it; `weight` is what it counts. */
  add(choice: FadingChoice, measure: SessionMeasure, { weight, dollars }: Pick<Sum, "weight" | "dollars">): void {
    const sum = this.#sums.get(choice) ?? { weight: 0, net: 0, dollars: 0, facts: 0, kept: 0, births: 0 }
    this.#sums.set(choice, sum)
    sum.weight += weight
    sum.net += weight * measure.netAsPaid
    sum.dollars += dollars * measure.netAsPaid
    sum.facts += measure.facts
    sum.kept += measure.factsKept
    sum.births += measure.births
  }

  get summary(): ReadonlyArray<FadingShare> {
    return FADING_CHOICES.flatMap((choice) => {
      const sum = this.#sums.get(choice)
      if (sum === undefined || sum.weight === 0) return []
      const { weight, net, dollars, facts, kept, births } = sum
      return [{ choice, net: net / weight, dollars, recall: facts === 0 ? 1 : kept / facts, births }]
    })
  }
}
