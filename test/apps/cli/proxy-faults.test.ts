/**
 * What a session comes to where things break beneath a real proxy: killed in mid-request, its store read-only or full, two processes on one
 * store. Always: each request that the vendor gets extends the one before of its branch, byte for byte.
 */
import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { beforeEach, describe, expect, it } from "vitest"
import { refsIn } from "../../../src/domain/marker.ts"
import { answerWhole, ask, bodies, newHome, startProcess, vendorAnswers } from "./proxy-process.ts"

type Message = { readonly role: string; readonly content: unknown }

const asked = (text: string): Message => ({ role: "user", content: text })
const ran = (id: string, tool: string, content: string): ReadonlyArray<Message> => [
  { role: "assistant", content: [{ type: "tool_use", id, name: tool, input: { command: `run ${id}` } }] },
  { role: "user", content: [{ type: "tool_result", tool_use_id: id, content }] }
]

/** An output that gets smaller, unlike every other one. */
const rows = (seed: number): string =>
  JSON.stringify(
    Array.from({ length: 12 }, (_, id) => ({ id, name: `user-${seed}-${id * 7919}`, role: "member", active: true })),
    null,
    2
  )
/** One that comes back every fifth time. */
const listing = (seed: number): string =>
  Array.from({ length: 30 }, (_, i) => `  const value${i} = compute${seed % 5}(${i * 7919}, ${seed % 5})`).join("\n")
/** One that is hidden where that may be. */
const log = (seed: number): string =>
  Array.from(
    { length: 1_000 },
    (_, i) => `INFO step ${(i * 2654435761 + seed) % 99991} of ${i} took ${i % 13} ms at node ${i % 7}`
  ).join("\n")

/** Sends a request; gives its body as the vendor got it. */
const send = async (
  port: number,
  messages: ReadonlyArray<Message>,
  headers: Readonly<Record<string, string>> = {},
  fields: object = {}
): Promise<string> => {
  const body = JSON.stringify({ model: "claude-sonnet-5", ...fields, messages })
  expect((await ask(port, "/v1/messages", body, headers)).status).toBe(200)
  return bodies.at(-1) ?? ""
}

/** The bytes of the messages, without the end of their list. */
const listIn = (body: string): string => body.slice(body.indexOf('"messages":'), body.lastIndexOf("]"))

const messagesIn = (list: string): ReadonlyArray<Message> =>
  (JSON.parse(`{${list}]}`) as { readonly messages: ReadonlyArray<Message> }).messages

const lastOutput = (body: string): string => JSON.stringify(messagesIn(listIn(body)).at(-1))

/** How many of a proxy's requests passed something over for that cause, once so many are recorded. */
const passedOver = async (port: number, cause: string, requests: number): Promise<number> => {
  const { text } = await ask(port, "/metrics")
  const counts = [...text.matchAll(/^headroom_requests_total\{.*\} (\d+)$/gm)].map(([, count]) => Number(count))
  if (counts.reduce((sum, count) => sum + count, 0) < requests) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    return passedOver(port, cause, requests)
  }
  return Number(new RegExp(`^headroom_passed_over_total\\{cause="${cause}"\\} (\\d+)`, "m").exec(text)?.[1] ?? 0)
}

const SHELL = { "x-headroom-retrieval": "shell" }

beforeEach(() => {
  bodies.splice(0)
  vendorAnswers(answerWhole)
})

describe("a proxy that is killed in mid-request", () => {
  it("leaves its client an answer that is seen to be cut off; the next proxy goes on byte for byte", async () => {
    const home = newHome("killed")
    const history = [asked("go"), ...ran("a", "Bash", rows(1)), ...ran("b", "Read", listing(1))]
    const first = await startProcess(home)
    await send(first.port, history)
    const longer = [...history, ...ran("c", "Bash", rows(2)), ...ran("d", "Read", listing(1))]
    const begun = new Promise<void>((resolve) =>
      vendorAnswers((response) => void response.writeHead(200).write("begun", () => resolve()))
    )
    const body = JSON.stringify({ model: "claude-sonnet-5", messages: longer })
    // killed before it has passed the beginning on, it leaves nothing but a closed connection
    const isWhole = ask(first.port, "/v1/messages", body).then(
      (got) => got.isWhole,
      () => false
    )
    await begun
    await first.end("SIGKILL")
    expect(await isWhole).toBe(false)
    vendorAnswers(answerWhole)
    const second = await startProcess(home)
    await send(second.port, [...longer, ...ran("e", "Bash", rows(3))])
    await second.end("SIGTERM")
    const [one = "", two = "", three = ""] = bodies.map(listIn)
    expect(two.startsWith(one)).toBe(true)
    expect(three.startsWith(two)).toBe(true)
    expect(two.length).toBeLessThan(JSON.stringify(longer).length)
    expect(two).toContain("above")
  })
})

