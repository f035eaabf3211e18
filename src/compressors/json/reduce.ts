/**
 * Chooses what of a document stays in view within a budget, as cuts of its compact text: rows that tell least, and the ends of long
 * strings. What remains is JSON again.
 */
import type { Gap } from "../../domain/marker.ts"
import type { Want } from "../../domain/compressor.ts"
import { judge } from "../log/gravity.ts"
import { ERROR as GRAVE } from "../log/header.ts"
import type { Document } from "./identity.ts"
import { type Column, columnsOf, type RowSet, rowSetsOf } from "./row-set.ts"
import {
  ASKED,
  CHANGE,
  END,
  ERROR,
  EXTREME,
  Facts,
  hitsOf,
  KIN,
  ODD,
  REST,
  SELDOM,
  type Salience,
  salienceOf
} from "./salience.ts"
import { lexemesOf, STRING, type Value } from "./scan.ts"

/** Hidden text: [from, to) of the compact text. */
export interface Cut {
  readonly from: number
  readonly to: number
  /** Units hidden here. */
  readonly count: number
}

/** Cuts that one marker tells of. */
export interface Hidden {
  readonly cuts: ReadonlyArray<Cut>
  readonly gap: Gap
}

/** Characters of a long string that stay, at most for an error that is told further down, and the length from which on it is cut. */
const PREVIEW = 200
const LONG_PREVIEW = 1_600
const LONG = 480
/** Markers of their own that row sets get at most; those of the smaller ones are joined. */
const MAX_MARKERS = 8
/** Characters that a row costs beside its text. */
const ROW = 4
/** Rows of one kind of error that stay where there is no room for all. */
const SAME_ERROR = 2

/** A plan that can be carried out for any budget. */
export interface Plan {
  readonly cutTo: (budgetCharacters: number) => ReadonlyArray<Hidden>
}

interface Planned {
  readonly set: RowSet
  readonly salience: Salience
  /** Characters of each row without the sets inside it. */
  readonly costs: ReadonlyArray<number>
  /** Index of the set around it and the row of it that holds it, or -1. */
  readonly outer: number
  readonly outerRow: number
}

export const planOf = (json: Document, want: Want): Plan => {
  const sets = rowSetsOf(json)
  const inner = new Set<Value>(sets.flatMap((set) => (set.container === -1 ? [] : [set.container])))
  const hits = hitsOf(json.compact, want.question)
  const facts = new Facts(json)
  const planned: Array<Planned> = []
  const open: Array<number> = []
  sets.forEach((set, index) => {
    while (open.length > 0 && (sets[open[open.length - 1] as number] as RowSet).end <= set.start) open.pop()
    const outer = open[open.length - 1] ?? -1
    const columns = columnsOf(json, set, inner)
    const costs = set.rows.map((row) => (json.end[row] as number) - startOf(json, row) + ROW)
    const around = planned[outer]
    const outerRow = around === undefined ? -1 : rowAt(json, around.set, set.start)
    if (around !== undefined)
      (around.costs as Array<number>)[outerRow] = (around.costs[outerRow] as number) - (set.end - set.start)
    planned.push({ set, salience: salienceOf(facts, set, columns, askedRows(json, set, hits)), costs, outer, outerRow })
    open.push(index)
  })
  return { cutTo: (budget) => cutTo(json, planned, budget) }
}

const startOf = (json: Document, row: Value): number => {
  const key = json.key[row] as number
  return key === -1 ? (json.start[row] as number) : key
}

/** The row of the set that holds the offset. */
const rowAt = (json: Document, set: RowSet, offset: number): number => {
  let low = 0
  let high = set.rows.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (startOf(json, set.rows[middle] as Value) <= offset) low = middle
    else high = middle - 1
  }
  return low
}

/** Rows that hold a word of the question which at most a tenth of the rows hold. */
const askedRows = (json: Document, set: RowSet, hits: ReadonlyArray<ReadonlyArray<number>>): ReadonlySet<number> => {
  const asked = new Set<number>()
  for (const places of hits) {
    const rows = new Set<number>()
    for (const place of places) if (place >= set.start && place < set.end) rows.add(rowAt(json, set, place))
    if (rows.size <= Math.max(3, 0.1 * set.rows.length)) for (const row of rows) asked.add(row)
  }
  return asked
}

