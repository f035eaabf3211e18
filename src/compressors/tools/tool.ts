/** What is known of the outputs of one tool, as data: which lines are its own, what is progress, what is failure, where it sums up. */

export interface Tool {
  readonly name: string
  /** Names of commands that print its lines and no other tool's, as `Hint.commands` has them: `npm test` and `make` may print anybody's, and what only such run has none. */
  readonly commands?: RegExp
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
  /** Lines from which on a test prints, and its verdict, each with the test's name; a group before it matches where the test begins, or passed. */
  readonly opens?: RegExp
  readonly closes?: RegExp
  /** Headings of an output's parts; a group matches where the part tells of tests that passed. */
  readonly parts?: RegExp
}
