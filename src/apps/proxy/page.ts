/** What a route of our own is asked and answers; none of them reaches a provider. */
import type { Headers, Route } from "../../wire/endpoint.ts"
import { errorReply } from "../../wire/error-shape.ts"

export interface Page {
  readonly status: number
  /** The media type. */
  readonly type: string
  readonly body: string | Uint8Array
  /** Further fields, by lower-case name. */
  readonly headers?: Headers
}

export interface PageRequest {
  readonly headers: Headers
  readonly path: string
  readonly query: URLSearchParams
  readonly body: Uint8Array
  /** Who asks. */
  readonly remoteAddress: string | undefined
}

export const json = (status: number, value: unknown): Page => ({
  status,
  type: "application/json",
  body: `${JSON.stringify(value)}\n`
})

/** An error in the form that most clients read, for routes that belong to no provider. */
export const failed = (status: number, type: string, message: string): Page =>
  json(status, { error: { type, message } })

/** An error of ours in the form of the provider that the request was for. */
export const errorPage = (route: Route | undefined, status: number, message: string): Page => {
  const named = `headroom: ${message}`
  if (route === undefined) return failed(status, "invalid_request_error", named)
  const { contentType: type, body } = errorReply(route, status, named)
  return { status, type, body }
}
