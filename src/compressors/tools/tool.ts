/** What is known of the outputs of one tool, as data: which lines are its own, what is progress, what is failure, where it sums up. */

export interface Tool {
  readonly name: string
  /** Lines that hardly any other tool prints: by these it is known. */
  readonly marks: RegExp
  /** Lines that say only that it goes on. */
  readonly progress: RegExp
  /** Lines that say what went wrong, or begin to. */
  readonly failure: RegExp
  /** Lines that say how it ended. */
  readonly summary: RegExp
  /** Lines that name what the failures below them are in. */
  readonly heading?: RegExp
}
