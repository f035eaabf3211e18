/** The page of agents says what the descriptors and the recorded results say. */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import { agentsPage } from "../scripts/agents-page.ts"

it("docs/agents.md is current: npx tsx scripts/agents.ts writes it", () => {
  expect(readFileSync(fileURLToPath(new URL("../docs/agents.md", import.meta.url)), "utf8")).toBe(agentsPage())
})
