/**
 * Threads that are ended while statements of theirs fail: the process outlives it. Without the agreement of `ending.ts` the driver ends the
 * process, which the second test shows.
 */
import { spawnSync } from "node:child_process"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { buildSync } from "esbuild"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

/** Inside the package, because the store's driver is found from there. */
const folder = fileURLToPath(
  new URL(`../../node_modules/.cache/headroom-thread-ending-${process.pid}/`, import.meta.url)
)

/** Fails statement after statement until it is ended. */
const THREAD = `
import { workerData } from "node:worker_threads"
import Sqlite from "better-sqlite3"
import { enter, leave } from "./ending.mjs"
const database = new Sqlite(":memory:")
database.exec("CREATE TABLE t (a INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)")
const statement = database.prepare("INSERT INTO t VALUES (1)")
for (;;) {
  if (workerData.agrees) enter(workerData.ending)
  try { statement.run() } catch {}
  if (workerData.agrees) leave(workerData.ending)
}
`
/** Starts threads and ends them, each a little later than the one before. */
const PROCESS = `
import { setTimeout as pause } from "node:timers/promises"
import { Worker } from "node:worker_threads"
import { endThread, newEnding } from "./ending.mjs"
const agrees = process.argv[2] === "agree"
for (let round = 0; round < 40; round++) {
  const ending = newEnding()
  const worker = new Worker(new URL("./thread.mjs", import.meta.url), { workerData: { ending, agrees } })
  await new Promise((resolve) => worker.once("online", resolve))
  await pause(30 + round)
  await endThread(worker, ending)
}
`

beforeAll(() => {
  mkdirSync(folder, { recursive: true })
  buildSync({
    entryPoints: [fileURLToPath(new URL("../../src/adapters/originals/ending.ts", import.meta.url))],
    outfile: join(folder, "ending.mjs"),
    bundle: true,
    platform: "node",
    format: "esm"
  })
  writeFileSync(join(folder, "thread.mjs"), THREAD)
  writeFileSync(join(folder, "process.mjs"), PROCESS)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (how: string) => spawnSync(process.execPath, [join(folder, "process.mjs"), how], { encoding: "utf8" })

describe("a thread whose statements fail", () => {
  it("is ended between two of them, and the process lives on", () => {
    const { status, signal, stderr } = run("agree")
    expect([status, signal, stderr]).toEqual([0, null, ""])
  })

  it("ends the process where it is ended within one", () => {
    const { status, signal, stderr } = run("disagree")
    expect([status === 0 && signal === null, stderr]).toEqual([false, expect.stringContaining("FATAL ERROR")])
  })
})
