import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { writeOutput } from "../../../src/apps/cli/streams.ts"

it("leaves no listener behind, however many pieces are written in one turn", async () => {
  const before = process.stdout.listenerCount("error")
  await Effect.runPromise(
    Effect.forEach(
      Array.from({ length: 20 }, () => ""),
      writeOutput,
      { discard: true }
    )
  )
  expect(process.stdout.listenerCount("error")).toBe(before)
})
