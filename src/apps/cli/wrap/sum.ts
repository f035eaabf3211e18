/** What a run came to, in one line: net, and what it is a part of. */
import type { Sum } from "../../../domain/figures.ts"
import { count, counted, dollars, percent } from "../figures.ts"

/** The line at the end. @example sumLine("claude", NO_SUM) // => "headroom: no request of claude came by the proxy; …" */
export const sumLine = (
  name: string,
  { answered, context, money, requests, tokensAfter, tokensBefore }: Sum
): string => {
  if (requests === 0) return `headroom: no request of ${name} came by the proxy; headroom doctor shows the way it goes`
  const size = `${counted(answered, "request")}, ${count(tokensBefore)} → ${count(tokensAfter)} tokens, ${percent(tokensBefore, tokensAfter)} less`
  if (money.requests > 0)
    return `headroom: ${name}: ${size}; ${dollars(money.saved)} of ${dollars(money.without)} saved, net`
  return `headroom: ${name}: ${size}${context.requests > 0 ? " context" : ""}`
}
