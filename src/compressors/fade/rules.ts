/**
 * How long a line of a tool's output stays, by what the account knows of it: one table for each strength, its figures in docs/policy.md.
 */

export type Fading = "off" | "safe" | "strong"

/** How outputs fade where nobody says otherwise, under `offload` alone: the strength at which the session bench loses no recall to speak of. */
export const DEFAULT_FADING: Fading = "safe"

/** Ages in turns of the model since the line was last of use: shown, or something in it named. */
export interface Ages {
  /** Outputs younger than this stay whole. */
  readonly recent: number
  /** Lines that an edit has replaced since: they are false now. */
  readonly stale: number
  /** Lines of an output of which every name was said since, or stands in a later output. */
  readonly output: number
  /** Lines of an output with a name that stands nowhere else. */
  readonly outputAlone: number
  /** Lines of a file that stand elsewhere too, and those that a search or a patch printed and that stand nowhere else. */
  readonly fileTwice: number
  /** Lines of a file without a name that stands nowhere else. */
  readonly file: number
  /** Lines of a file with a name that stands nowhere else. */
  readonly fileAlone: number
  /** A name in more lines than this tells of none of them that it is in use. */
  readonly commonName: number
}

export const AGES: Readonly<Record<Exclude<Fading, "off">, Ages>> = {
  safe: {
    recent: 5,
    stale: 5,
    output: 5,
    outputAlone: 60,
    fileTwice: 20,
    file: 60,
    fileAlone: 160,
    commonName: 20
  },
  strong: {
    recent: 5,
    stale: 5,
    output: 5,
    outputAlone: 10,
    fileTwice: 10,
    file: 40,
    fileAlone: 120,
    commonName: 4
  }
}
