/** The command line as a user runs it: one process a test, real files, pipes and a store of its own. */
import { spawn } from "node:child_process"
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import packageJson from "../../../package.json" with { type: "json" }
import { bundle } from "../../../scripts/bundle.ts"
import { layerLedger } from "../../../src/adapters/ledger/sqlite.ts"
import { layerDatabase } from "../../../src/adapters/originals/database.ts"
import { layerOriginals } from "../../../src/adapters/originals/sqlite.ts"
import type { Digest } from "../../../src/domain/digest.ts"
import type { SlotRecord } from "../../../src/domain/exchange.ts"
import { Ledger } from "../../../src/pipeline/ports/ledger.ts"
import { Originals } from "../../../src/pipeline/ports/originals.ts"
import { exchangesOf } from "../../fixtures/exchanges.ts"
import { writeTinyModel } from "../../fixtures/tiny-model.ts"

/** Inside the package, because the bundle finds the store's driver from there. */
const built = fileURLToPath(new URL(`../../../node_modules/.cache/headroom-test-${process.pid}/`, import.meta.url))
const entry = join(built, "headroom.js")
const samples = fileURLToPath(new URL("../../../samples/", import.meta.url))

let folder = ""
beforeAll(async () => {
  await bundle(built)
  folder = mkdtempSync(join(tmpdir(), "headroom-cli-"))
})
afterAll(() => {
  for (const path of [folder, built]) rmSync(path, { recursive: true, force: true })
})

interface Ran {
  readonly code: number | null
  readonly out: Buffer
  readonly err: string
}

const run = (
  args: ReadonlyArray<string>,
  options: {
    readonly input?: string | Uint8Array
    readonly home?: string
    readonly env?: Readonly<Record<string, string>>
  } = {}
): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [entry, ...args], {
      cwd: folder,
      env: {
        PATH: process.env["PATH"] ?? "",
        HOME: folder,
        HEADROOM_HOME: join(folder, options.home ?? "home"),
        ...options.env
      }
    })
    const out: Array<Buffer> = []
    const err: Array<Buffer> = []
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk))
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk))
    child.on("error", reject)
    child.on("close", (code) => resolve({ code, out: Buffer.concat(out), err: Buffer.concat(err).toString() }))
    child.stdin.on("error", () => {})
    child.stdin.end(options.input ?? "")
  })

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const rows = JSON.stringify(
  Array.from({ length: 60 }, (_, i) => ({
    id: i,
    name: `service-${i}`,
    state: i === 41 ? "failed" : "running",
    zone: "eu-central-1"
  })),
  null,
  2
)
const logText = Array.from(
  { length: 400 },
  (_, i) => `2026-03-01T10:00:${String(i % 60).padStart(2, "0")}Z INFO worker ${i % 7} finished job ${1000 + i}\n`
).join("")

const refIn = (text: string): string => /headroom retrieve ([0-9a-f]{12,})/.exec(text)?.[1] ?? "none"

describe("headroom", () => {
  it("answers --version", async () => {
    const { code, out } = await run(["--version"])
    expect([code, out.toString()]).toEqual([0, `${packageJson.version}\n`])
  })

  it("loads next to nothing for that", () => {
    const loaded = (path: string): number => {
      const code = readFileSync(path, "utf8")
      const imports = [...code.matchAll(/^(?:import|\} from) ?"(\.[^"]+)"|from "(\.[^"]+)"/gm)]
      return imports.reduce((sum, match) => sum + loaded(join(dirname(path), match[1] ?? match[2] ?? "")), code.length)
    }
    expect(loaded(entry)).toBeLessThan(20_000)
  })

  it("prints help without colour into a pipe, naming every command", async () => {
    const { code, out } = await run(["--help"])
    expect(code).toBe(0)
    expect(out.toString()).not.toContain("\u001b")
    for (const command of ["compress", "run", "retrieve", "show", "stats", "purge", "hook", "mcp", "demo"])
      expect(out.toString()).toContain(`- ${command}`)
  })
})

