import * as Effect from "effect/Effect"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { describe, expect, it } from "vitest"
import { layerChatCompletions } from "../../../src/adapters/answerer/chat-completions.ts"
import { Answerer, type Asked } from "../../../src/pipeline/ports/answerer.ts"

interface Body {
  readonly model: string
  readonly tools?: ReadonlyArray<unknown>
  readonly tool_choice?: string
  readonly messages: ReadonlyArray<{ readonly role: string; readonly content: string | null }>
}

/** Asks through a vendor that answers with the given statuses and messages, one after another. */
const ask = async (asked: Asked, replies: ReadonlyArray<readonly [status: number, body: unknown]>) => {
  const seen: Array<{ readonly path: string | undefined; readonly key: string | undefined; readonly body: Body }> = []
  const server = createServer((request, response) => {
    let body = ""
    request
      .setEncoding("utf8")
      .on("data", (chunk: string) => (body += chunk))
      .on("end", () => {
        const [status, reply] = replies[Math.min(seen.length, replies.length - 1)] ?? [500, ""]
        seen.push({ path: request.url, key: request.headers.authorization, body: JSON.parse(body) as Body })
        response
          .writeHead(status)
          .end(typeof reply === "string" ? reply : JSON.stringify({ choices: [{ message: reply }] }))
      })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  const layer = layerChatCompletions({ baseUrl: new URL(`http://127.0.0.1:${port}/v1/`), model: "small", key: "k" })
  const answer = await Effect.runPromise(
    Effect.either(
      Effect.scoped(
        Effect.provide(
          Effect.flatMap(Answerer, (answerer) => answerer.answer(asked)),
          layer
        )
      )
    )
  )
  server.close()
  return { answer, seen }
}

const said = (content: string) => ({ role: "assistant", content })
const wants = (id: string) => ({
  role: "assistant",
  content: null,
  tool_calls: [
    {
      id: "c1",
      type: "function",
      function: { name: "headroom_retrieve", arguments: JSON.stringify({ id, query: "depot" }) }
    }
  ]
})

describe("chat completions", () => {
  it("asks over the whole output without a tool", async () => {
    const { answer, seen } = await ask({ question: "Where?", output: "In Halle.", retrieve: undefined }, [
      [200, said("Halle")]
    ])
    expect(answer).toMatchObject({ right: { text: "Halle", retrievals: 0 } })
    expect(seen).toHaveLength(1)
    expect(seen[0]).toMatchObject({ path: "/v1/chat/completions", key: "Bearer k", body: { model: "small" } })
    expect(seen[0]?.body.tools).toBeUndefined()
    expect(seen[0]?.body.messages[1]?.content).toContain("In Halle.")
  })

  it("carries out the retrievals that the model asks for, three at most", async () => {
    const asked: Array<string> = []
    const retrieve = (ref: string, query: string | undefined): Effect.Effect<string> => {
      asked.push(`${ref} ${query}`)
      return Effect.succeed("the depot is in Halle")
    }
    const once = await ask({ question: "Where?", output: "hidden", retrieve }, [
      [200, wants("abc")],
      [200, said("Halle")]
    ])
    expect(once.answer).toMatchObject({ right: { text: "Halle", retrievals: 1 } })
    expect(asked).toEqual(["abc depot"])
    expect(once.seen[1]?.body.messages.at(-1)).toMatchObject({ role: "tool", content: "the depot is in Halle" })
    const forever = await ask({ question: "Where?", output: "hidden", retrieve }, [[200, wants("abc")]])
    expect(forever.answer).toMatchObject({ right: { retrievals: 3 } })
    expect(forever.seen.map(({ body }) => body.tool_choice)).toEqual(["auto", "auto", "auto", "none"])
  })

  it("says what is wrong and the way out", async () => {
    const asked = { question: "Where?", output: "x", retrieve: undefined }
    expect((await ask(asked, [[401, "no"]])).answer).toMatchObject({ left: { reason: "refused" } })
    expect((await ask(asked, [[200, "<html>"]])).answer).toMatchObject({ left: { reason: "unreadable" } })
    const nobody = layerChatCompletions({ baseUrl: new URL("http://127.0.0.1:9/v1"), model: "small", key: undefined })
    const answer = await Effect.runPromise(
      Effect.either(
        Effect.scoped(
          Effect.provide(
            Effect.flatMap(Answerer, (answerer) => answerer.answer(asked)),
            nobody
          )
        )
      )
    )
    expect(answer).toMatchObject({ left: { reason: "unreachable" } })
  })
})
