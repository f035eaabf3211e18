/** `GET /dashboard`: the page; it holds no figure, it asks for them. */
import * as Effect from "effect/Effect"
import { type Shown, shown } from "../shown.ts"
import { makePage, type Page } from "./page.ts"

let page: Page | undefined

export const dashboard: Effect.Effect<Shown> = Effect.sync(() => {
  page ??= makePage()
  return shown(200, "text/html; charset=utf-8", page.html, { "content-security-policy": page.policy })
})
