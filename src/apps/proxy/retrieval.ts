/** `GET /v1/retrieve/{hash}`: a stored original or, by `lines`, `query` or `path`, a part of it. */
import * as Effect from "effect/Effect"
import { Headroom } from "../../pipeline/headroom.ts"
import type { RetrieveError } from "../../pipeline/retrieve.ts"
import { failed, json, type Page, type PageRequest } from "./page.ts"

export const RETRIEVE = "/v1/retrieve/"

const STATUSES: Readonly<Record<RetrieveError["reason"], number>> = {
  "unknown-ref": 404,
  "no-match": 404,
  "malformed-ref": 400,
  "ambiguous-ref": 400,
  "bad-range": 400,
  "bad-path": 400,
  "bad-cursor": 400
}

const PARTS = ["lines", "query", "path", "cursor"] as const

export const retrieve = ({ path, query }: PageRequest): Effect.Effect<Page, never, Headroom> =>
  Effect.gen(function* () {
    const headroom = yield* Headroom
    const parts = PARTS.flatMap((name) => {
      const value = query.get(name) ?? ""
      return value === "" ? [] : [[name, value] as const]
    })
    const maxLength = Number(query.get("max_length") ?? 0)
    const { ref, text, lines, totalLines, cursor } = yield* headroom.retrieve(path.slice(RETRIEVE.length), {
      ...Object.fromEntries(parts),
      ...(maxLength > 0 ? { maxLength } : {})
    })
    return json(200, { hash: ref, original_content: text, lines, total_lines: totalLines, cursor: cursor ?? null })
  }).pipe(
    Effect.catchTags({
      RetrieveError: ({ reason, message }) => Effect.succeed(failed(STATUSES[reason], reason, message)),
      OriginalsError: ({ reason, message }) => Effect.succeed(failed(503, reason, message))
    })
  )