/** Makes a folder read-only for this process, by its modes or, for root, by a mount; undefined where neither can be. */
const readOnly = (path: string): (() => void) | undefined => {
  if (process.getuid?.() !== 0) {
    execFileSync("chmod", ["-R", "a-w", path])
    return () => void execFileSync("chmod", ["-R", "u+w", path])
  }
  try {
    execFileSync("mount", ["--bind", path, path], { stdio: "ignore" })
    execFileSync("mount", ["-o", "remount,ro,bind", path], { stdio: "ignore" })
    return () => void execFileSync("umount", ["-l", path])
  } catch {
    return undefined
  }
}

describe("a store that cannot be written", () => {
  it("because it is read-only hinders no request, changes nothing that was sent, and is counted", async ({ skip }) => {
    const home = newHome("read-only")
    const history = [asked("go"), ...ran("a", "Bash", rows(1))]
    const first = await startProcess(home)
    const before = listIn(await send(first.port, history))
    await first.end("SIGTERM")
    const undo = readOnly(home)
    if (undo === undefined) return skip("nothing can be made read-only for root here")
    try {
      const second = await startProcess(home, ["--mode", "offload"])
      const messages = [...history]
      let sent = before
      // a job that is late on a busy machine does not come to ask the store
      for (let call = 0; call < 50 && (await passedOver(second.port, "store", call)) === 0; call++) {
        messages.push(...ran(`b${call}`, "Bash", log(call)))
        const after = await send(second.port, messages, SHELL)
        expect(listIn(after).startsWith(sent)).toBe(true)
        expect(refsIn(lastOutput(after))).toEqual([])
        sent = listIn(after)
      }
      expect(await passedOver(second.port, "store", 1)).toBe(1)
      expect((await ask(second.port, "/readyz")).status).toBe(503)
      await second.end("SIGTERM")
    } finally {
      undo()
    }
  })

  it("because it is full keeps what it promised, and no marker goes out that it could not keep", async () => {
    const home = newHome("full")
    // no file may grow beyond this: how a full disk looks to one process alone
    const proxy = await startProcess(home, ["--mode", "offload"], "ulimit -f 600 &&")
    const refs = new Set<string>()
    let calls = 0
    while (calls < 200 && (await passedOver(proxy.port, "store", calls)) < 3) {
      const messages = [asked(`task ${calls}`), ...ran("a", "Bash", log(calls))]
      const body = await send(proxy.port, messages, SHELL)
      const next = await send(proxy.port, [...messages, ...ran("b", "Bash", "ok")], SHELL)
      expect(listIn(next).startsWith(listIn(body))).toBe(true)
      for (const ref of refsIn(lastOutput(body))) refs.add(ref)
      calls += 2
    }
    expect(refs.size).toBeGreaterThan(0)
    expect(await passedOver(proxy.port, "store", calls)).toBeGreaterThanOrEqual(3)
    // it can still be read, and yet it is not well
    const health = await ask(proxy.port, "/readyz")
    expect(health.status).toBe(503)
    expect(JSON.parse(health.text)).toMatchObject({
      status: "not-ready",
      store: expect.stringMatching(/^(?:full|failing)$/)
    })
    for (const ref of refs) expect((await ask(proxy.port, `/v1/retrieve/${ref}`)).status).toBe(200)
    await proxy.end("SIGTERM")
    const next = await startProcess(home)
    for (const ref of refs) expect((await ask(next.port, `/v1/retrieve/${ref}`)).status).toBe(200)
    await next.end("SIGTERM")
  }, 300_000)
})

