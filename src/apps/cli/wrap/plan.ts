/** What a wrap would do, told and not done. */
import { writeOutput } from "../streams.ts"

export interface Plan {
  readonly agent: string
  readonly proxy: string
  readonly upstreams: Readonly<Record<string, string>>
  /** What the command line asks of the proxy besides. */
  readonly settings: Readonly<Record<string, string>>
  readonly environment: Readonly<Record<string, string>>
  readonly command: ReadonlyArray<string>
  readonly edits: ReadonlyArray<string>
}

export const printPlan = (plan: Plan, asJson: boolean) =>
  writeOutput(
    asJson
      ? `${JSON.stringify(plan)}\n`
      : `${[
          `agent        ${plan.agent}`,
          `proxy        ${plan.proxy}`,
          ...Object.entries(plan.upstreams).map(([name, value]) => `upstream     ${name}=${value}`),
          ...Object.entries(plan.settings).map(([name, value]) => `setting      ${name}=${value}`),
          ...Object.entries(plan.environment).map(([name, value]) => `environment  ${name}=${value}`),
          ...(plan.command.length === 0 ? [] : [`command      ${plan.command.join(" ")}`]),
          `files edited ${plan.edits.length === 0 ? "none" : plan.edits.join(", ")}`
        ].join("\n")}\n`
  )

/** Settings less those that are only unset. */
export const told = (settings: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== ""))
