/**
 * Who may use the proxy. It has no secret of its own on the loopback, so what keeps web pages out is that a browser names the page's
 * origin, and the name by which it reached this address.
 */
import * as Redacted from "effect/Redacted"
import { createHash, timingSafeEqual } from "node:crypto"
import type { IncomingMessage } from "node:http"
import { isLoopback } from "../../adapters/settings/proxy.ts"

export interface Access {
  readonly token: Redacted.Redacted | undefined
  /** Names that a Host field may have besides the loopback's. */
  readonly hosts: ReadonlyArray<string>
}

/** Why a request is not taken. */
export interface Refusal {
  readonly status: 400 | 401 | 403
  readonly message: string
}

const refusal = (status: Refusal["status"], message: string): Refusal => ({ status, message })

/** Without port, and an IPv6 address without its brackets. */
const hostnameOf = (host: string): string =>
  host
    .toLowerCase()
    .replace(/:\d*$/, "")
    .replace(/^\[(.*)\]$/, "$1")

const sameToken = (given: string, token: Redacted.Redacted): boolean => {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest()
  return timingSafeEqual(digest(given), digest(Redacted.value(token)))
}

/** Segments that a server behind may take for "one up", out of the base that the settings allow. */
const CLIMBS = /(?:^|[/\\])(?:\.|%2e){2}(?:[/\\?#]|%2f|%5c|$)/i

const count = (request: IncomingMessage, name: string): number =>
  request.rawHeaders.filter((field, i) => i % 2 === 0 && field.toLowerCase() === name).length

/** Undefined where the request may pass. */
export const refusalOf = (
  request: IncomingMessage,
  access: Access,
  own: { readonly isOpen: boolean } | undefined
): Refusal | undefined => {
  const { headers, url = "" } = request
  const host = headers.host ?? ""
  if (count(request, "host") !== 1) return refusal(400, "expected one Host field")
  const hostname = hostnameOf(host)
  if (!isLoopback(hostname) && !access.hosts.includes(hostname))
    return refusal(403, `the proxy does not go by ${JSON.stringify(hostname)}; HEADROOM_ALLOWED_HOSTS adds names`)
  const { origin, "sec-fetch-site": site } = headers
  const isForeign = site !== undefined && site !== "same-origin" && site !== "none"
  if (isForeign || (origin !== undefined && origin !== `http://${host}`))
    return refusal(403, "requests of web pages from elsewhere are not taken")
  if (!url.startsWith("/")) return refusal(400, "expected a path")
  if (CLIMBS.test(url.split("?", 1)[0] ?? "")) return refusal(400, "a path must not climb")
  if (access.token === undefined || own?.isOpen === true) return undefined
  // what no provider sees may carry the token as clients of services send it
  const bearer = own === undefined ? undefined : /^bearer (.+)$/i.exec(headers.authorization ?? "")?.[1]
  const given = headers["x-headroom-token"] ?? bearer
  return typeof given === "string" && sameToken(given, access.token)
    ? undefined
    : refusal(401, "expected the proxy's token in the field x-headroom-token")
}
