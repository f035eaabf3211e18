import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000 } },
      {
        test: {
          name: "property",
          include: ["property-tests/**/*.test.ts"],
          setupFiles: ["property-tests/setup.ts"],
          testTimeout: 240_000
        }
      },
      // Agents' own programs, where they are installed: never part of `npm test`.
      { test: { name: "agents", include: ["test/agents/**/*.agents.ts"], testTimeout: 400_000, hookTimeout: 60_000 } }
    ]
  }
})
