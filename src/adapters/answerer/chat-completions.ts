/**
 * A model behind the chat completions protocol, which vendors, gateways and local servers all speak. Temperature 0, so that two runs
 * over the same questions differ as little as the vendor lets them.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Agent, request } from "undici"
import { type Answer, Answerer, AnswererError, type Asked } from "../../pipeline/ports/answerer.ts"

export interface ChatCompletionsOptions {
  /** Such as `https://api.openai.com/v1`. */
  readonly baseUrl: URL
  readonly model: string
  /** Sent as a bearer token; undefined for a server that asks for none. */
  readonly key: string | undefined
}

/** A model that thinks may take minutes. */
const TIMEOUT_MS = 300_000
const MAX_RETRIEVALS = 3

const TOOL = {
  type: "function",
  function: {
    name: "headroom_retrieve",
    description:
      "Gives hidden text back by the id in its marker, all of it or the passages that hold the words of a query.",
    parameters: {
      type: "object",
      properties: { id: { type: "string" }, query: { type: "string" } },
      required: ["id"]
    }
  }
}

const SYSTEM =
  "Answer the question from the tool output alone, in as few words as possible. Give the answer, nothing else."

interface Call {
  readonly id: string
  readonly function: { readonly name: string; readonly arguments: string }
}

interface Message {
  readonly role: string
  readonly content: string | null
  readonly tool_calls?: ReadonlyArray<Call>
  readonly tool_call_id?: string
}

const failed = (reason: AnswererError["reason"], detail: string): AnswererError => new AnswererError({ reason, detail })

const messageIn = (body: string): Message | undefined => {
  try {
    const value = JSON.parse(body) as { readonly choices?: ReadonlyArray<{ readonly message?: Message }> }
    return value.choices?.[0]?.message
  } catch {
    return undefined
  }
}

const argumentsOf = (call: Call): { readonly id: string; readonly query: string | undefined } => {
  try {
    const input = JSON.parse(call.function.arguments) as { readonly id?: unknown; readonly query?: unknown }
    return {
      id: typeof input.id === "string" ? input.id : "",
      query: typeof input.query === "string" ? input.query : undefined
    }
  } catch {
    return { id: "", query: undefined }
  }
}

export const layerChatCompletions = (options: ChatCompletionsOptions): Layer.Layer<Answerer> =>
  Layer.scoped(
    Answerer,
    Effect.gen(function* () {
      const dispatcher = yield* Effect.acquireRelease(
        Effect.sync(() => new Agent({ headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS })),
        (agent) => Effect.promise(() => agent.destroy())
      )
      const { baseUrl, model, key } = options
      const url = new URL(`${baseUrl.href.replace(/\/$/, "")}/chat/completions`)

      const complete = (
        messages: ReadonlyArray<Message>,
        choice: "auto" | "none" | undefined
      ): Effect.Effect<Message, AnswererError> =>
        Effect.gen(function* () {
          const { status, body } = yield* Effect.tryPromise({
            try: async (signal) => {
              const answer = await request(url, {
                dispatcher,
                method: "POST",
                signal,
                headers: {
                  "content-type": "application/json",
                  ...(key === undefined ? {} : { authorization: `Bearer ${key}` })
                },
                body: JSON.stringify({
                  model,
                  temperature: 0,
                  messages,
                  ...(choice === undefined ? {} : { tools: [TOOL], tool_choice: choice })
                })
              })
              return { status: answer.statusCode, body: await answer.body.text() }
            },
            catch: (cause) =>
              failed(
                "unreachable",
                `${url.host}: no answer (${cause instanceof Error ? cause.message : String(cause)})`
              )
          })
          if (status !== 200)
            return yield* failed("refused", `${url.host}: status ${status}; check the address, --model and the key`)
          const message = messageIn(body)
          return (
            message ??
            (yield* failed("unreadable", `${url.host}: no chat completion came back; is this its base address?`))
          )
        })

      const answer = (asked: Asked): Effect.Effect<Answer, AnswererError> =>
        Effect.gen(function* () {
          const { retrieve } = asked
          const messages: Array<Message> = [
            { role: "system", content: SYSTEM },
            { role: "user", content: `${asked.question}\n\nTool output:\n${asked.output}` }
          ]
          for (let retrievals = 0; ; ) {
            const canRetrieve = retrieve !== undefined && retrievals < MAX_RETRIEVALS
            const message = yield* complete(
              messages,
              retrieve === undefined ? undefined : canRetrieve ? "auto" : "none"
            )
            const calls = message.tool_calls ?? []
            if (retrieve === undefined || !canRetrieve || calls.length === 0)
              return { text: message.content ?? "", retrievals }
            messages.push(message)
            for (const call of calls) {
              const { id, query } = argumentsOf(call)
              messages.push({ role: "tool", tool_call_id: call.id, content: yield* retrieve(id, query) })
              retrievals++
            }
          }
        })
      return { answer }
    })
  )
