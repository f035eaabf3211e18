/** The steps of applying and undoing changes: lock, read, compute, journal, replace, journal; each ends in a state that the next run understands. */
import { mkdirSync } from "node:fs"
import { dirname } from "node:path"
import { type Edit, sameSetting, stands } from "../../domain/config-edit.ts"
import { type Applied, type Change, ConfigEditError, damaged, type Undone, unparsable, unusable } from "./change.ts"
import { difference, digestOf, type Entry, lockIn, readJournal, textBefore, writeJournal } from "./journal.ts"
import { withLock } from "./lock.ts"
import { editText, parseSettings, revertText } from "./settings-text.ts"
import { missingFolders, readText, removeFile, replaceText } from "./text-file.ts"

/** A file that another program writes while we do is read again so many times. */
const ATTEMPTS = 5

type Step = (name: string) => void

const failed = (file: string, reason: ConfigEditError["reason"], detail: string): ConfigEditError =>
  new ConfigEditError({ file, reason, detail })

const sameEdit = (a: Edit, b: Edit): boolean =>
  a._tag === b._tag && sameSetting(a.at, b.at) && sameSetting(a.value, b.value)

const placeOf = (edit: Edit): string => edit.at.join(".")

/** The text without the entry's edit; undefined where the edit does not stand in it. */
const without = (text: string, entry: Entry): string | undefined => {
  const exact = textBefore(text, entry)
  if (exact !== undefined) return exact
  const back = revertText(entry.format, text, entry.edit, entry.prior, entry.depth)
  switch (back._tag) {
    case "Reverted":
      return back.text
    case "Gone":
      return undefined
    case "Unparsable":
      throw unparsable(entry.file, entry.format, back.line, back.what)
    case "Unable":
      throw failed(
        entry.file,
        "unable",
        `${placeOf(entry.edit)} cannot be taken out without touching the rest; take it out by hand`
      )
  }
}

interface Plan {
  readonly text: string
  readonly entries: ReadonlyArray<Entry>
}

const planOf = (change: Change, before: string | undefined, own: ReadonlyArray<Entry>): Plan => {
  const asked = (entry: Entry): boolean => change.edits.some((edit) => sameEdit(edit, entry.edit))
  let text = before ?? ""
  const kept: Array<Entry> = []
  for (const entry of own.toReversed()) {
    const base = without(text, entry)
    if (asked(entry) && base !== undefined) kept.unshift(entry)
    else text = base ?? text
  }
  const created = before === undefined || own.some((entry) => entry.created)
  const entries = [...kept]
  for (const edit of change.edits) {
    if (kept.some((entry) => sameEdit(entry.edit, edit))) continue
    const made = editText(change.format, text, edit)
    if (made._tag === "Standing") continue
    if (made._tag === "Unparsable") throw unparsable(change.file, change.format, made.line, made.what)
    if (made._tag === "Unable")
      throw failed(change.file, "unable", `${placeOf(edit)} cannot be set without touching the rest; set it by hand`)
    if (made.prior !== undefined && change.force !== true)
      throw failed(
        change.file,
        "taken",
        `${placeOf(edit)} is set to something else; --force replaces it until it is undone`
      )
    const { owner, file, format } = change
    const folders = own.find((entry) => entry.created)?.folders ?? []
    entries.push({
      owner,
      file,
      format,
      edit,
      ...(made.prior === undefined ? {} : { prior: made.prior }),
      depth: made.depth,
      created,
      folders,
      after: digestOf(made.text),
      ...difference(text, made.text)
    })
    text = made.text
  }
  return { text, entries }
}

/** An entry that outlives another of its file: what that one made for both, this one takes away in the end. */
const inheriting = (entry: Entry, gone: ReadonlyArray<Entry>): Entry => {
  let { depth, created, folders } = entry
  for (const other of gone) {
    if (other.file !== entry.file) continue
    let shared = 0
    while (shared < entry.edit.at.length && entry.edit.at[shared] === other.edit.at[shared]) shared++
    if (other.depth < shared) depth = Math.min(depth, other.depth)
    if (!other.created) continue
    created = true
    folders = other.folders
  }
  return { ...entry, depth, created, folders }
}

