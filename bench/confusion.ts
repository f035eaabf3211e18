/** A table of what texts are against where they went, with each miss by name. */
import type { Sample } from "./samples.ts"

export class Confusion {
  private readonly rows = new Map<string, Map<string, number>>()
  readonly misses: Array<string> = []
  right = 0
  all = 0

  add({ name, kinds }: Pick<Sample, "name" | "kinds">, went: string): void {
    const truth = kinds[0] as string
    const row = this.rows.get(truth) ?? new Map<string, number>()
    this.rows.set(truth, row)
    const isRight = kinds.includes(went)
    const column = isRight ? truth : went
    row.set(column, (row.get(column) ?? 0) + 1)
    this.all++
    if (isRight) this.right++
    else this.misses.push(`${truth} -> ${went}  ${name}`)
  }

  accuracy(): number {
    return this.all === 0 ? 1 : this.right / this.all
  }

  print(kinds: ReadonlyArray<string>): string {
    const columns = [
      ...kinds,
      ...[...this.rows.values()].flatMap((row) => [...row.keys()]).filter((kind) => !kinds.includes(kind))
    ]
    const head = ["", ...new Set(columns)]
    const lines = [...this.rows].map(
      ([truth, row]) =>
        truth.padStart(9) +
        head
          .slice(1)
          .map((kind) => String(row.get(kind) ?? 0).padStart(9))
          .join("")
    )
    return [head.map((kind) => kind.padStart(9)).join(""), ...lines].join("\n")
  }
}
