/** Writes docs/agents.md. */
import { writeFileSync } from "node:fs"
import { agentsPage } from "./agents-page.ts"
import { root } from "./bundle.ts"

writeFileSync(`${root}docs/agents.md`, agentsPage())
