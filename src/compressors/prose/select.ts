/**
 * Chooses the units to show within a budget: the most salient first, each with what it would mean something else without.
 */
import { estimateTokens } from "../../domain/tokens.ts"
import type { Salience } from "./salience.ts"
import type { Unit } from "./units.ts"

/** A gap's marker costs about this much; a shorter gap is shown. */
const GAP_TOKENS = 12
/** The line at the end that names the original. */
const FOOT_TOKENS = 24
/** Headings are shown, hidden text beneath or not, while they cost no more than this share of the budget. */
const OUTLINE_SHARE = 0.15
/** Units that do not fit before the rest is not tried. */
const PATIENCE = 200
/** Three-word runs in common from which on a unit says what another has said. */
const SAME_SHARE = 0.85

/** A sentence that takes back or limits what stands before it. */
const QUALIFIES =
  /^\W*(?:however|but|yet|unless|except|otherwise|instead|nevertheless|nonetheless|only if|if not|if so|in that case|not\b|nor\b|although|though|despite|conversely|on the other hand|jedoch|aber|sonst|es sei denn|mais|sauf|sinon|pero|salvo|但|しかし|ただし)/i

const shinglesOf = (sentence: string): ReadonlyArray<string> => {
  const words =
    sentence
      .slice(0, 2_000)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  if (words.length < 5) return []
  const out: Array<string> = []
  for (let i = 0; i + 3 <= words.length; i++) out.push(words.slice(i, i + 3).join(" "))
  return out
}

/** For each unit whether it is shown. */
export const select = (
  text: string,
  units: ReadonlyArray<Unit>,
  salience: Salience,
  budgetTokens: number
): ReadonlyArray<boolean> => {
  const costs = new Int32Array(units.length).fill(-1)
  const shown = units.map(() => false)
  const indexes = units.map((_, at) => at)
  let spent = FOOT_TOKENS + GAP_TOKENS
  // Most units of a long text are never weighed.
  const costOf = (at: number): number => {
    if (costs[at] === -1) costs[at] = estimateTokens(text.slice((units[at] as Unit).start, (units[at] as Unit).end))
    return costs[at] as number
  }
  /** Units that must come with this one and are not shown yet, itself included. */
  const companions = (at: number): ReadonlyArray<number> => {
    const group = new Set<number>()
    const add = (unit: number): void => {
      for (let i = unit; i !== -1 && !group.has(i); i = (units[i] as Unit).lead) {
        if (!shown[i]) group.add(i)
        const heading = (units[i] as Unit).heading
        if (heading !== -1 && !shown[heading]) group.add(heading)
      }
    }
    add(at)
    const opens = (i: number): boolean => {
      const unit = units[i]
      return (
        unit !== undefined &&
        unit.paragraph === units[i - 1]?.paragraph &&
        QUALIFIES.test(text.slice(unit.start, unit.start + 40))
      )
    }
    if (opens(at)) add(at - 1)
    if (opens(at + 1)) add(at + 1)
    return [...group]
  }
  const startsGap = (at: number, isShown: (at: number) => boolean): boolean =>
    at < units.length && !isShown(at) && (at === 0 || isShown(at - 1))
  /** How many gaps more there are when these units are shown. */
  const gapsMore = (group: ReadonlyArray<number>): number => {
    const inside = new Set(group)
    const before = (at: number): boolean => shown[at] === true
    const after = (at: number): boolean => shown[at] === true || inside.has(at)
    let change = 0
    for (const edge of new Set(group.flatMap((at) => [at, at + 1])))
      change += Number(startsGap(edge, after)) - Number(startsGap(edge, before))
    return change
  }
  const said = new Set<string>()
  const show = (group: ReadonlyArray<number>): boolean => {
    const cost = group.reduce((sum, at) => sum + costOf(at), 0) + GAP_TOKENS * gapsMore(group)
    if (spent + cost > budgetTokens) return false
    spent += cost
    for (const at of group) shown[at] = true
    return true
  }

  const headings = indexes.filter((at) => (units[at] as Unit).isHeading)
  let outline = 0
  for (let i = 0; i < headings.length && outline <= OUTLINE_SHARE * budgetTokens; i++)
    outline += costOf(headings[i] as number) + GAP_TOKENS
  if (outline <= OUTLINE_SHARE * budgetTokens) for (const at of headings) show([at])

  const order = indexes.sort((a, b) => (salience[b] as number) - (salience[a] as number) || a - b)
  let refused = 0
  for (const at of order) {
    if (spent >= budgetTokens || refused >= PATIENCE) break
    if (shown[at] === true || (units[at] as Unit).isHeading) continue
    const { start, end } = units[at] as Unit
    const shingles = shinglesOf(text.slice(start, end))
    const known = shingles.reduce((sum, shingle) => sum + (said.has(shingle) ? 1 : 0), 0)
    if (shingles.length > 0 && known >= SAME_SHARE * shingles.length) continue
    if (show(companions(at))) for (const shingle of shingles) said.add(shingle)
    else refused++
  }

  // A gap that costs as much as what it hides is no gap.
  for (let at = 0; at < units.length; ) {
    if (shown[at] === true) {
      at++
      continue
    }
    let end = at
    while (end < units.length && shown[end] !== true) end++
    let cost = 0
    for (let i = at; i < end && cost <= GAP_TOKENS; i++) cost += costOf(i)
    if (cost <= GAP_TOKENS) for (let i = at; i < end; i++) shown[i] = true
    at = end
  }
  return shown
}
