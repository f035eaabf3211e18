/**
 * Requests that are known to get smaller, sent on the way that a wrapped agent's take, to a vendor on the loopback: what arrives there is
 * compared with what was sent, byte by byte where nothing may change.
 *
 * The proxy is one of its own with a store of its own, so that no figure of the user's counts a canary.
 */
import * as Effect from "effect/Effect"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer, request, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { thisLaunch } from "../../../adapters/settings/machine.ts"
import { Settings } from "../../../adapters/settings/settings.ts"
import { openSession } from "../wrap/session.ts"
import { broken, type Finding, ok, warning } from "./finding.ts"

const ROWS = JSON.stringify(
  Array.from({ length: 40 }, (_, id) => ({ id, name: `service ${id}`, state: id === 23 ? "failed" : "running" })),
  null,
  2
)
/** Nothing in it may be missing. */
const FACTS = Array.from({ length: 40 }, (_, id) => `service ${id}`).concat("failed")

/** No reader of files: those keep every line as it is. */
const COMMAND = { command: "services list --json" }

interface Canary {
  readonly name: string
  readonly path: string
  readonly body: object
  readonly answer: string
}

const CANARIES: ReadonlyArray<Canary> = [
  {
    name: "anthropic messages",
    path: "/v1/messages",
    body: {
      model: "canary",
      max_tokens: 1,
      messages: [
        { role: "user", content: "which failed?" },
        { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "Bash", input: COMMAND }] },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: ROWS }] }
      ]
    },
    answer: '{"type":"message","role":"assistant","content":[{"type":"text","text":"23 \\u00e9"}]}'
  },
  {
    name: "openai responses",
    path: "/v1/responses",
    body: {
      model: "canary",
      input: [
        { role: "user", content: "which failed?" },
        { type: "function_call", call_id: "t1", name: "shell", arguments: JSON.stringify(COMMAND) },
        { type: "function_call_output", call_id: "t1", output: ROWS }
      ]
    },
    answer: '{"object":"response","status":"completed","output":[]}'
  },
  {
    name: "openai chat",
    path: "/v1/chat/completions",
    body: {
      model: "canary",
      messages: [
        { role: "user", content: "which failed?" },
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "t1", type: "function", function: { name: "shell", arguments: JSON.stringify(COMMAND) } }]
        },
        { role: "tool", tool_call_id: "t1", content: ROWS }
      ]
    },
    answer: '{"object":"chat.completion","choices":[]}'
  },
  {
    name: "gemini contents",
    path: "/v1beta/models/canary:generateContent",
    body: {
      contents: [
        { role: "user", parts: [{ text: "which failed?" }] },
        { role: "model", parts: [{ functionCall: { name: "shell", args: COMMAND } }] },
        { role: "user", parts: [{ functionResponse: { name: "shell", response: { output: ROWS } } }] }
      ]
    },
    answer: '{"candidates":[]}'
  }
]

interface Arrived {
  readonly url: string
  readonly body: string
  readonly names: ReadonlyArray<string>
}

/** A vendor that answers every canary with its answer. */
const vendor = Effect.acquireRelease(
  Effect.async<{ readonly url: string; readonly arrived: Array<Arrived>; readonly server: Server }>((resume) => {
    const arrived: Array<Arrived> = []
    const server = createServer((incoming, response) => {
      const chunks: Array<Buffer> = []
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk))
      incoming.on("end", () => {
        const { rawHeaders, url = "" } = incoming
        const names = rawHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase())
        arrived.push({ url, body: Buffer.concat(chunks).toString(), names })
        const canary = CANARIES.find(({ path }) => url === path)
        response.writeHead(canary === undefined ? 404 : 200, { "content-type": "application/json" })
        response.end(canary?.answer ?? "{}")
      })
    })
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, arrived, server }))
    })
  }),
  ({ server }) =>
    Effect.sync(() => {
      server.closeAllConnections()
      server.close()
    })
)

const WAIT_MS = 10_000

