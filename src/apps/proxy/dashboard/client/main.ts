/** Draws the page, and draws it anew as long as somebody looks. */
import type { StatsAnswer } from "../../stats.ts"
import { ask, keepToken } from "./ask.ts"
import { html } from "./element.ts"
import { clock } from "./format.ts"
import { belongings, compressed } from "./groups.ts"
import { cacheHealth, failures, latency, overview, tokensByClass } from "./overview.ts"
import { recent } from "./recent.ts"

/** The times that can be shown, and how often each is read again: the longer, the more it costs. */
const TIMES = [
  { last: "24h", title: "24 hours", everyMs: 3000 },
  { last: "7d", title: "7 days", everyMs: 10_000 },
  { last: "30d", title: "30 days", everyMs: 30_000 },
  { last: "all", title: "All", everyMs: 120_000 }
] as const

const main = document.querySelector("main") as HTMLElement
const state = document.querySelector(".state") as HTMLElement
const nav = document.querySelector("nav") as HTMLElement

const timeShown = (): (typeof TIMES)[number] => TIMES.find(({ last }) => `#${last}` === location.hash) ?? TIMES[0]

const welcome = (): HTMLElement =>
  html(
    "section",
    { class: "welcome" },
    html("h2", {}, "Nothing came through yet"),
    html("p", {}, "Point a client at this proxy, and its requests show up here:"),
    html("pre", {}, `ANTHROPIC_BASE_URL=${location.origin} claude\nOPENAI_BASE_URL=${location.origin}/v1 your-agent`)
  )

/** Whoever had the keyboard keeps it. */
const replace = (...sections: ReadonlyArray<HTMLElement>): void => {
  const key = document.activeElement?.getAttribute("data-key")
  main.replaceChildren(...sections)
  main.setAttribute("aria-busy", "false")
  if (key === null || key === undefined) return
  for (const element of main.querySelectorAll<HTMLElement>("[data-key]"))
    if (element.getAttribute("data-key") === key) element.focus({ preventScroll: true })
}

const draw = (stats: StatsAnswer): void => {
  if (stats.total.requests === 0 && stats.recent.length === 0) return replace(welcome())
  replace(
    overview(stats),
    html("div", { class: "columns" }, tokensByClass(stats), cacheHealth(stats)),
    compressed(stats),
    recent(stats),
    html("div", { class: "columns" }, latency(stats), failures(stats)),
    belongings(stats)
  )
}

const askToken = (): void => {
  const field = html("input", {
    attributes: { type: "password", id: "token", autocomplete: "current-password", required: "" }
  })
  const submit = (event: Event): void => {
    event.preventDefault()
    keepToken(field.value)
    void read()
  }
  replace(
    html(
      "form",
      { class: "welcome", on: { submit } },
      html("h2", {}, "This proxy has a token"),
      html("label", { attributes: { for: "token" } }, "Its token"),
      field,
      html("button", { class: "plain", attributes: { type: "submit" } }, "Show the figures")
    )
  )
}

let shown = ""
let timer: ReturnType<typeof setTimeout> | undefined
let updated: Date | undefined

/** What makes no difference to a reader is no reason to draw again. */
const fingerprint = (stats: StatsAnswer): string => JSON.stringify({ ...stats, since: 0, until: 0 })

const read = async (): Promise<void> => {
  clearTimeout(timer)
  const { everyMs, last } = timeShown()
  const answer = await ask<StatsAnswer>(`stats?last=${last}&offset=${-new Date().getTimezoneOffset()}`)
  if (last !== timeShown().last) return
  if (answer._tag === "Failed" && answer.status === 401) return askToken()
  if (answer._tag === "Failed") {
    const since = updated === undefined ? "" : `; what you see is from ${clock(updated)}`
    state.textContent = `No figures: ${answer.message}${since}`
    state.classList.add("bad")
  } else {
    updated = new Date()
    state.textContent = "Live"
    state.classList.remove("bad")
    const next = fingerprint(answer.value)
    if (next !== shown) draw(answer.value)
    shown = next
  }
  if (document.visibilityState === "visible") timer = setTimeout(() => void read(), everyMs)
}

const drawTimes = (): void => {
  nav.replaceChildren(
    ...TIMES.map(({ last, title }) =>
      html(
        "a",
        { attributes: { href: `#${last}`, "aria-current": last === timeShown().last ? "true" : undefined } },
        title
      )
    )
  )
}

addEventListener("hashchange", () => {
  drawTimes()
  void read()
})
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") void read()
})
drawTimes()
void read()