const cutTo = (json: Document, planned: ReadonlyArray<Planned>, budget: number): ReadonlyArray<Hidden> => {
  const kept = keep(json, planned, budget)
  const hidden: Array<Hidden> = []
  planned.forEach((plan, index) => {
    if (!isVisible(planned, kept, plan)) return
    const cuts = rowCuts(json, plan.set, kept[index] as Uint8Array)
    if (cuts.length > 0) hidden.push({ cuts, gap: gapOf(json, plan, kept[index] as Uint8Array) })
  })
  const strings = stringCuts(json, hidden)
  return [...joined(hidden), ...strings]
}

/** Whether the row that holds the set stays, and so on outwards. */
const isVisible = (planned: ReadonlyArray<Planned>, kept: ReadonlyArray<Uint8Array>, plan: Planned): boolean => {
  for (let at: Planned | undefined = plan; at !== undefined && at.outer !== -1; at = planned[at.outer]) {
    if (kept[at.outer]?.[at.outerRow] !== 1) return false
  }
  return true
}

/** Which rows of each set stay: by class, then by place, as long as there is room; what is asked for, errors and odd rows in any case. */
const keep = (json: Document, planned: ReadonlyArray<Planned>, budget: number): ReadonlyArray<Uint8Array> => {
  const kept = planned.map((plan) => new Uint8Array(plan.set.rows.length))
  const rowsInSets = planned.reduce((sum, plan) => sum + (plan.outer === -1 ? plan.set.end - plan.set.start : 0), 0)
  let room = budget - (json.compact.length - rowsInSets)
  const take = (index: number, row: number): void => {
    for (let at = index, place = row; at !== -1; ) {
      const rows = kept[at] as Uint8Array
      const plan = planned[at] as Planned
      if (rows[place] === 1) return
      rows[place] = 1
      room -= plan.costs[place] as number
      place = plan.outerRow
      at = plan.outer
    }
  }
  let must = 0
  for (const plan of planned) {
    for (const rows of plan.salience.classes.slice(0, ODD + 1))
      for (const row of rows) must += plan.costs[row] as number
  }
  const isTight = must > room
  for (const found of [ASKED, ERROR, ODD]) {
    planned.forEach((plan, index) => {
      const seen = new Map<string, number>()
      for (const row of plan.salience.classes[found] ?? []) {
        if (found === ERROR && isTight) {
          const kind = plan.salience.errorKinds.get(row) ?? ""
          const same = (seen.get(kind) ?? 0) + 1
          seen.set(kind, same)
          if (same > SAME_ERROR) continue
        }
        take(index, row)
      }
    })
  }
  for (const found of [ERROR, KIN, CHANGE, EXTREME, END, SELDOM, REST]) {
    planned.forEach((plan, index) => {
      for (const row of plan.salience.classes[found] ?? []) {
        if (room <= 0) break
        if (room >= (plan.costs[row] as number)) take(index, row)
      }
    })
  }
  // The first row of the outermost sets shows what rows are like.
  planned.forEach((plan, index) => {
    if (plan.outer === -1) take(index, 0)
  })
  return kept
}

/** Cuts of the rows that do not stay, with one comma or newline each, so that what remains is well-formed. */
const rowCuts = (json: Document, set: RowSet, kept: Uint8Array): ReadonlyArray<Cut> => {
  const cuts: Array<Cut> = []
  const { rows } = set
  for (let row = 0; row < rows.length; ) {
    if (kept[row] === 1) {
      row++
      continue
    }
    const first = row
    while (row < rows.length && kept[row] !== 1) row++
    const isLast = row === rows.length
    const from =
      isLast && first > 0 ? (json.end[rows[first - 1] as Value] as number) : startOf(json, rows[first] as Value)
    const to = isLast ? (json.end[rows[row - 1] as Value] as number) : startOf(json, rows[row] as Value)
    cuts.push({ from, to, count: row - first })
  }
  return cuts
}