describe("headroom compress", () => {
  it("makes a file smaller, hides nothing and writes nothing on disk", async () => {
    const { code, out, err } = await run(["compress", file("rows.json", rows)], { home: "untouched" })
    expect([code, err]).toEqual([0, ""])
    expect(out.length).toBeLessThan(rows.length / 2)
    for (const word of ["service-", "59", "failed", "eu-central-1"]) expect(out.toString()).toContain(word)
    expect(existsSync(join(folder, "untouched"))).toBe(false)
  })

  it("reads standard input, with or without its name, and options in any place", async () => {
    const named = await run(["compress", "-", "--json"], { input: rows })
    const bare = await run(["compress", "--json"], { input: rows })
    expect(named.out.equals(bare.out)).toBe(true)
    const result = JSON.parse(named.out.toString())
    expect(Object.keys(result).slice(0, 7)).toEqual([
      "kind",
      "outcome",
      "text",
      "tokensBefore",
      "tokensAfter",
      "ref",
      "elisions"
    ])
    expect([result.kind, result.ref, result.elisions]).toEqual(["json", null, []])
  })

  it("hides under a marker where a budget asks for it, and retrieve gives every byte back", async () => {
    const path = file("app.log", logText)
    const { code, out } = await run(["compress", path, "--budget", "200"])
    expect(code).toBe(0)
    expect(out.length).toBeLessThan(logText.length / 2)
    const ref = refIn(out.toString())
    expect((await run(["retrieve", ref])).out.toString()).toBe(logText)
    expect((await run(["retrieve", ref, "--lines", "2-3"])).out.toString()).toBe(
      logText.split("\n").slice(1, 3).join("\n") + "\n"
    )
    const home = join(folder, "home")
    expect(statSync(home).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(home)) expect(statSync(join(home, name)).mode & 0o777).toBe(0o600)

    const shown = await run(["show", "last"])
    expect([shown.code, shown.out.toString().split("  ")[0]]).toEqual([0, ref])
    const stats = JSON.parse((await run(["stats", "--json"])).out.toString())
    expect([stats.texts, stats.store.originals]).toEqual([1, 1])
    expect(stats.tokensSaved).toBeGreaterThan(0)

    expect((await run(["purge"])).code).toBe(2)
    expect((await run(["purge", "--yes"])).out.toString()).toContain("Deleted 1 original and")
    const gone = await run(["retrieve", ref])
    expect(gone.code).toBe(1)
    expect(gone.err).toContain(ref)
    expect(gone.err.trim().split("\n")).toHaveLength(1)
  })

  it("gives messages for messages, changed in the results alone, every other byte as it was", async () => {
    const source = `{ "model": "m", "temperature": 1.0,\n  "messages": [\n {"role": "user", "content": "look"},\n {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "list", "input": {}}]},\n {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": ${JSON.stringify(rows)}}]} ] }\n`
    const path = file("messages.json", source)
    const after = (await run(["compress", path])).out.toString()
    const [head = "", tail = ""] = source.split(JSON.stringify(rows))
    expect(after.startsWith(head)).toBe(true)
    expect(after.endsWith(tail)).toBe(true)
    expect(after.length).toBeLessThan(source.length / 2)
    const { messages, tokensBefore, tokensAfter } = JSON.parse((await run(["compress", path, "--json"])).out.toString())
    expect(messages).toEqual(JSON.parse(after))
    expect(tokensAfter).toBeLessThan(tokensBefore)
    expect((await run(["compress", path, "--mode", "off"])).out.toString()).toBe(source)
  })

  it("passes on what is no text, byte for byte, and keeps it where it may hide", async () => {
    const bytes = Buffer.from([0x62, 0x61, 0x64, 0xff, 0xfe, 0x00, 0x0a])
    const path = file("binary", bytes)
    const { code, out, err } = await run(["compress", path], { home: "untouched" })
    expect([code, out.equals(bytes)]).toEqual([0, true])
    expect(err).toContain(path)
    const kept = await run(["compress", path, "--budget", "10"])
    expect(kept.out.equals(bytes)).toBe(true)
    expect((await run(["retrieve", refIn(kept.err)])).out.equals(bytes)).toBe(true)
    expect((await run(["compress", path, "--json"])).code).toBe(1)
  })

  it("passes on an empty input", async () => {
    const { code, out, err } = await run(["compress", "-"])
    expect([code, out.length]).toEqual([0, 0])
    expect(err).toContain("is empty")
  })

  it("lets its reader go", async () => {
    const ended = await new Promise<number | null>((resolve) => {
      const child = spawn(
        process.execPath,
        [entry, "compress", file("big.txt", logText.repeat(200)), "--mode", "off"],
        { stdio: ["ignore", "pipe", "pipe"] }
      )
      child.stdout.once("data", () => child.stdout.destroy())
      child.on("close", resolve)
    })
    expect(ended).toBe(0)
  })
})

