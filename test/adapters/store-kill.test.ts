import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"

it("loses no receipt when writers are killed", () => {
  const script = fileURLToPath(new URL("../../bench/store-kill.ts", import.meta.url))
  const run = spawnSync(process.execPath, ["--import", "tsx", script, "--kills", "4", "--seed", "7"], {
    encoding: "utf8"
  })
  expect(run.stdout).toMatch(/^4 kills, [1-9]\d* receipts .* 0 lost, 0 writers ended by themselves, integrity ok\n$/)
  expect(run.status).toBe(0)
}, 240_000)
