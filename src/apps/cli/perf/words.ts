/** The words and figures that a report of a history uses, on a terminal and in a page alike. */
import { homedir } from "node:os"
import type { HistorySummary, PauseShare, Spent } from "../../../domain/history.ts"
import type { FadingChoice, FadingShare } from "../../../domain/fading-shares.ts"
import type { Lifetime } from "../../../domain/cache-lifetime.ts"
import { count, counted, dollars } from "../figures.ts"

/** @example short(343_093_167) // => "343.1 M" */
export const short = (tokens: number): string => {
  if (tokens < 10_000) return count(tokens)
  if (tokens < 1_000_000) return `${(tokens / 1_000).toFixed(tokens < 100_000 ? 1 : 0)} k`
  return tokens < 1_000_000_000 ? `${(tokens / 1_000_000).toFixed(1)} M` : `${(tokens / 1_000_000_000).toFixed(2)} G`
}

/** What is saved, to a tenth of a percent where it is little. */
export const share = (before: number, after: number): string => {
  if (before === 0) return "0 %"
  const percent = (100 * (before - after)) / before
  return `${Math.abs(percent) < 9.95 ? percent.toFixed(1) : percent.toFixed(0)} %`
}

/** What is saved: of the money where a price is known, else of the tokens. */
export const shareOf = (spent: Spent): string =>
  spent.dollarsBefore > 0
    ? share(spent.dollarsBefore, spent.dollarsAfter)
    : share(spent.tokensBefore, spent.tokensAfter)

/** What plots show: money, and where no price is known at all, tokens. */
export const plotted = ({ spent }: Pick<HistorySummary, "spent">) =>
  spent.dollarsBefore > 0
    ? {
        name: "Cost",
        text: dollars,
        before: (one: Spent): number => one.dollarsBefore,
        after: (one: Spent): number => one.dollarsAfter
      }
    : {
        name: "Input tokens",
        text: short,
        before: (one: Spent): number => one.tokensBefore,
        after: (one: Spent): number => one.tokensAfter
      }

/** Money where there is some; none is an unknown price, or nothing at all. */
export const money = (amount: number): string => (amount === 0 ? "" : dollars(amount))

/** A project by the last names of its folder; what stands before them is the user's own business. */
export const projectName = (folder: string): string => {
  if (folder === "") return "(not recorded)"
  if (folder === homedir()) return "~"
  const names = folder.split(/[\\/]/).filter((name) => name !== "")
  return names.slice(-2).join("/")
}

export const LIFETIME_NAMES: Readonly<Record<Lifetime, string>> = {
  "five-minutes": "five minutes",
  hour: "one hour",
  "keep-warm": "kept warm for 15 minutes"
}

/** How it is asked for. */
export const LIFETIME_FLAGS: Readonly<Record<Lifetime, string>> = {
  "five-minutes": "--cache-ttl 5m",
  hour: "--cache-ttl 1h",
  "keep-warm": "--keep-warm"
}

export const FADING_NAMES: Readonly<Record<FadingChoice, string>> = {
  visible: "nothing hidden (visible)",
  off: "offload, old outputs stay",
  safe: "offload, --fade safe",
  strong: "offload, --fade strong"
}

/** What the figures of fading are, and are not. */
export const FADING_NOTE = "Each session replayed; a retrieval counts for every call that needed what was not in sight."

const REASONS: Readonly<Record<string, string>> = {
  shown: "made smaller: what stays",
  "no-gain": "nothing to take out of them",
  "too-small": "too small to matter",
  empty: "empty",
  "too-large": "too large",
  "ill-formed": "no well-formed text",
  protected: "protected",
  "holds-marker": "ours already",
  "not-proven": "could not be proven"
}

