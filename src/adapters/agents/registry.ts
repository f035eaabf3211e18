/** Every agent that is known, in the order in which lists of them are printed: what is offered for agents is derived from this one list. */
import { existsSync } from "node:fs"
import type { Machine } from "../settings/machine.ts"
import type { Agent } from "./agent.ts"
import { claudeCode } from "./descriptors/claude-code.ts"
import { codex } from "./descriptors/codex.ts"
import { claudeDesktop, cline, continueDev, cursor, vsCode, windsurf, zed } from "./descriptors/editors.ts"
import { openCode } from "./descriptors/opencode.ts"
import { pi } from "./descriptors/pi.ts"
import {
  aider,
  amp,
  copilot,
  crush,
  geminiCli,
  goose,
  kimi,
  miniSweAgent,
  openHands,
  qwenCode
} from "./descriptors/terminal.ts"

export const agents: ReadonlyArray<Agent> = [
  claudeCode,
  codex,
  openCode,
  pi,
  geminiCli,
  copilot,
  goose,
  aider,
  qwenCode,
  crush,
  openHands,
  kimi,
  miniSweAgent,
  amp,
  cursor,
  zed,
  cline,
  continueDev,
  vsCode,
  windsurf,
  claudeDesktop
]

/** Whether the agent has left something on this machine. */
export const isUsed = (agent: Agent, machine: Machine): boolean =>
  existsSync(agent.folder(machine)) || (agent.mcp !== undefined && existsSync(agent.mcp.file(machine)))