describe("a mistake", () => {
  const mistakes: ReadonlyArray<readonly [args: ReadonlyArray<string>, code: number, says: string]> = [
    [["compress", "missing.txt"], 1, "missing.txt"],
    [["compress", "."], 1, "folder"],
    [["compress", "--bogus"], 2, "--bogus"],
    [["compress", "a", "b"], 2, "'b'"],
    [["compress", "a", "--kind", "foo"], 2, "foo"],
    [["compress", "a", "--kind"], 2, "--kind needs a value"],
    [["compress", "a", "--budget", "x"], 2, "--budget x"],
    [["compress", "a", "--budget", "5", "--mode", "visible"], 2, "--mode visible"],
    [["bogus"], 2, "bogus"],
    [["retrieve", "no-ref"], 1, "no-ref"],
    [["retrieve", "0123456789ab"], 1, "0123456789ab"],
    [["show", "last"], 1, "nothing came through the proxy and nothing has been hidden"],
    [["purge", "--older-than", "soon", "--yes"], 2, "soon"]
  ]
  it.each(mistakes)("%j ends with code %i and one line", async (args, code, says) => {
    const ran = await run(args, { home: "mistakes" })
    expect([ran.code, ran.out.length]).toEqual([code, 0])
    expect(ran.err).toContain(says)
    expect(ran.err.trim().split("\n")).toHaveLength(1)
  })

  it("leaves nothing on disk", () => {
    expect(existsSync(join(folder, "mistakes"))).toBe(false)
  })

  it("in a setting names the setting", async () => {
    const { code, err } = await run(["compress", "-"], { env: { HEADROOM_MODE: "loud" } })
    expect(code).toBe(2)
    expect(err).toContain("HEADROOM_MODE")
  })
})

describe("a store that cannot be used", () => {
  const damaged = join("damaged", "originals.db")

  it("is named, and left as it is", async () => {
    mkdirSync(join(folder, "damaged"))
    writeFileSync(join(folder, damaged), "this is no database, but somebody's file")
    for (const args of [["stats"], ["retrieve", "0123456789ab"], ["purge", "--yes"]]) {
      const { code, err } = await run(args, { home: "damaged" })
      expect([code, err.includes(damaged)]).toEqual([1, true])
    }
    expect(readFileSync(join(folder, damaged), "utf8")).toContain("somebody's file")
  })

  it("keeps no output back: nothing is hidden", async () => {
    const { code, out, err } = await run(["compress", "-", "--budget", "100"], { home: "damaged", input: logText })
    expect(code).toBe(0)
    expect(err).toContain(damaged)
    expect(refIn(out.toString())).toBe("none")
    expect(out.toString()).toContain("1399")
  })
})