/** Whether the file has nothing left that anybody set. */
const isBare = (entry: Entry, text: string): boolean => {
  const parsed = parseSettings(entry.format, text)
  return parsed._tag === "Parsed" && sameSetting(parsed.value, {}) && !/\/[/*]|#/.test(text)
}

/** Edits that stand though the journal was lost: nothing is known of what was there before. */
const unknownTo = (own: ReadonlyArray<Entry>, change: Change | undefined): ReadonlyArray<Entry> => {
  if (change === undefined) return []
  const { owner, file, format } = change
  const parsed = parseSettings(format, readText(file) ?? "")
  return change.edits
    .filter((edit) => parsed._tag === "Parsed" && stands(parsed.value, edit))
    .filter((edit) => !own.some((entry) => entry.file === file && sameEdit(entry.edit, edit)))
    .map((edit) => ({
      owner,
      file,
      format,
      edit,
      depth: edit.at.length - 1,
      created: false,
      folders: [],
      after: "",
      at: 0,
      removed: "",
      inserted: ""
    }))
}

export const entriesIn = (home: string): ReadonlyArray<Entry> => {
  try {
    return readJournal(home)
  } catch {
    throw damaged(home)
  }
}

export const make = (home: string, step: Step) => {
  const locked = <A>(file: string, use: () => A): A => {
    const result = withLock(lockIn(home), use)
    if (result === undefined)
      throw failed(file, "busy", `another headroom is editing settings; try again, or remove ${lockIn(home)}`)
    return result.value
  }
  /** Whether the file was replaced: not where another program wrote it since it was read. */
  const put = (file: string, before: string | undefined, text: string): boolean => {
    step("draft")
    return replaceText(file, text, () => {
      step("rename")
      return readText(file) === before
    })
  }

  const applyOnce = (change: Change): Applied | undefined => {
    const all = entriesIn(home)
    const before = readText(change.file)
    const own = all.filter(({ owner, file }) => owner === change.owner && file === change.file)
    const { text, entries } = planOf(change, before, own)
    const others = all.filter((entry) => !own.includes(entry))
    const gone = own.filter((entry) => !entries.includes(entry))
    const heirs = others.map((entry) => inheriting(entry, gone))
    if (text === (before ?? "")) {
      if (gone.length > 0) writeJournal(home, [...heirs, ...entries])
      return "standing"
    }
    const missing = before === undefined ? missingFolders(dirname(change.file)) : []
    const owned = entries
      .filter((entry) => !own.includes(entry))
      .map((entry) => ({ ...entry, folders: [...entry.folders, ...missing] }))
    step("journal")
    // Until the file is replaced both are true: what stands in it is in the journal either way.
    writeJournal(home, [...others, ...own, ...owned])
    step("folders")
    mkdirSync(dirname(change.file), { recursive: true, mode: 0o700 })
    if (!put(change.file, before, text)) {
      writeJournal(home, [...others, ...own])
      return undefined
    }
    step("settle")
    const kept = entries.filter((entry) => own.includes(entry))
    if (gone.length > 0) writeJournal(home, [...heirs, ...kept, ...owned])
    return "applied"
  }

  const undoOnce = (file: string, own: ReadonlyArray<Entry>): Undone["outcome"] | undefined => {
    const before = readText(file)
    if (before === undefined) return "undone"
    let text = before
    let kept = 0
    for (const entry of own.toReversed()) {
      const base = without(text, entry)
      if (base === undefined) kept++
      text = base ?? text
    }
    const created = own.find((entry) => entry.created)
    if (created !== undefined && isBare(created, text)) {
      step("remove")
      if (readText(file) !== before) return undefined
      removeFile(file, created.folders)
      return "removed"
    }
    if (text !== before && !put(file, before, text)) return undefined
    return kept === 0 ? "undone" : "kept"
  }

  const again = <A>(file: string, once: () => A | undefined): A => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const result = once()
      if (result !== undefined) return result
    }
    throw failed(file, "busy", "another program writes it all the time; close it and try again")
  }

  return {
    apply: (change: Change): Applied => locked(change.file, () => again(change.file, () => applyOnce(change))),
    undo: (owner: string, known?: Change): ReadonlyArray<Undone> =>
      locked(known?.file ?? lockIn(home), () => {
        const journaled = entriesIn(home).filter((entry) => entry.owner === owner)
        const all = [...journaled, ...unknownTo(journaled, known)]
        const done: Array<Undone> = []
        for (const path of new Set(all.map((entry) => entry.file))) {
          const own = all.filter((entry) => entry.file === path)
          try {
            done.push({ file: path, outcome: again(path, () => undoOnce(path, own)) })
          } catch (error) {
            throw error instanceof ConfigEditError ? error : unusable(path, error)
          }
          step("forget")
          const rest = entriesIn(home).filter((entry) => entry.owner !== owner || entry.file !== path)
          writeJournal(
            home,
            rest.map((entry) => inheriting(entry, own))
          )
        }
        return done
      })
  }
}
