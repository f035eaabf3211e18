/**
 * Kills processes that write to one store of originals with SIGKILL at random moments, and counts the receipts that do not hold.
 *
 *     npx tsx bench/store-kill.ts [--kills 200] [--seed 1]
 *
 * Two writers keep batches of originals and pins and print each receipt once they have it. After every kill the store is opened anew
 * and everything that the dead had printed must be there, byte for byte. Exits with 1 where one receipt is lost.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { mkdirSync, mkdtempSync, rmSync, statSync, writeSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import Sqlite from "better-sqlite3"
import * as Effect from "effect/Effect"
import { layerSqlite } from "../src/adapters/originals/sqlite.ts"
import { type Digest, refFrom } from "../src/domain/digest.ts"
import { Originals } from "../src/pipeline/ports/originals.ts"

/** Numbers that follow from a seed alone, so that a reader knows what a writer wrote. */
const numbers = (seed: number): (() => number) => {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), state | 1)
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61)
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296
  }
}

const textOf = (seed: number): string => {
  const next = numbers(seed)
  const lines: Array<string> = [`original ${seed}\r`]
  for (let i = Math.floor(next() ** 6 * 2000); i > 0; i--)
    lines.push(`${Math.floor(next() * 1e9).toString(36)} request ${i} \u0000 é🚀`)
  return lines.join("\n")
}

const prefixOf = (seed: number): Digest => createHash("sha256").update(`pin ${seed}`).digest("hex") as Digest

/** Prints at once, for a kill must not find anything still to be printed; waits where the reader is behind. */
const print = (text: string): void => {
  for (;;) {
    try {
      writeSync(1, text)
      return
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error
    }
  }
}

const write = async (filename: string, from: number): Promise<void> => {
  const writing = Effect.gen(function* () {
    const originals = yield* Originals
    for (let seed = from; ; seed += 3) {
      const seeds = [seed, seed + 1, seed + 2]
      const kept = yield* originals.keep({
        originals: seeds.map(textOf),
        pins: (receipts) =>
          receipts.map((receipt, i) => ({ epoch: "", prefix: prefixOf(seed + i), text: `see ${receipt.ref}` })),
        session: { id: `writer ${from}`, project: "/project" }
      })
      const lines = seeds.map((each, i) => `${each} ${kept.receipts[i]?.ref} ${kept.pins[i]?.text}\n`)
      yield* Effect.sync(() => print(lines.join("")))
    }
  })
  await Effect.runPromise(Effect.provide(writing, layerSqlite({ filename, busyTimeoutMs: 30_000 })))
}

interface Receipt {
  readonly seed: number
  readonly ref: string
  readonly pin: string
}

/** What of these a store that is opened now does not give back. */
const lostOf = (filename: string, receipts: ReadonlyArray<Receipt>): Promise<ReadonlyArray<Receipt>> =>
  Effect.gen(function* () {
    const originals = yield* Originals
    const lost: Array<Receipt> = []
    for (const receipt of receipts) {
      const ref = refFrom(receipt.ref)
      const found = ref === undefined ? undefined : yield* originals.find(ref)
      const [pin] = yield* originals.pinned([{ epoch: "", prefix: prefixOf(receipt.seed) }])
      if (found?._tag !== "Found" || found.text !== textOf(receipt.seed) || pin?.text !== receipt.pin)
        lost.push(receipt)
    }
    return lost
  }).pipe(Effect.provide(layerSqlite({ filename, busyTimeoutMs: 30_000 })), Effect.runPromise)

interface Writer {
  readonly process: ChildProcess
  readonly receipts: Array<Receipt>
  /** Fulfilled by the next receipts, or by the end. */
  readonly printing: () => Promise<unknown>
  readonly closed: Promise<unknown>
}