describe("two proxies on one store", () => {
  it("take turns over 200 calls, a fork, a rewind and a sub-agent, each killed and started again on the way", async () => {
    const home = newHome("two")
    const proxies = [await startProcess(home), await startProcess(home)]
    interface Branch {
      messages: ReadonlyArray<Message>
      sent: string
      readonly fields: object
    }
    const main: Branch = { messages: [asked("go")], sent: "", fields: { system: "main" } }
    const helper: Branch = { messages: [asked("look into it")], sent: "", fields: { system: "helper" } }
    const branches = [main, helper]
    for (let turn = 0; turn < 200; turn++) {
      if (turn === 60) branches.push({ ...main })
      if (turn === 120) branches.push({ ...main, messages: main.messages.slice(0, 21), sent: "" })
      if (turn === 80 || turn === 150) {
        const which = turn === 80 ? 0 : 1
        await proxies[which]?.end("SIGKILL")
        proxies[which] = await startProcess(home)
      }
      const branch = branches[turn % branches.length]
      const proxy = proxies[Math.floor(turn / branches.length) % 2]
      if (branch === undefined || proxy === undefined) throw new Error("no such branch or proxy")
      const output = turn % 3 === 0 ? rows(turn) : listing(turn)
      branch.messages = [...branch.messages, ...ran(`t${turn}`, turn % 3 === 0 ? "Bash" : "Read", output)]
      const session = { "x-claude-code-session-id": "one" }
      const sent = listIn(await send(proxy.port, branch.messages, session, branch.fields))
      expect(sent.startsWith(branch.sent)).toBe(true)
      branch.sent = sent
    }
    const rewound = messagesIn(branches[3]?.sent ?? "")
    expect(rewound.slice(0, 21)).toEqual(messagesIn(main.sent).slice(0, 21))
    for (const branch of branches) {
      expect(branch.sent.length).toBeLessThan(JSON.stringify(branch.messages).length * 0.8)
      // what a note names stands in this very branch
      const names = [...branch.sent.matchAll(/as in Read run (t\d+) above/g)].map(([, name]) => name)
      expect(names.length).toBeGreaterThan(0)
      for (const name of names) expect(JSON.stringify(branch.messages)).toContain(`run ${name}"`)
    }
    await Promise.all(proxies.map((proxy) => proxy.end("SIGTERM")))
  }, 300_000)
})

const recorded = fileURLToPath(new URL("../../../../shared/corpus/logs/ci-build/issue55805.txt", import.meta.url))

/** A compiler's warnings, as of a large build. */
const warnings = (): string =>
  Array.from({ length: 1_800 }, (_, i) =>
    [
      `/src/lib/part${i % 31}/file${i % 211}.cpp:${(i * 7919) % 900}:${i % 80}: warning: unused variable 'value${i}' [-Wunused-variable]`,
      `   auto value${i} = compute(${i * 31});`,
      `        ^~~~~~`
    ].join("\n")
  ).join("\n")

describe("a build's log of 280 kB", () => {
  it.each<readonly [name: string, text: () => string]>([
    ["generated", warnings],
    ...(existsSync(recorded) ? [["recorded", () => readFileSync(recorded, "utf8")] as const] : [])
  ])("(%s) goes on: hidden, or as it came with the deadline counted", async (name, text) => {
    const proxy = await startProcess(newHome(`log-${name}`), ["--mode", "offload"])
    const messages = [asked("go"), ...ran("a", "Bash", text())]
    const body = await send(proxy.port, messages, SHELL)
    // What was kept just as the deadline came is sent as it is kept, and the deadline counted all the same.
    if (body.length >= JSON.stringify(messages).length / 2) {
      expect(messagesIn(listIn(body))).toEqual(messages)
      expect(await passedOver(proxy.port, "deadline", 1)).toBeGreaterThan(0)
    }
    await proxy.end("SIGTERM")
  })
})

describe("POST /v1/compress of megabytes", () => {
  it("is answered behind what came after it: neither /livez nor an agent waits", async () => {
    const proxy = await startProcess(newHome("compress"))
    const outputs = Array.from({ length: 60 }, (_, i) => ran(`m${i}`, "Bash", log(i)))
    const order: Array<string> = []
    const body = JSON.stringify({ model: "m", messages: [asked("go"), ...outputs.flat()] })
    const compressing = ask(proxy.port, "/v1/compress", body).finally(() => order.push("compressed"))
    for (let i = 0; i < 3; i++) {
      expect((await ask(proxy.port, "/livez")).status).toBe(200)
      await send(proxy.port, [asked(`other ${i}`), ...ran("a", "Bash", rows(i))])
      order.push("other")
    }
    const { status, text } = await compressing
    expect([200, 503]).toContain(status)
    if (status === 200) expect(JSON.parse(text)).toMatchObject({ tokens_saved: expect.any(Number) })
    expect(order.at(-1)).toBe("compressed")
    await proxy.end("SIGTERM")
  })
})
