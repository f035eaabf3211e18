/** The settings that a hook needs, read without the Effect runtime: the same names as in settings.ts, and what is wrong is passed over. */
import { homedir } from "node:os"
import { join } from "node:path"
import { type Treatments, treatmentsFrom } from "../../domain/policy.ts"
import type { Mode } from "../../pipeline/headroom.ts"
import { homeFrom, storeFile } from "./home.ts"
import { type Machine, machineFrom } from "./machine.ts"

export interface PlainSettings {
  readonly home: string
  readonly storeFile: string
  readonly mode: Mode | undefined
  readonly treatments: Treatments
  readonly project: string | undefined
  /** Whether failures are told on standard error. */
  readonly debug: boolean
  readonly machine: Machine
}

const isMode = (value: string | undefined): value is Mode =>
  value === "off" || value === "visible" || value === "offload"

const homeFolder = (): string => homeFrom(process.env["HEADROOM_HOME"])

/** Where what can be made again is kept. */
export const cacheFolder = (): string => join(homeFolder(), "cache")

export const plainSettings = (): PlainSettings => {
  const { HEADROOM_MODE: mode, HEADROOM_PROJECT: project = "", HEADROOM_TOOLS: tools = "" } = process.env
  const home = homeFolder()
  return {
    home,
    storeFile: storeFile(home),
    mode: isMode(mode) ? mode : undefined,
    treatments: treatmentsFrom(tools) ?? new Map(),
    project: project === "" ? undefined : project,
    debug: process.env["HEADROOM_LOG_LEVEL"]?.toLowerCase() === "debug",
    machine: machineFrom(process.env, process.platform, homedir())
  }
}

/** What `headroom wrap` tells a plugin of ours by a variable, as JSON; undefined where it was not started so, or is damaged. */
export const toldByWrap = (name: "HEADROOM_PI" | "HEADROOM_OPENCODE"): unknown => {
  try {
    return JSON.parse(process.env[name] ?? "")
  } catch {
    return undefined
  }
}