const start = (script: string, filename: string, from: number): Writer => {
  const child = spawn(process.execPath, [script, "--file", filename, "--from", String(from)], {
    stdio: ["ignore", "pipe", "inherit"]
  })
  const receipts: Array<Receipt> = []
  let rest = ""
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n")
    rest = lines.pop() ?? ""
    for (const line of lines) {
      const [seed, ref, ...pin] = line.split(" ")
      receipts.push({ seed: Number(seed), ref: ref ?? "", pin: pin.join(" ") })
    }
  })
  const closed = new Promise((resolve) => child.on("close", resolve))
  const printing = () => Promise.race([closed, new Promise((resolve) => child.stdout.once("data", resolve))])
  return { process: child, receipts, printing, closed }
}

const kill = async (kills: number, seed: number): Promise<number> => {
  const { build } = await import("esbuild")
  const repository = fileURLToPath(new URL("..", import.meta.url))
  const folder = mkdtempSync(join(tmpdir(), "store-kill-"))
  // One file starts ten times as fast; it stands where it finds the driver.
  const script = join(repository, "node_modules", ".cache", `store-kill-${process.pid}.mjs`)
  mkdirSync(join(script, ".."), { recursive: true })
  await build({
    entryPoints: [fileURLToPath(import.meta.url)],
    outfile: script,
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["better-sqlite3", "esbuild"],
    logLevel: "error"
  })
  const filename = join(folder, "originals.db")
  const next = numbers(seed)
  let from = 0
  const launch = (): Writer => start(script, filename, (from += 1_000_000))
  const writers = [launch(), launch()]
  const all: Array<Receipt> = []
  let lost = 0
  let died = 0
  try {
    for (let killed = 0; killed < kills; ) {
      const both = next() < 0.25 && killed + 2 <= kills
      const victims = both ? [0, 1] : [next() < 0.5 ? 0 : 1]
      const dead: Array<Receipt> = []
      // A few die while they start, half at any moment, the rest the moment they print: that is before a commit if they print too early.
      const moment = next()
      if (moment > 0.1)
        for (const index of victims) if (writers[index]?.receipts.length === 0) await writers[index]?.printing()
      await new Promise((resolve) => setTimeout(resolve, next() * 300))
      if (moment > 0.6) await Promise.race(victims.map(async (index) => writers[index]?.printing()))
      for (const index of victims) {
        const writer = writers[index]
        if (writer === undefined) continue
        if (!writer.process.kill("SIGKILL")) died++
        await writer.closed
        dead.push(...writer.receipts)
        killed++
      }
      const missing = await lostOf(filename, dead)
      for (const receipt of missing) console.error(`lost: ${receipt.seed} ${receipt.ref}`)
      lost += missing.length
      all.push(...dead)
      for (const index of victims) writers[index] = launch()
    }
    for (const writer of writers) {
      writer.process.kill("SIGKILL")
      await writer.closed
      all.push(...writer.receipts)
    }
    lost += (await lostOf(filename, all)).length
    const database = new Sqlite(filename)
    const integrity = database.pragma("integrity_check", { simple: true })
    database.close()
    const megabytes = (statSync(filename).size / 1e6).toFixed(1)
    console.log(
      `${kills} kills, ${all.length} receipts of ${new Set(all.map((receipt) => receipt.ref)).size} originals in ${megabytes} MB: ` +
        `${lost} lost, ${died} writers ended by themselves, integrity ${integrity}`
    )
    return lost === 0 && died === 0 && all.length > 0 && integrity === "ok" ? 0 : 1
  } finally {
    for (const writer of writers) writer.process.kill("SIGKILL")
    rmSync(folder, { recursive: true, force: true })
    rmSync(script, { force: true })
  }
}

const { values } = parseArgs({
  options: { kills: { type: "string" }, seed: { type: "string" }, file: { type: "string" }, from: { type: "string" } }
})
if (values.file === undefined) process.exitCode = await kill(Number(values.kills ?? 200), Number(values.seed ?? 1))
else await write(values.file, Number(values.from))
