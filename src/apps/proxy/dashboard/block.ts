/**
 * `GET /dashboard/blocks/{ref}`: a tool output as it came and as it was sent, line by line.
 *
 * The one route that shows content: only to who sits at this machine, asked for one block at a time, and by no page but our own.
 */
import * as Effect from "effect/Effect"
import { type Change, changesOf, summed } from "../../../domain/changes.ts"
import { type Gap, gapsOf } from "../../../domain/marker.ts"
import { estimateTokens } from "../../../domain/tokens.ts"
import { Headroom } from "../../../pipeline/headroom.ts"
import { Originals } from "../../../pipeline/ports/originals.ts"
import { retrieve } from "../../../pipeline/retrieve.ts"
import { type Asked, refused, type Shown, shownJson } from "../shown.ts"

export const BLOCKS = "/dashboard/blocks/"

/** A run of lines of one sign, or how many more of them there are. */
export type Row = Change | { readonly sign: Change["sign"]; readonly more: number }

export interface BlockAnswer {
  readonly ref: string
  /** sent: what a request carried. rendered: made anew, for nothing was pinned; what it would name as repeated is printed. */
  readonly source: "sent" | "rendered"
  readonly tokensBefore: number
  readonly tokensAfter: number
  readonly rows: ReadonlyArray<Row>
  readonly hidden: ReadonlyArray<Gap>
}

/** Lines of one sign in a row that are shown, at first and where all are asked for. */
const RUN_LINES = 16
const MOST_LINES = 5000
/** Characters of a line that are shown. */
const LINE_LENGTH = 2000

const LOOPBACK = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|::ffff:127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/
const LOOPBACK_HOST = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(?::\d{1,5})?$/i

/** Whether a page of ours, or a person's own tool, asks from this machine. */
const isNear = ({ headers, remoteAddress }: Asked): boolean => {
  const site = headers["sec-fetch-site"]
  return (
    LOOPBACK.test(remoteAddress ?? "") &&
    LOOPBACK_HOST.test(headers["host"] ?? "") &&
    (site === undefined || site === "same-origin" || site === "none")
  )
}

const cut = (row: Row): Row =>
  "line" in row && row.line.length > LINE_LENGTH ? { ...row, line: `${row.line.slice(0, LINE_LENGTH)}…` } : row

const blockOf = (ref: string, isWhole: boolean): Effect.Effect<Shown, never, Originals | Headroom> =>
  Effect.gen(function* () {
    const originals = yield* Originals
    const headroom = yield* Headroom
    const original = yield* retrieve(ref)
    const sent = yield* originals.viewOf(original.ref)
    const after = sent ?? (yield* headroom.compressText(original.text, { mode: "visible" })).text
    const answer: BlockAnswer = {
      ref: original.ref,
      source: sent === undefined ? "rendered" : "sent",
      tokensBefore: estimateTokens(original.text),
      tokensAfter: estimateTokens(after),
      rows: summed(changesOf(original.text, after), isWhole ? MOST_LINES : RUN_LINES).map(cut),
      hidden: gapsOf(after)
    }
    return shownJson(200, answer)
  }).pipe(
    Effect.catchTags({
      RetrieveError: ({ message, reason }) =>
        Effect.succeed(refused(reason === "unknown-ref" ? 404 : 400, reason, message)),
      OriginalsError: ({ message, reason }) => Effect.succeed(refused(503, reason, message))
    })
  )

export const block = (asked: Asked): Effect.Effect<Shown, never, Originals | Headroom> =>
  isNear(asked)
    ? blockOf(asked.path.slice(BLOCKS.length), asked.query.get("whole") === "1")
    : Effect.succeed(refused(403, "not_near", "content is shown only on the machine that the proxy runs on"))
