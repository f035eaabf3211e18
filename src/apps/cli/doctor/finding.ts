/** What a check found, in the same words for every check. */
import type * as Effect from "effect/Effect"

export interface Finding {
  /** What it is about, such as "store" or an agent's name. */
  readonly about: string
  readonly state: "ok" | "warning" | "broken"
  readonly what: string
  /** The way out, where there is something to do. */
  readonly way?: string
  /** Does it; the sentence that says what was done. */
  readonly fix?: Effect.Effect<string, { readonly message: string }>
}

export const ok = (about: string, what: string): Finding => ({ about, state: "ok", what })
export const warning = (about: string, what: string, way: string, fix?: Finding["fix"]): Finding => ({
  about,
  state: "warning",
  what,
  way,
  ...(fix === undefined ? {} : { fix })
})
export const broken = (about: string, what: string, way: string, fix?: Finding["fix"]): Finding => ({
  ...warning(about, what, way, fix),
  state: "broken"
})