/** What enters a context, each token once; tool output is the sum of what is taken out and of what stays, by why it does. */
export const sourcesOf = ({ sources }: Pick<HistorySummary, "sources">) => ({
  all: [
    { name: "tools and system text", tokens: sources.head },
    { name: "said by you and the model", tokens: sources.said },
    { name: "tool output", tokens: sources.outputs }
  ],
  outputs: [
    {
      name: "taken out by headroom",
      tokens: sources.outputs - sources.left.reduce((sum, one) => sum + one.tokens, 0)
    },
    ...sources.left
      .filter(({ tokens }) => tokens >= sources.outputs / 1_000)
      .map(({ reason, tokens }) => ({ name: REASONS[reason] ?? reason, tokens }))
  ]
})

export const pauseName = ({ from, below }: Pick<PauseShare, "from" | "below">): string => {
  const length = (minutes: number): string => (minutes < 60 ? `${minutes} min` : `${minutes / 60} h`)
  return Number.isFinite(below) ? `${length(from)} to ${length(below)}` : `over ${length(from)}`
}

/** What the providers counted beside what the replay accounts for; undefined where one of them is no count of these calls. */
export const countedNote = ({ recorded }: Pick<HistorySummary, "recorded">): string | undefined => {
  const percent = Math.round((100 * recorded.ours) / recorded.counted)
  return recorded.calls === 0 || percent > 150
    ? undefined
    : `Providers counted ${short(recorded.counted)} input tokens for ${count(recorded.calls)} of these calls; the replay accounts for ${percent} %. What transcripts leave out (thinking, images, attachments) is in no figure.`
}

const MOST_MODELS = 3

/** Of which models no price is known. */
export const unpricedNote = ({ unpriced }: Pick<HistorySummary, "unpriced">): string | undefined => {
  if (unpriced.size === 0) return undefined
  const models = [...unpriced].sort(([, a], [, b]) => b - a).map(([model]) => model || "models without a name")
  const names = models.slice(0, MOST_MODELS).join(", ") + (models.length > MOST_MODELS ? ", …" : "")
  const calls = [...unpriced.values()].reduce((sum, one) => sum + one, 0)
  return `No price is known for ${counted(calls, "call")} (${names}): their tokens are counted, their money is not. HEADROOM_PRICES can name one.`
}

/** Less of the cost than this is nothing that anyone would notice. */
const NOTICEABLE = 0.01

/** Whether there is something to gain. */
export const isGain = ({ spent }: Pick<HistorySummary, "spent">): boolean =>
  // without a price, tokens must tell
  spent.dollarsBefore > 0
    ? 1 - spent.dollarsAfter / spent.dollarsBefore >= NOTICEABLE
    : 1 - spent.tokensAfter / spent.tokensBefore >= NOTICEABLE

/** The choice that would have been cheapest, where it is another than the one in use. */
export const betterLifetime = ({ lifetimes, lifetimeInUse }: Pick<HistorySummary, "lifetimes" | "lifetimeInUse">) => {
  const [best] = lifetimes
  const own = lifetimes.find((one) => one.lifetime === lifetimeInUse)
  if (best === undefined || own === undefined || best.lifetime === lifetimeInUse) return undefined
  const spared = own.dollarsAfter - best.dollarsAfter
  return spared / own.dollarsAfter >= NOTICEABLE ? { ...best, spared } : undefined
}

/** The first so many of a list, and the rest as one. */
export const leading = <A>(all: ReadonlyArray<A>, most: number, merge: (rest: ReadonlyArray<A>) => A) =>
  all.length <= most + 1 ? all : [...all.slice(0, most), merge(all.slice(most))]

/** Facts come first: what hides more of those that were needed is no advice. */
const LEAST_RECALL = 0.99

/** The way of fading that would have cost noticeably less than hiding nothing, and kept the facts in sight; undefined where none would. */
export const betterFading = ({
  fadings
}: {
  readonly fadings: ReadonlyArray<FadingShare>
}): FadingShare | undefined => {
  const plain = fadings.find((one) => one.choice === "visible")
  const best = fadings.filter((one) => one.recall >= LEAST_RECALL).toSorted((a, b) => a.net - b.net)[0]
  return plain === undefined || best === undefined || plain.net - best.net < NOTICEABLE ? undefined : best
}
