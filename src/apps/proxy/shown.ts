/** What the routes that let a person look inside are asked, and what they show. */

export interface Asked {
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly path: string
  readonly query: URLSearchParams
  /** Who asks; without it nobody near. */
  readonly remoteAddress?: string | undefined
}

export interface Shown {
  readonly status: number
  /** The media type. */
  readonly type: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** Nothing of this is for other pages, for caches, or to be taken for another type. */
const HEADERS: Shown["headers"] = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin"
}

export const shown = (status: number, type: string, body: string, headers: Shown["headers"] = {}): Shown => ({
  status,
  type,
  body,
  headers: { ...HEADERS, ...headers }
})

export const shownJson = (status: number, value: unknown): Shown =>
  shown(status, "application/json", `${JSON.stringify(value)}\n`)

export const refused = (status: number, type: string, message: string): Shown =>
  shownJson(status, { error: { type, message } })
