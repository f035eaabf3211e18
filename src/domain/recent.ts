/**
 * Readings of texts that are not done twice in one decision: its forms, what hides lines and the proof all read the same text.
 *
 * What was read is held weakly, which keeps it while the running job lasts: the next decision lets go of it, or else the collector does.
 */

/** Characters of the texts that are remembered together, the last one aside. */
const MOST = 2_000_000

/** The number of the decision under way, 0 where there is none: then nothing is remembered. */
let decision = 0
let decisions = 0

/** Runs a decision. */
export const inDecision = <A>(decide: () => A): A => {
  const before = decision
  decision = ++decisions
  try {
    return decide()
  } finally {
    decision = before
  }
}

/** The reading, which gives for a text what it gave for it before in the decision; nobody may change that. */
export const recently = <A>(read: (text: string) => A): ((text: string) => A) => {
  let held = new WeakRef(new Map<string, A>())
  let of = decision
  let length = 0
  return (text) => {
    if (decision === 0) return read(text)
    let known = held.deref()
    if (known === undefined) {
      known = new Map()
      held = new WeakRef(known)
      length = 0
    }
    if (of !== decision || length > MOST) {
      known.clear()
      of = decision
      length = 0
    }
    const before = known.get(text)
    if (before !== undefined || known.has(text)) return before as A
    const found = read(text)
    known.set(text, found)
    length += text.length
    return found
  }
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
