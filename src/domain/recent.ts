/**
 * Readings of texts that are not done twice in one decision: its forms, what hides lines and the proof all read the same text.
 *
 * What was read is held weakly, which keeps it while the running job lasts, so nothing of an output outlives its decision for long.
 */

/** Characters of the texts that are remembered together, unless one alone has more. */
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
    let known = decision === decisions ? held.deref() : undefined
    if (known?.has(text) === true) return known.get(text) as A
    const found = read(text)
    length += text.length
    if (known === undefined || length > MOST) {
      known = new Map()
      held = new WeakRef(known)
      decision = decisions
      length = text.length
    }
    known.set(text, found)
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
