/** Where a proxy sends what an agent sends, and what the agent is told instead: the user's own addresses become the proxy's upstreams. */
import { type Bases, usualBases } from "../../../adapters/agents/agent.ts"
import type { Provider } from "../../../domain/exchange.ts"

const VARIABLES: Readonly<Record<Provider, string>> = {
  anthropic: "ANTHROPIC_TARGET_API_URL",
  openai: "OPENAI_TARGET_API_URL",
  gemini: "GEMINI_TARGET_API_URL"
}

/** A version at the end of an address: the proxy is told it with each request. */
const VERSION = /\/v\d+\w*\/*$/

const versionIn = (base: string): string => (VERSION.exec(base)?.[0] ?? "").replace(/\/+$/, "")

const withoutVersion = (base: string): string => base.replace(VERSION, "").replace(/\/+$/, "")

/**
 * The proxy's settings for the user's own addresses; none where there is none.
 *
 * @example targetsOf({ openai: "https://gateway.example/team/v1" }) // => { OPENAI_TARGET_API_URL: "https://gateway.example/team" }
 */
export const targetsOf = (own: Bases): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (Object.entries(own) as ReadonlyArray<[Provider, string]>).map(([provider, base]) => [
      VARIABLES[provider],
      withoutVersion(base)
    ])
  )

/** An address that cannot be an upstream, and why. */
export const badAddress = (own: Bases): string | undefined => {
  for (const base of Object.values(own)) {
    const url = URL.canParse(base) ? new URL(base) : undefined
    if (url === undefined || !/^https?:$/.test(url.protocol))
      return `its own address ${JSON.stringify(base)} is none of http or https`
    if (`${url.username}${url.password}${url.search}${url.hash}` !== "")
      return `its own address ${url.origin}${url.pathname} holds a login or a query, which an upstream cannot`
  }
  return undefined
}

/**
 * The address that the agent is told in the place of its own, in the same form.
 *
 * @example baseFor({ openai: "https://gateway.example/v1" }, "http://h:1", "openai") // => "http://h:1/v1"
 */
export const baseFor = (own: Bases, address: string, provider: Provider): string =>
  `${address}${versionIn(own[provider] ?? usualBases[provider])}`

/** The addresses without those of proxies of ours: what was led here already has no other upstream. */
export const foreign = (own: Bases, ours: ReadonlyArray<string>): Bases =>
  Object.fromEntries(
    Object.entries(own).filter(([, base]) => {
      const url = URL.canParse(base) ? new URL(base) : undefined
      const origin =
        url === undefined ? "" : `${url.protocol}//${url.hostname.replace(/^localhost$/, "127.0.0.1")}:${url.port}`
      return !ours.includes(origin)
    })
  )
