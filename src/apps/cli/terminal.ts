/** The terminal that a command may be talking to: colour and a progress bar where there is one, plain text where there is none. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Settings } from "../../adapters/settings/settings.ts"

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan"

const CODES: Readonly<Record<Style, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 }

export const withoutAnsi = (text: string): string => text.replace(/\u001b\[[0-9;]*m/g, "")

/** Prints a text in a style, or as it is. */
export type Paint = (style: Style, text: string) => string

const painter = (colour: boolean): Paint =>
  colour ? (style, text) => `\u001b[${CODES[style]}m${text}\u001b[0m` : (_, text) => text

export class Screen extends Context.Tag("headroom/cli/Screen")<
  Screen,
  {
    readonly paint: Paint
    /** Whether help and messages of the command parser may carry colour. */
    readonly colour: { readonly out: boolean; readonly err: boolean }
    readonly columns: number
    /** A line on stderr for a person. */
    readonly note: (text: string) => Effect.Effect<void>
    /** Draws how far a long step is; drawn in place on a terminal, nothing elsewhere. */
    readonly progress: (label: string, done: number, total: number) => void
    /** Takes the progress bar away. */
    readonly settle: Effect.Effect<void>
  }
>() {}

const BAR_CELLS = 24

const bar = (done: number, total: number): string => {
  const share = total <= 0 ? 1 : Math.min(1, done / total)
  const full = Math.round(share * BAR_CELLS)
  return `${"█".repeat(full)}${"░".repeat(BAR_CELLS - full)} ${String(Math.floor(share * 100)).padStart(3)} %`
}

export const layerScreen: Layer.Layer<Screen, never, Settings> = Layer.effect(
  Screen,
  Effect.map(Settings, (settings) => {
    const colour = { out: settings.colour ?? process.stdout.isTTY, err: settings.colour ?? process.stderr.isTTY }
    let shown = ""
    const clear = (): void => {
      if (shown !== "") process.stderr.write(`\r\u001b[K`)
      shown = ""
    }
    return {
      paint: painter(colour.out === true),
      colour: { out: colour.out === true, err: colour.err === true },
      columns: process.stdout.columns ?? 80,
      note: (text) =>
        Effect.sync(() => {
          clear()
          process.stderr.write(`${painter(colour.err === true)("dim", text)}\n`)
        }),
      progress: (label, done, total) => {
        const line = `${label} ${bar(done, total)}`
        if (process.stderr.isTTY !== true || line === shown) return
        shown = line
        process.stderr.write(`\r\u001b[K${line}`)
      },
      settle: Effect.sync(clear)
    }
  })
)