describe("after requests through the proxy", () => {
  const now = Date.now()
  const exchanges = exchangesOf({ count: 60, until: now, days: 5, seed: 7 })
  const last = exchanges.at(-1)

  /** Records exchanges as the proxy does; the last one made `rows` smaller. */
  const recordIn = (home: string): Promise<void> =>
    Effect.runPromise(
      Effect.gen(function* () {
        const originals = yield* Originals
        const ledger = yield* Ledger
        const kept = yield* originals.keep({
          originals: [rows],
          pins: ([receipt]) =>
            receipt === undefined
              ? []
              : [
                  {
                    epoch: "root",
                    prefix: "1".repeat(64) as Digest,
                    text: "the table as sent\n",
                    original: receipt.ref
                  }
                ]
        })
        for (const exchange of exchanges) {
          const slots: ReadonlyArray<SlotRecord> = [
            {
              kind: "json",
              tool: "list_services",
              outcome: "Visible",
              reason: undefined,
              ref: kept.receipts[0]?.ref,
              tokensBefore: 1600,
              tokensAfter: 300
            }
          ]
          yield* ledger.record(exchange === last ? { ...exchange, slots } : exchange)
        }
      }).pipe(
        Effect.provide(
          Layer.merge(layerOriginals(), layerLedger()).pipe(
            Layer.provide(layerDatabase({ filename: join(folder, home, "originals.db") }))
          )
        )
      )
    )
  beforeAll(() => recordIn("proxied"))

  it("show last tells what was done with the last one, and to its outputs", async () => {
    const { code, err, out } = await run(["show", "last"], { home: "proxied" })
    expect([code, err]).toEqual([0, ""])
    const text = out.toString()
    expect(text).toContain(`${last?.model}  ${last?.endpoint}, `)
    expect(text).toMatch(/^prompt [\d,]+ → [\d,]+ tokens, \d+ % saved$/m)
    expect(text).toMatch(/^money {2}\$[\d.]+ saved of \$[\d.]+, \$[\d.]+ paid$/m)
    expect(text).toMatch(/^list_services {2}json {2}Visible .+ 1,600 +300 +81 % +[0-9a-f]{12}$/m)
    expect(text).toContain("as it was sent")
    expect(text).toContain("+ the table as sent")
  })

  it("show last comes back to what was compressed here later", async () => {
    expect((await run(["compress", file("late.log", logText), "--budget", "200"], { home: "proxied" })).code).toBe(0)
    const shown = (await run(["show", "last"], { home: "proxied" })).out.toString()
    expect(shown).toMatch(/^[0-9a-f]{12} {2}log, Offloaded/)
    expect(shown).toMatch(/^hidden: lines \d+-\d+/m)
  })

  it("stats sums the ledger too", async () => {
    const stats = JSON.parse((await run(["stats", "--json"], { home: "proxied" })).out.toString())
    expect(stats.proxy.total.requests).toBe(exchanges.length)
    expect(stats.proxy.total.money.saved).toBeGreaterThan(0)
    expect(stats.texts).toBe(1)
    const text = (await run(["stats"], { home: "proxied" })).out.toString()
    expect(text).toMatch(/^Proxy, 60 requests: /m)
    expect(text).toMatch(/^\$[\d.]+ saved, net, of the \$[\d.]+ that \d+ requests would have cost$/m)
    expect(text).toMatch(/^1 text: /m)
  })

  it("a price of one's own is applied, and a mistake in it is named", async () => {
    const free = ["anthropic", "openai", "gemini"].map((provider) => ({
      provider,
      models: ["*"],
      rates: { uncached: 0, output: 0 }
    }))
    const env = { HEADROOM_PRICES: file("prices.json", JSON.stringify(free)) }
    const { proxy } = JSON.parse((await run(["stats", "--json"], { home: "proxied", env })).out.toString())
    expect([proxy.total.money.paid, proxy.total.money.requests > 0, proxy.total.unpriced]).toEqual([0, true, 0])
    const wrong = await run(["stats"], { home: "proxied", env: { HEADROOM_PRICES: file("wrong.json", "[{}]") } })
    expect(wrong.code).toBe(2)
    expect(wrong.err).toMatch(/^headroom: setting HEADROOM_PRICES: .*wrong\.json: \[0\]\.provider: is missing\n$/)
  })

  it("purge takes the ledger's rows along, the old ones or all", async () => {
    const requests = async (): Promise<number> =>
      JSON.parse((await run(["stats", "--json"], { home: "proxied" })).out.toString()).proxy.total.requests
    expect((await run(["purge", "--older-than", "24h", "--yes"], { home: "proxied" })).code).toBe(0)
    expect(await requests()).toBe(exchanges.filter((one) => one.at >= now - 86_400_000).length)
    expect((await run(["purge", "--yes"], { home: "proxied" })).code).toBe(0)
    expect(await requests()).toBe(0)
  })
})

