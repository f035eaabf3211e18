/**
 * Serves the dashboard over generated exchanges, a new one every two seconds, for a look at it.
 *
 *     npx tsx bench/dashboard.ts [PORT]
 */
import { setTimeout as wait } from "node:timers/promises"
import { exchangesOf } from "../test/fixtures/exchanges.ts"
import { serveInside } from "../test/fixtures/inside-server.ts"

const DAY = 86_400_000
const now = Date.now()
const coming = exchangesOf({ count: 4000, until: now + DAY, days: 31, seed: 7 })
const server = await serveInside(
  coming.filter((exchange) => exchange.at < now),
  Number(process.argv[2] ?? 8788)
)
process.stdout.write(`${server.url}/dashboard, until interrupted\n`)
for (const exchange of coming.filter((one) => one.at >= now)) {
  await wait(2000)
  await server.record({ ...exchange, at: Date.now() })
}
