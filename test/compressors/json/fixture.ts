/** A JSON listing as services give it: nested objects, constant columns, child arrays, rows with other keys. */
import { identify } from "../../../src/compressors/json/identity.ts"
import { scan } from "../../../src/compressors/json/scan.ts"
import { writeTable } from "../../../src/compressors/json/write.ts"

export const rows = (count: number): ReadonlyArray<Record<string, unknown>> =>
  Array.from({ length: count }, (_, n) => ({
    id: n,
    url: `https://api.example.com/repos/acme/shop/issues/${n}`,
    state: n % 7 === 3 ? "closed" : "open",
    user: { login: n % 2 === 0 ? "ann" : "bob", kind: "User" },
    labels:
      n % 3 === 0
        ? [
            { name: "bug", color: "red" },
            { name: "docs", color: "blue" }
          ]
        : [],
    ...(n === 4 ? { note: "only here, with a comma" } : {})
  }))

/** The table of a JSON text, or undefined. */
export const tableOf = (text: string): string | undefined => {
  const found = scan(text)
  return found === undefined ? undefined : writeTable(identify(found))
}

export const compactOf = (text: string): string | undefined => scan(text)?.compact