describe("headroom demo", () => {
  it("brings every sample back and leaves nothing on disk", async () => {
    const { code, out, err } = await run(["demo"], { home: "demo" })
    expect([code, err]).toEqual([0, ""])
    const text = out.toString()
    expect(text.match(/ ok$/gm)).toHaveLength(readdirSync(samples).length - 2)
    expect(text).toContain("the cache holds")
    expect(existsSync(join(folder, "demo"))).toBe(false)
  })
})

it.skipIf(process.getuid?.() === 0)("an unreadable file is named", async () => {
  const path = file("secret", "x")
  chmodSync(path, 0)
  const { code, err } = await run(["compress", path])
  expect([code, err.includes(path)]).toEqual([1, true])
})

describe("a model of prose", () => {
  beforeAll(() => symlinkSync(fileURLToPath(new URL("../../../models", import.meta.url)), join(built, "models")))

  const story = Array.from({ length: 40 }, (_, i) =>
    [
      `The quay was repaired in ${1800 + i} at the expense of the guild.`,
      "Salt came from the north in spring, and timber left in autumn.",
      i === 29 ? "The railway never came, so people went on foot." : "Nobody wrote down what the masons thought of it."
    ].join(" ")
  ).join("\n\n")
  const asked = ["--query", "Why did no trains run?", "--budget", "300", "--kind", "prose"]

  it("is listed, verified, and said to be missing once where it is not there", async () => {
    const listed = await run(["models", "list"], { home: "models" })
    expect(listed.out.toString()).toMatch(/^\* {2}all-minilm-l6-v2-int8 /)
    const verified = await run(["models", "verify"], { home: "models" })
    expect([verified.code, verified.out.toString().match(/ good$/gm)?.length]).toEqual([0, 3])
    const env = { HEADROOM_PROSE_MODEL: "mine" }
    const ran = await run(["compress", file("story.txt", story), ...asked], { home: "models", env })
    expect(ran.code).toBe(0)
    expect(ran.err.match(/model mine: it is not there/g)?.length).toBe(1)
    const off = await run(["compress", "story.txt", ...asked], { home: "models", env: { HEADROOM_PROSE_MODEL: "off" } })
    expect(off.err).not.toContain("model")
    expect(off.out).toEqual(ran.out)
  })

  it("is added from files of the user's own, and found out where one of them changes", async () => {
    const tiny = writeTinyModel(join(folder, "tiny"))
    const added = await run(["models", "add", "tiny", "--from", tiny], { home: "models" })
    expect([added.code, added.out.toString()]).toEqual([0, expect.stringContaining("HEADROOM_PROSE_MODEL=tiny")])
    const own = join(folder, "models", "models", "tiny")
    expect(statSync(join(own, "model.onnx")).mode & 0o777).toBe(0o600)
    writeFileSync(join(own, "model.onnx"), "spoilt")
    const verified = await run(["models", "verify", "tiny"], { home: "models" })
    expect([verified.code, verified.err]).toEqual([1, expect.stringContaining("tiny/model.onnx")])
    const env = { HEADROOM_PROSE_MODEL: "tiny" }
    // other words, for scores that are kept need no model
    const other = ["--query", "Who paid?", ...asked.slice(2)]
    const ran = await run(["compress", "story.txt", ...other], { home: "models", env })
    expect([ran.code, ran.err]).toEqual([0, expect.stringContaining("model.onnx is damaged")])
    for (const [name, from, message] of [
      ["Mine!", tiny, "small letters"],
      ["all-minilm-l6-v2-int8", tiny, "ships with headroom"],
      ["mine", join(folder, "nowhere"), "no such file"]
    ] as const) {
      const refused = await run(["models", "add", name, "--from", from], { home: "models" })
      expect([refused.code === 0, refused.err.trim().split("\n").length]).toEqual([false, 1])
      expect(refused.err).toContain(message)
    }
  })

  it("gives the same bytes again, and show last the same view", async () => {
    const first = await run(["compress", file("story.txt", story), ...asked], { home: "same" })
    const again = await run(["compress", "story.txt", ...asked], { home: "same" })
    expect([first.code, again.out]).toEqual([0, first.out])
    if (first.err.includes("not installed") || first.err.includes("does not run")) return
    expect(first.out.toString()).toContain("The railway never came")
  })
})
