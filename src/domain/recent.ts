/**
 * Readings of texts that are not done twice in one decision: its forms, what hides lines and the proof all read the same text.
 *
 * What was read is held weakly, which keeps it while the running job lasts: the next decision lets go of it, or else the collector does.
 */

/** Characters of the texts that are remembered together, the last one aside. */
const MOST = 2_000_000

let decisions = 0

/** Another decision begins: what it costs must not depend on those before. */
export const forget = (): void => {
  decisions++
}

/** The reading, which gives for a text what it gave for it before; nobody may change that. */
export const recently = <A>(read: (text: string) => A): ((text: string) => A) => {
  let held = new WeakRef(new Map<string, A>())
  let decision = decisions
  let length = 0
  return (text) => {
    let known = held.deref()
    if (known === undefined) {
      known = new Map()
      held = new WeakRef(known)
      length = 0
    }
    if (decision !== decisions || length > MOST) {
      known.clear()
      decision = decisions
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
