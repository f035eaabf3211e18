/** Asks the proxy; where it wants its token, the page asks for that once and keeps it for as long as its tab lives. */

export type Answered<A> =
  | { readonly _tag: "Got"; readonly value: A }
  /** status 0: no answer. */
  | { readonly _tag: "Failed"; readonly status: number; readonly message: string }

const KEY = "headroom-token"

export const keepToken = (token: string): void => sessionStorage.setItem(KEY, token)

const headers = (): Record<string, string> => {
  const token = sessionStorage.getItem(KEY)
  return token === null ? {} : { "x-headroom-token": token }
}

/** The shape of an answer is the proxy's own, of the same version as this page. */
export const ask = async <A>(path: string): Promise<Answered<A>> => {
  try {
    const response = await fetch(path, { headers: headers(), cache: "no-store" })
    const value = (await response.json()) as A & { readonly error?: { readonly message?: string } }
    return response.ok
      ? { _tag: "Got", value }
      : { _tag: "Failed", status: response.status, message: value.error?.message ?? `status ${response.status}` }
  } catch {
    return { _tag: "Failed", status: 0, message: "the proxy does not answer" }
  }
}
