/** Agents for the terminal that variables lead, each by the names that its documentation gives. */
import { join } from "node:path"
import type { Machine } from "../../settings/machine.ts"
import {
  type Agent,
  basesOf,
  byVariables,
  ledBy,
  noTranscripts,
  plainEntry,
  SERVER,
  serverArguments
} from "../agent.ts"

const inHome =
  (...names: ReadonlyArray<string>) =>
  ({ home }: Machine): string =>
    join(home, ...names)

const LINES = /\.jsonl$/

export const geminiCli: Agent = {
  name: "gemini",
  title: "Gemini CLI",
  program: "gemini",
  folder: inHome(".gemini"),
  route: byVariables({ gemini: ["GOOGLE_GEMINI_BASE_URL"] }),
  mcp: {
    name: "gemini",
    format: "json",
    file: inHome(".gemini", "settings.json"),
    at: ["mcpServers"],
    entry: plainEntry
  },
  transcripts: ({ home, variable }) => [
    { path: join(variable("GEMINI_CLI_HOME") ?? home, ".gemini", "tmp"), names: /^(?:session-.*\.jsonl?|.*\.jsonl)$/ }
  ],
  shell: "free"
}

/** A provider of one's own alone: a subscription's requests carry a token that GitHub's servers exchange. */
const COPILOT = "COPILOT_PROVIDER_BASE_URL"

export const copilot: Agent = {
  name: "copilot",
  title: "Copilot CLI",
  program: "copilot",
  folder: ({ home, variable }) => variable("COPILOT_HOME") ?? join(home, ".copilot"),
  route: {
    _tag: "Process",
    providers: ["anthropic", "openai"],
    own: (user) =>
      basesOf(
        user,
        user.machine.variable("COPILOT_PROVIDER_TYPE") === "anthropic"
          ? { anthropic: [COPILOT] }
          : { openai: [COPILOT] }
      ),
    refusal: ({ machine }) =>
      machine.variable(COPILOT) === undefined
        ? `requests under a GitHub login go to GitHub's own servers, which take no other address; set ${COPILOT} to a provider of your own, or put what its shell runs behind: headroom run`
        : undefined,
    lead: (wanted) =>
      ledBy(
        wanted.machine.variable("COPILOT_PROVIDER_TYPE") === "anthropic"
          ? { anthropic: [COPILOT] }
          : { openai: [COPILOT] }
      )(wanted)
  },
  transcripts: ({ home, variable }) => [
    { path: join(variable("COPILOT_HOME") ?? join(home, ".copilot"), "session-state"), names: LINES }
  ],
  shell: "free"
}

const gooseFolder = ({ platform, applications, config }: Machine): string =>
  platform === "win32" ? join(applications, "Block", "goose", "config") : join(config, "goose")

export const goose: Agent = {
  name: "goose",
  title: "Goose",
  program: "goose",
  folder: gooseFolder,
  route: byVariables(
    { anthropic: ["ANTHROPIC_HOST"], openai: ["OPENAI_HOST"], gemini: ["GOOGLE_HOST"] },
    { openai: "https://api.openai.com" }
  ),
  mcp: {
    name: "goose",
    format: "yaml",
    file: (machine) => join(gooseFolder(machine), "config.yaml"),
    at: ["extensions"],
    entry: (launch) => ({
      type: "stdio",
      name: SERVER,
      cmd: launch.node,
      args: serverArguments(launch),
      enabled: true,
      timeout: 300
    })
  },
  transcripts: noTranscripts,
  shell: "free"
}

export const aider: Agent = {
  name: "aider",
  title: "Aider",
  program: "aider",
  folder: inHome(".aider"),
  route: byVariables({ anthropic: ["ANTHROPIC_API_BASE", "ANTHROPIC_BASE_URL"], openai: ["OPENAI_API_BASE"] }),
  transcripts: noTranscripts,
  shell: "none"
}

export const qwenCode: Agent = {
  name: "qwen",
  title: "Qwen Code",
  program: "qwen",
  folder: inHome(".qwen"),
  route: byVariables({ openai: ["OPENAI_BASE_URL"] }),
  transcripts: noTranscripts,
  shell: "free"
}

export const crush: Agent = {
  name: "crush",
  title: "Crush",
  program: "crush",
  folder: ({ config }) => join(config, "crush"),
  route: byVariables({
    anthropic: ["ANTHROPIC_API_ENDPOINT"],
    openai: ["OPENAI_API_ENDPOINT"],
    gemini: ["GEMINI_API_ENDPOINT"]
  }),
  transcripts: noTranscripts,
  shell: "free"
}

export const openHands: Agent = {
  name: "openhands",
  title: "OpenHands",
  program: "openhands",
  folder: inHome(".openhands"),
  route: byVariables({ openai: ["LLM_BASE_URL"] }),
  transcripts: noTranscripts,
  shell: "sandboxed"
}

const KIMI = { openai: ["KIMI_BASE_URL"] }

export const kimi: Agent = {
  name: "kimi",
  title: "Kimi CLI",
  program: "kimi",
  folder: inHome(".kimi"),
  route: {
    _tag: "Process",
    providers: ["openai"],
    // its vendor speaks OpenAI's language at an address of its own
    own: (user) => ({ openai: "https://api.moonshot.ai/v1", ...basesOf(user, KIMI) }),
    lead: ledBy(KIMI)
  },
  transcripts: noTranscripts,
  shell: "free"
}

export const amp: Agent = {
  name: "amp",
  title: "Amp",
  program: "amp",
  folder: ({ config }) => join(config, "amp"),
  route: { _tag: "None", why: "its requests go to its vendor's own servers, which take no other address" },
  transcripts: noTranscripts,
  shell: "free"
}

export const miniSweAgent: Agent = {
  name: "mini-swe-agent",
  title: "mini-swe-agent",
  program: "mini",
  folder: ({ config, variable }) => variable("MSWEA_GLOBAL_CONFIG_DIR") ?? join(config, "mini-swe-agent"),
  // it calls models by litellm, as aider does
  route: byVariables({ anthropic: ["ANTHROPIC_API_BASE", "ANTHROPIC_BASE_URL"], openai: ["OPENAI_API_BASE"] }),
  transcripts: ({ config, variable }) => [
    { path: variable("MSWEA_GLOBAL_CONFIG_DIR") ?? join(config, "mini-swe-agent"), names: /\.traj\.json$/ }
  ],
  shell: "free"
}
