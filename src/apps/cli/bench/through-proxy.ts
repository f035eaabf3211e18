/**
 * A recorded session over the wire: sent call by call through a proxy of the command's own, whose clock is moved by the recorded pauses, to a
 * vendor on the loopback that keeps what arrives.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { ModelMessage } from "../../../domain/model-request.ts"
import type { Rewriter } from "../../../pipeline/replay-session.ts"
import { isRecord, jsonText, listOf, parsed } from "../../../wire/json-value.ts"
import { startVendor } from "../demo/vendor.ts"
import { CommandError } from "../errors.ts"
import { type OwnProxy, sendThrough, startProxy } from "../own-proxy.ts"

/** A clock that can be moved forward. */
const movable = (): { readonly clock: Clock.Clock; readonly move: (ms: number) => void } => {
  const real = Clock.make()
  let moved = 0
  return {
    clock: {
      [Clock.ClockTypeId]: Clock.ClockTypeId,
      unsafeCurrentTimeMillis: () => real.unsafeCurrentTimeMillis() + moved,
      unsafeCurrentTimeNanos: () => real.unsafeCurrentTimeNanos(),
      currentTimeMillis: Effect.sync(() => real.unsafeCurrentTimeMillis() + moved),
      currentTimeNanos: real.currentTimeNanos,
      sleep: (duration) => real.sleep(duration)
    },
    move: (ms) => {
      moved += ms
    }
  }
}

const isMessage = (value: unknown): value is ModelMessage => isRecord(value) && typeof value["role"] === "string"

/** The births that the proxy has counted. */
const birthsAt = (address: string): Effect.Effect<number> =>
  Effect.promise(async () => {
    const text = await (await fetch(`${address}/metrics`)).text()
    const counts = [...text.matchAll(/^headroom_prefix_changes_total\{[^}]*part="epoch"[^}]*\} (\d+)$/gm)]
    return counts.reduce((sum, [, count]) => sum + Number(count), 0)
  })

/** Records are written behind their answers. */
const PATIENCE = 20
const WAIT_MS = 50

/** Whether the proxy counts one more birth than before, at once or soon. */
const hasBorne = (address: string, before: number): Effect.Effect<boolean> =>
  Effect.gen(function* () {
    for (let tries = 0; tries < PATIENCE; tries++) {
      if ((yield* birthsAt(address)) > before) return true
      yield* Effect.sleep(WAIT_MS)
    }
    return false
  })

/** Starts the proxy, and gives what sends sessions through it. */
export const throughProxy = (options: OwnProxy) =>
  Effect.gen(function* () {
    const { clock, move } = movable()
    const vendor = yield* startVendor
    const address = yield* startProxy(vendor.url, { ...options, clock })
    let known = 0
    const rewriter: Rewriter<never, CommandError> = (session) =>
      Effect.sync(() => {
        const system = session.system === undefined ? {} : { system: session.system }
        let before: number | undefined
        let last: ReadonlyArray<string | undefined> = []
        return (messages, at) =>
          Effect.gen(function* () {
            if (at !== undefined && before !== undefined) move(Math.max(0, at - before))
            before = at
            yield* sendThrough(address, JSON.stringify({ model: "replay", max_tokens: 1, ...system, messages }))
            const body = parsed(vendor.take() ?? "")
            const sent = listOf(isRecord(body) ? body["messages"] : undefined).filter(isMessage)
            if (sent.length !== messages.length)
              return yield* new CommandError({ message: `${session.id}: what arrived is not what was sent` })
            const texts = sent.map((message) => jsonText(message))
            const isChanged = last.some((text, place) => text !== texts[place])
            const isBirth = isChanged && (yield* hasBorne(address, known))
            if (isBirth) known = yield* birthsAt(address)
            last = texts
            return { messages: sent, isBirth }
          })
      })
    return rewriter
  })
