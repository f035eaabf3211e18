/**
 * What an agent is after when it gets an output, told by what stands before it: the arguments of its call, and what it said last, or the
 * user where it said nothing since. Never by what comes later, so that an output is shown the same in every request that holds it.
 */
import { stringsIn } from "./json-strings.ts"

export interface Pursuit {
  /** The last text of the user, and what the agent said since. */
  readonly user: string
  readonly agent: string
}

export const NO_PURSUIT: Pursuit = { user: "", agent: "" }

/** Characters of each that are read: the task of a long message stands at its beginning, and what an agent does next at its end. */
const READ = 1_000

export const saidBy = (pursuit: Pursuit, role: "user" | "assistant", text: string): Pursuit =>
  role === "user" ? { user: text.slice(0, READ), agent: "" } : { ...pursuit, agent: text.slice(-READ) }

/** The question that an output of the call answers. */
export const questionOf = ({ user, agent }: Pursuit, input: unknown): string =>
  [agent === "" ? user : agent, stringsIn(input).join(" ").slice(0, READ)].filter((part) => part !== "").join("\n")