const post = (url: string, body: string, fields: Readonly<Record<string, string>>) =>
  Effect.async<{ readonly status: number; readonly text: string }>((resume) => {
    const headers = { "content-type": "application/json", "x-api-key": "canary", ...fields }
    const outgoing = request(url, { method: "POST", headers, agent: false, timeout: WAIT_MS }, (answer) => {
      let text = ""
      answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
      answer.on("close", () => resume(Effect.succeed({ status: answer.statusCode ?? 0, text })))
    })
    outgoing.on("timeout", () => outgoing.destroy())
    outgoing.on("error", (error) => resume(Effect.succeed({ status: 0, text: error.message })))
    outgoing.end(body)
  })

/** What is wrong with what arrived, or undefined. */
const wrongIn = (canary: Canary, sent: string, arrived: Arrived | undefined): string | undefined => {
  if (arrived === undefined) return "the request did not arrive"
  if (arrived.url !== canary.path) return `it arrived at ${arrived.url}`
  if (arrived.names.some((name) => name.startsWith("x-headroom"))) return "a field of ours reached the vendor"
  if (arrived.body.length > sent.length - ROWS.length / 2) return "it arrived as large as it was sent"
  const lost = FACTS.find((fact) => !arrived.body.includes(fact))
  return lost === undefined ? undefined : `${JSON.stringify(lost)} is missing in what arrived`
}

const WAY = "headroom proxy --log-level debug shows why; please report it"

const check = (canary: Canary, address: string, arrived: Array<Arrived>) =>
  Effect.gen(function* () {
    const about = `canary, ${canary.name}`
    const sent = JSON.stringify(canary.body)
    const got = yield* post(`${address}${canary.path}`, sent, {})
    if (got.status !== 200) return broken(about, `answered ${got.status}: ${got.text.slice(0, 200)}`, WAY)
    const first = arrived.at(-1)
    const wrong = wrongIn(canary, sent, first)
    if (wrong !== undefined) return broken(about, wrong, WAY)
    if (got.text !== canary.answer) return broken(about, "the answer came back changed", WAY)
    yield* post(`${address}${canary.path}`, sent, { "x-headroom-bypass": "true" })
    if (arrived.at(-1)?.body !== sent) return broken(about, "a bypassed request arrived changed", WAY)
    return ok(about, `${sent.length} bytes sent, ${first?.body.length ?? 0} arrived, every fact in place`)
  })

export const canaries: Effect.Effect<ReadonlyArray<Finding>, never, Settings> = Effect.gen(function* () {
  const settings = yield* Settings
  if (settings.mode === "off")
    return [warning("canary", "HEADROOM_MODE is off: nothing gets smaller", "unset HEADROOM_MODE")]
  const home = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "headroom-doctor-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
  )
  const { arrived, url } = yield* vendor
  const asked = {
    launch: thisLaunch(),
    port: 0,
    settings: {
      ANTHROPIC_TARGET_API_URL: url,
      OPENAI_TARGET_API_URL: url,
      GEMINI_TARGET_API_URL: url,
      HEADROOM_CACHE_TTL: "",
      HEADROOM_KEEP_WARM: ""
    },
    lease: { project: "doctor", hasShell: false, refusesWebSockets: false }
  }
  const session = yield* Effect.acquireRelease(
    Effect.provideService(
      openSession(asked, () => {}),
      Settings,
      { ...settings, home }
    ),
    ({ end }) => end
  )
  const found: Array<Finding> = []
  for (const canary of CANARIES) found.push(yield* check(canary, session.address, arrived))
  const { requests } = yield* session.sum
  const about = "canary, ledger"
  return [
    ...found,
    requests === 2 * CANARIES.length
      ? ok(about, `${requests} requests were recorded`)
      : broken(about, `${requests} of ${2 * CANARIES.length} requests were recorded`, WAY)
  ]
}).pipe(
  Effect.scoped,
  Effect.catchAll(({ message }) =>
    Effect.succeed([broken("canary", message, "headroom proxy shows why it does not start")])
  )
)
