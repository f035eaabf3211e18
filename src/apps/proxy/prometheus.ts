/**
 * Sums and histograms in Prometheus' text form.
 *
 * Labels are to be bounded: a client chooses its model's name, so only so many names may become series.
 */

type Labels = Readonly<Record<string, string>>

const escaped = (text: string): string => text.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n")

const written = (labels: Labels): string => {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`
}

export interface Family {
  readonly lines: () => ReadonlyArray<string>
}

const headOf = (name: string, help: string, type: string): ReadonlyArray<string> => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`
]

/** A sum for each set of labels; a counter where it only grows. */
export class Sums implements Family {
  readonly #name: string
  readonly #help: string
  readonly #type: "counter" | "gauge"
  readonly #sums = new Map<string, number>()

  constructor(name: string, help: string, type: "counter" | "gauge" = "counter") {
    this.#name = name
    this.#help = help
    this.#type = type
  }

  add(labels: Labels, amount = 1): void {
    const key = written(labels)
    this.#sums.set(key, (this.#sums.get(key) ?? 0) + amount)
  }

  lines(): ReadonlyArray<string> {
    const samples = [...this.#sums].map(([labels, sum]) => `${this.#name}${labels} ${sum}`)
    return samples.length === 0 ? [] : [...headOf(this.#name, this.#help, this.#type), ...samples]
  }
}

/** How many values lie at or under each bound. */
export class Histogram implements Family {
  readonly #name: string
  readonly #help: string
  readonly #bounds: ReadonlyArray<number>
  readonly #series = new Map<string, { readonly labels: Labels; readonly counts: Array<number>; sum: number }>()

  constructor(name: string, help: string, bounds: ReadonlyArray<number>) {
    this.#name = name
    this.#help = help
    this.#bounds = bounds
  }

  observe(labels: Labels, value: number): void {
    const key = written(labels)
    const series = this.#series.get(key) ?? { labels, counts: [...this.#bounds, 0].map(() => 0), sum: 0 }
    this.#series.set(key, series)
    const place = this.#bounds.findIndex((bound) => value <= bound)
    const at = place === -1 ? this.#bounds.length : place
    series.counts[at] = (series.counts[at] ?? 0) + 1
    series.sum += value
  }

  lines(): ReadonlyArray<string> {
    const samples = [...this.#series.values()].flatMap(({ counts, labels, sum }) => {
      let total = 0
      const buckets = counts.map((count, i) => {
        total += count
        return `${this.#name}_bucket${written({ ...labels, le: String(this.#bounds[i] ?? "+Inf") })} ${total}`
      })
      return [
        ...buckets,
        `${this.#name}_sum${written(labels)} ${sum}`,
        `${this.#name}_count${written(labels)} ${total}`
      ]
    })
    return samples.length === 0 ? [] : [...headOf(this.#name, this.#help, "histogram"), ...samples]
  }
}

/** Lets so many names through; the rest is `other`. */
export const bounded = (limit: number): ((name: string) => string) => {
  const known = new Set<string>()
  return (name) => {
    const cut = name.slice(0, 100)
    if (known.has(cut)) return cut
    if (known.size >= limit) return "other"
    known.add(cut)
    return cut
  }
}
