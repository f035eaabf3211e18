/**
 * What a source text declares, as plain data: a syntax tree needs a parser, which the core may not call, so that the pipeline hands the
 * core this list instead.
 *
 * Declarations stand in the order of their first lines, the enclosing one first.
 */

/** Lines from 0, half-open, at least one. */
export type LineSpan = readonly [from: number, to: number]

/**
 * import: shown whole, such as a module's name. type: shown whole, for its lines are all declarations. container: a class or namespace,
 * whose members are declarations of their own. function: anything with a body that runs. value: a constant, a field, a macro.
 */
export type DeclarationKind = "import" | "type" | "container" | "function" | "value"

export interface Declaration {
  readonly kind: DeclarationKind
  /** As the source writes it, without its qualifiers where it has any; "" where it has none. */
  readonly name: string
  /** How many declarations enclose it. */
  readonly depth: number
  /** Decorators and signature. */
  readonly head: LineSpan
  /** The lines behind the head, the closing one included; undefined where the head is all. */
  readonly body: LineSpan | undefined
}

export type Outline = ReadonlyArray<Declaration>

/** The outline as the lines `from` to `to` of the text have it, counted from there. */
export const outlineWithin = (outline: Outline, from: number, to: number): Outline =>
  outline.flatMap((declaration): Outline => {
    const head = clipped(declaration.head, from, to)
    const body = declaration.body === undefined ? undefined : clipped(declaration.body, from, to)
    return head === undefined ? [] : [{ ...declaration, head, body }]
  })

const clipped = ([from, to]: LineSpan, start: number, end: number): LineSpan | undefined => {
  const first = Math.max(from, start)
  const last = Math.min(to, end)
  return first < last ? [first - start, last - start] : undefined
}
