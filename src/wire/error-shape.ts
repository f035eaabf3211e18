/**
 * An error of ours in the form of the provider that the client speaks to, because clients decide by it whether to try again, to shorten,
 * or to ask for a login.
 */
import type { Route } from "./endpoint.ts"

/** Whose form it is: of the endpoint where several providers speak one wire, else of the provider. */
type Wire = Pick<Route, "provider" | "endpoint">

export interface ErrorReply {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  503: "overloaded_error",
  504: "timeout_error"
}

const OPENAI_TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error"
}

const GEMINI_STATUSES: Readonly<Record<number, string>> = {
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  504: "DEADLINE_EXCEEDED"
}

/** The provider's form of the error, as a value. */
const errorOf = ({ provider, endpoint }: Wire, status: number, message: string): unknown => {
  const isOurs = status >= 500
  switch (endpoint === "chat-completions" ? "openai" : provider) {
    case "anthropic":
      return {
        type: "error",
        error: { type: ANTHROPIC_TYPES[status] ?? (isOurs ? "api_error" : "invalid_request_error"), message }
      }
    case "openai": {
      const type = OPENAI_TYPES[status] ?? (isOurs ? "server_error" : "invalid_request_error")
      return { error: { message, type, param: null, code: null } }
    }
    case "gemini": {
      const name = GEMINI_STATUSES[status] ?? (isOurs ? "UNAVAILABLE" : "INVALID_ARGUMENT")
      return { error: { code: status, message, status: name } }
    }
  }
}

/**
 * An answer that says what went wrong; the message is one line for a person and holds nothing of the request.
 *
 * @example
 * errorReply({ provider: "gemini", endpoint: "other" }, 413, "too large").body // => '{"error":{"code":413,"message":"too large","status":"INVALID_ARGUMENT"}}'
 */
export const errorReply = (wire: Wire, status: number, message: string): ErrorReply => ({
  status,
  contentType: "application/json",
  body: JSON.stringify(errorOf(wire, status, message))
})

/** The same as the last event of a stream that has begun, when its status cannot change any more. */
export const errorEvent = (wire: Wire, status: number, message: string): string => {
  if (wire.endpoint === "responses") {
    const code = OPENAI_TYPES[status] ?? (status >= 500 ? "server_error" : "invalid_request_error")
    return `event: error\ndata: ${JSON.stringify({ type: "error", code, message, param: null })}\n\n`
  }
  const data = `data: ${JSON.stringify(errorOf(wire, status, message))}\n\n`
  return wire.endpoint === "messages" ? `event: error\n${data}` : data
}
