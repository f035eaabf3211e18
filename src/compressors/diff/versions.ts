/**
 * What a diff changes in a lockfile: packages added, removed, and pinned to another version, told by the packages of its hunks before and
 * after, because a diff's context is shared between packages that only look alike.
 */
import type { Shown } from "../../domain/tiling.ts"
import { type Line, type Package, packagesIn } from "../lockfile/packages.ts"
import { pinned, repinned } from "../lockfile/pinned.ts"
import { type FilePatch, type Hunk, lineEnd } from "./patch.ts"

/** The hunk's lines on one side, without their marks and breaks. */
const side = (text: string, hunk: Hunk, other: string): ReadonlyArray<Line> => {
  const lines: Array<Line> = []
  for (let at = lineEnd(text, hunk.start); at < hunk.end; at = lineEnd(text, at)) {
    const end = lineEnd(text, at)
    if (text[at] === other || text[at] === "\\") continue
    lines.push({
      start: Math.min(at + 1, end),
      end: text[end - 1] !== "\n" ? end : end - (text[end - 2] === "\r" ? 2 : 1)
    })
  }
  return lines
}

type ByName = Map<string, Map<string, Package>>

const collect = (found: ByName, packages: ReadonlyArray<Package>): void => {
  for (const one of packages) {
    const versions = found.get(one.name) ?? new Map<string, Package>()
    found.set(one.name, versions)
    if (!versions.has(one.version)) versions.set(one.version, one)
  }
}

const missing = (from: ReadonlyMap<string, Package> | undefined, other: ReadonlyMap<string, Package> | undefined) =>
  [...(from?.values() ?? [])].filter(({ version }) => other?.has(version) !== true)

/** The added or removed package, where its own line says so. */
const marked = (text: string, one: Package, mark: string): Shown | undefined => {
  const at = one.labelLine.start - 1
  return text[at] === mark ? pinned(text, one, at) : undefined
}

/** A line for each package whose version changes, in the order of the diff. */
export const versionsIn = (text: string, file: FilePatch): ReadonlyArray<Shown> => {
  const before: ByName = new Map()
  const after: ByName = new Map()
  for (const hunk of file.hunks) {
    if (hunk.columns !== 1 || hunk.isBinary) continue
    collect(before, packagesIn(text, side(text, hunk, "+")))
    collect(after, packagesIn(text, side(text, hunk, "-")))
  }
  const shown: Array<Shown> = []
  const put = (one: Shown | undefined): boolean => {
    if (one !== undefined) shown.push(one)
    return one !== undefined
  }
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const removed = missing(before.get(name), after.get(name))
    const added = missing(after.get(name), before.get(name))
    for (let i = 0; i < Math.max(removed.length, added.length); i++) {
      const [old, fresh] = [removed[i], added[i]]
      if (old !== undefined && fresh !== undefined && put(repinned(text, old, fresh))) continue
      if (old !== undefined) put(marked(text, old, "-"))
      if (fresh !== undefined) put(marked(text, fresh, "+"))
    }
  }
  return disjoint(shown.sort((a, b) => (a.spans[0] as number) - (b.spans[0] as number)))
}

/** Two packages may claim one line: the first has it. */
const disjoint = (shown: ReadonlyArray<Shown>): ReadonlyArray<Shown> => {
  const taken = new Set<number>()
  return shown.filter(({ spans }) => {
    const ends = spans.filter((_, i) => i % 2 === 1)
    if (ends.some((end) => taken.has(end))) return false
    for (const end of ends) taken.add(end)
    return true
  })
}
