/**
 * Which outputs of an agent's tools may hide lines at first sight, as one table of rules: each stands here because replayed sessions were
 * cheaper, or missed less, with it than without. docs/policy.md has the figures.
 *
 * At first sight nobody knows what an output will be needed for; what is hidden then must be what agents rarely come back to. What is no
 * longer needed shows later (epoch.ts).
 */
import type { Hint, Kind } from "./content.ts"

/** off: as it came. visible: made smaller with nothing hidden. offload: lines may be hidden, the original is kept. */
export type Treatment = "off" | "visible" | "offload"

/** What is known of an output before it is shown. */
export interface Subject {
  readonly tool: string | undefined
  readonly hint: Hint
  readonly kind: Kind
}

export interface Rule {
  readonly name: string
  readonly holds: (subject: Subject) => boolean
  readonly treatment: Treatment
}

/** The first rule that holds decides. */
export const RULES: ReadonlyArray<Rule> = [
  { name: "text of files", holds: ({ hint }) => hint.origin === "file", treatment: "visible" },
  { name: "patches", holds: ({ kind }) => kind === "diff", treatment: "visible" },
  { name: "texts of several kinds", holds: ({ kind }) => kind === "mixed", treatment: "visible" },
  { name: "everything else", holds: () => true, treatment: "offload" }
]

/** A user's own treatments by tool or command, in lower case. */
export type Treatments = ReadonlyMap<string, Treatment>

const isTreatment = (text: string): text is Treatment => text === "off" || text === "visible" || text === "offload"

/**
 * What a user writes: names with a treatment each, commas between them; undefined where that is not so.
 *
 * @example
 * treatmentsFrom("Read=off, cargo test=visible")?.get("cargo test") // => "visible"
 */
export const treatmentsFrom = (text: string): Treatments | undefined => {
  const treatments = new Map<string, Treatment>()
  for (const part of text.split(",").filter((each) => each.trim() !== "")) {
    const equals = part.lastIndexOf("=")
    const name = part.slice(0, Math.max(0, equals)).trim().toLowerCase()
    const treatment = part
      .slice(equals + 1)
      .trim()
      .toLowerCase()
    if (name === "" || !isTreatment(treatment)) return undefined
    treatments.set(name, treatment)
  }
  return treatments
}

const shortName = (tool: string): string => tool.replace(/^.*(?:__|[.:])(?=.)/s, "")

/** What the user says of the tool or of a command, undefined where nothing. */
const chosen = ({ tool = "", hint }: Subject, treatments: Treatments): Treatment | undefined => {
  if (treatments.size === 0) return undefined
  const names = [tool, shortName(tool), ...hint.commands].map((name) => name.toLowerCase())
  const name = names.find((each) => treatments.has(each))
  return name === undefined ? undefined : treatments.get(name)
}

/** How an output is treated. */
export const treatmentOf = (subject: Subject, treatments: Treatments = new Map()): Treatment =>
  chosen(subject, treatments) ?? RULES.find((rule) => rule.holds(subject))?.treatment ?? "visible"
