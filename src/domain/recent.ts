/**
 * Readings of texts that are not done twice in one decision: its forms, what hides lines and the proof all read the same text.
 *
 * What was read is let go of with the decision, so that no output is held any longer.
 */

/** Characters of the texts that one reading remembers together, the last one aside. */
const MOST = 2_000_000

interface Remembered {
  readonly of: Map<string, unknown>
  length: number
}

/** What the readings of the decision under way gave; undefined where there is none: then nothing is remembered. */
let memory: Map<unknown, Remembered> | undefined

/** Runs a decision. */
export const inDecision = <A>(decide: () => A): A => {
  const before = memory
  memory = new Map()
  try {
    return decide()
  } finally {
    memory = before
  }
}

/** The reading, which gives for a text what it gave for it before in the decision; nobody may change that. */
export const recently =
  <A>(read: (text: string) => A): ((text: string) => A) =>
  (text) => {
    if (memory === undefined) return read(text)
    let known = memory.get(read)
    if (known === undefined || known.length > MOST) {
      known = { of: new Map(), length: 0 }
      memory.set(read, known)
    }
    const before = known.of.get(text)
    if (before !== undefined || known.of.has(text)) return before as A
    const found = read(text)
    known.of.set(text, found)
    known.length += text.length
    return found
  }

/** The same of objects. */
export const once = <Key extends object, A>(read: (key: Key) => A): ((key: Key) => A) => {
  const known = new WeakMap<Key, A>()
  return (key) => {
    const before = known.get(key)
    if (before !== undefined) return before
    const found = read(key)
    known.set(key, found)
    return found
  }
}