/** Ends of the long strings that are in view. */
const stringCuts = (json: Document, hidden: ReadonlyArray<Hidden>): ReadonlyArray<Hidden> => {
  const rows = hidden.flatMap((one) => one.cuts).sort((a, b) => a.from - b.from)
  const cuts: Array<Cut> = []
  let at = 0
  for (let value = 0; value < json.kind.length; value++) {
    const start = json.start[value] as number
    const end = json.end[value] as number
    if (json.kind[value] !== STRING || end - start < LONG) continue
    while (at < rows.length && (rows[at] as Cut).to <= start) at++
    if (at < rows.length && (rows[at] as Cut).from <= start) continue
    const from = previewEnd(json.compact, start + 1, end - 1)
    if (from >= end - 1) continue
    cuts.push({ from, to: end - 1, count: end - 1 - from })
  }
  if (cuts.length === 0) return []
  const count = cuts.reduce((sum, cut) => sum + cut.count, 0)
  return [{ cuts, gap: { unit: "characters", count, profile: `the ends of ${cuts.length} long strings` } }]
}

/** Offset behind the preview of a string's body: between characters and escapes, behind the last line near its beginning that tells of an error. */
const previewEnd = (compact: string, start: number, end: number): number => {
  const lines = compact.slice(start, Math.min(end, start + LONG_PREVIEW)).split("\\n")
  let shown = PREVIEW
  let length = 0
  for (const line of lines) {
    length += line.length + 2
    if (length > PREVIEW && judge(line) === GRAVE) shown = length - 2
  }
  let at = start
  while (at < start + shown && at < end) {
    const code = compact.charCodeAt(at)
    if (code === 92) at += compact.charCodeAt(at + 1) === 117 ? 6 : 2
    else at += code >= 0xd800 && code < 0xdc00 ? 2 : 1
  }
  return Math.min(at, end)
}

// Markers.

const gapOf = (json: Document, plan: Planned, kept: Uint8Array): Gap => {
  const first = kept.indexOf(0)
  const last = kept.lastIndexOf(0)
  let count = 0
  for (const one of kept) if (one !== 1) count++
  const name = plan.set.name === "" ? "" : `of ${plan.set.name}`
  const states = plan.salience.states.slice(0, 2).map((column) => profileOf(json, column, kept))
  const profile = [name, ...states].filter((part) => part !== "").join("; ")
  return { unit: plan.set.unit, count, range: [first, last], ...(profile === "" ? {} : { profile }) }
}

/** How often each value of a column is hidden, the most frequent first. */
const profileOf = (json: Document, column: Column, kept: Uint8Array): string => {
  const counts = new Map<string, number>()
  column.values.forEach((value, place) => {
    if (kept[column.rows[place] as number] === 1) return
    const lexemes = lexemesOf(json, value)
    const text = lexemes.length > 24 ? `${lexemes.slice(0, 20)}…` : lexemes
    counts.set(text, (counts.get(text) ?? 0) + 1)
  })
  const sorted = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 5)
  return sorted.length === 0 ? "" : `${column.name} ${sorted.map(([text, count]) => `${text} ${count}`).join(", ")}`
}

/** The markers of the largest sets, and one a unit for all others. */
const joined = (hidden: ReadonlyArray<Hidden>): ReadonlyArray<Hidden> => {
  if (hidden.length <= MAX_MARKERS) return hidden
  const bySize = [...hidden].sort((a, b) => b.gap.count - a.gap.count)
  const own = bySize.slice(0, MAX_MARKERS / 2)
  const others = bySize.slice(MAX_MARKERS / 2)
  const units = [...new Set(others.map((one) => one.gap.unit))]
  return [
    ...own,
    ...units.map((unit): Hidden => {
      const same = others.filter((one) => one.gap.unit === unit)
      const count = same.reduce((sum, one) => sum + one.gap.count, 0)
      const names = [...new Set(same.map((one) => one.gap.profile?.split(";")[0] ?? ""))].slice(0, 3).join(", ")
      return {
        cuts: same.flatMap((one) => one.cuts),
        gap: { unit, count, profile: `${same.length} places ${names}`.trim() }
      }
    })
  ]
}
