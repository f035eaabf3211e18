/** The dashboard in a real browser: what it says, that it says it to everybody, and that nothing of it is refused or goes elsewhere. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Browser, chromium, type Look, startBrowser, type Tab } from "../../fixtures/browser.ts"
import { exchangesOf } from "../../fixtures/exchanges.ts"
import { type InsideServer, serveInside } from "../../fixtures/inside-server.ts"

const LOOKS: ReadonlyArray<Look> = [1440, 390].flatMap((width) =>
  (["light", "dark"] as const).map((scheme) => ({ width, height: width === 390 ? 844 : 900, scheme }))
)
/** Where pictures go, for whoever wants to see them. */
const pictures = process.env["HEADROOM_PICTURES"]

if (chromium === undefined) process.stderr.write("no chromium on this machine: the dashboard is not looked at\n")

const drawn = `document.querySelector("main").getAttribute("aria-busy") === "false"`

/** Texts whose colour is too close to what is behind them, by the contrast of WCAG 2. */
const FAINT = `(() => {
  const channel = (c) => { const s = c / 255; return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4 }
  const parse = (text) => { const m = text.match(/[\\d.]+/g).map(Number); return { rgb: m.slice(0, 3), alpha: m[3] ?? 1 } }
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b)
  const behind = (element) => {
    for (let e = element; e !== null; e = e.parentElement) {
      const { alpha, rgb } = parse(getComputedStyle(e).backgroundColor)
      if (alpha === 1) return rgb
    }
    return [255, 255, 255]
  }
  const faint = []
  for (const element of document.querySelectorAll("body *")) {
    const isText = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== "")
    if (!isText || element.closest("script, style") !== null || element.getClientRects().length === 0) continue
    const style = getComputedStyle(element)
    const [a, b] = [light(parse(style.color).rgb), light(behind(element))].sort((x, y) => y - x)
    const ratio = (a + 0.05) / (b + 0.05)
    const least = parseFloat(style.fontSize) >= 24 ? 3 : 4.5
    if (ratio < least) faint.push(element.textContent.slice(0, 30) + " " + ratio.toFixed(2))
  }
  return [...new Set(faint)]
})()`

const UNNAMED = `[...document.querySelectorAll("button, a, input, table, section, dialog[open]")]
  .filter((e) => e.getClientRects().length > 0)
  .filter((e) => (e.getAttribute("aria-label") ?? "") === "" && (e.caption?.textContent ?? "") === "" &&
    document.getElementById(e.getAttribute("aria-labelledby") ?? "") === null &&
    (e.matches("table, section, dialog") || (e.textContent.trim() === "" && e.labels?.length !== 1)))
  .map((e) => e.outerHTML.slice(0, 80))`

describe.skipIf(chromium === undefined)("the dashboard in a browser", () => {
  let browser: Browser
  let server: InsideServer
  let tab: Tab
  beforeAll(async () => {
    browser = await startBrowser(chromium ?? "")
    tab = browser.tab
    server = await serveInside(exchangesOf({ count: 600, until: Date.now(), days: 6, seed: 7 }))
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  const text = (selector: string): Promise<string> =>
    tab.evaluate<string>(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? ""`)

  const openAt = async (look: Look, hash = "#7d"): Promise<void> => {
    await tab.open(`${server.url}/dashboard${hash}`, look)
    await tab.until(drawn)
  }

  it.each(LOOKS)("is whole, legible and named at $width in $scheme", async (look) => {
    await openAt(look)
    expect(await text(".figure")).toMatch(/^\$\d+\.\d\d$/)
    expect(await text(".overview .of")).toMatch(/^\d+\u202f% of the \$[\d.,]+ that [\d,]+ requests would have cost/)
    const titles = await tab.evaluate<ReadonlyArray<string>>(
      `[...document.querySelectorAll("h2")].map((h) => h.textContent)`
    )
    expect(titles).toEqual(
      expect.arrayContaining([
        "Tokens by price class",
        "Prompt cache",
        "What was made smaller",
        "Latest requests",
        "Latency",
        "Errors"
      ])
    )
    await tab.evaluate(`document.querySelector(".toggle").click()`)
    expect(await tab.evaluate(FAINT)).toEqual([])
    expect(await tab.evaluate(UNNAMED)).toEqual([])
    // nothing is wider than the screen
    expect(await tab.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0)
    if (pictures !== undefined) {
      mkdirSync(pictures, { recursive: true })
      writeFileSync(join(pictures, `${look.width}-${look.scheme}.png`), await tab.picture(true))
    }
    expect(tab.complaints).toEqual([])
  })

  it("shows the same figure as /stats, and what comes in while somebody looks", async () => {
    await openAt({ width: 1440, height: 900, scheme: "light" }, "#24h")
    const { total } = await tab.evaluate<{ readonly total: { readonly requests: number } }>(
      `fetch("/stats?last=24h").then((answer) => answer.json())`
    )
    expect(total.requests).toBeGreaterThan(0)
    const [one] = exchangesOf({ count: 1, until: Date.now(), seed: 9 })
    if (one === undefined) throw new Error("none")
    await server.record({
      ...one,
      id: "999999999",
      at: Date.now(),
      model: "just-arrived",
      status: 200,
      finish: "complete"
    })
    await tab.until(`document.querySelector(".recent").textContent.includes("just-arrived")`)
    expect(await text(".belongings")).toContain("just-arrived")
  })

  it("opens a request and compares an output with the keyboard alone, and gives the focus back", async () => {
    for (const width of [1440, 390]) {
      await openAt({ width, height: 900, scheme: "light" })
      await tab.evaluate(`(() => {
        const row = [...document.querySelectorAll(".toggle")].find((toggle) =>
          document.getElementById(toggle.getAttribute("aria-controls")).querySelector(".slots .plain") !== null)
        row.focus()
      })()`)
      const active = "document.activeElement"
      const isOpen = await tab.evaluate<string>(`${active}.getAttribute("aria-expanded")`)
      if (isOpen === "false") await tab.press("Enter")
      expect(await tab.evaluate(`${active}.getAttribute("aria-expanded")`)).toBe("true")
      await tab.press("Tab")
      expect(await tab.evaluate(`${active}.textContent`)).toBe("Compare")
      await tab.press("Enter")
      await tab.until(`document.querySelector("dialog").open`)
      expect(await text("dialog .of")).toMatch(/tokens, .+ saved\. As it was sent\./)
      expect(await tab.evaluate(`document.querySelectorAll("dialog .sides td").length`)).toBeGreaterThan(10)
      expect(await tab.evaluate(FAINT)).toEqual([])
      expect(await tab.evaluate(UNNAMED)).toEqual([])
      await tab.press("Escape")
      await tab.until(`!document.querySelector("dialog").open`)
      expect(await tab.evaluate(`${active}.textContent`)).toBe("Compare")
    }
    expect(tab.complaints).toEqual([])
  })

  it("keeps its open rows and the focus when figures change", async () => {
    await openAt({ width: 1440, height: 900, scheme: "dark" }, "#24h")
    const key = await tab.evaluate<string>(`(() => {
      const toggle = document.querySelectorAll(".toggle")[2]
      if (toggle.getAttribute("aria-expanded") === "false") toggle.click()
      toggle.focus()
      toggle.marked = true
      return toggle.dataset.key
    })()`)
    const [one] = exchangesOf({ count: 1, until: Date.now(), seed: 11 })
    if (one === undefined) throw new Error("none")
    await server.record({ ...one, id: "999999998", at: Date.now() })
    await tab.until(`document.querySelector('[data-key="${key}"]').marked !== true`)
    expect(await tab.evaluate("document.activeElement.dataset.key")).toBe(key)
    expect(await tab.evaluate(`document.activeElement.getAttribute("aria-expanded")`)).toBe("true")
    expect(
      await tab.evaluate(`document.getElementById(document.activeElement.getAttribute("aria-controls")).hidden`)
    ).toBe(false)
  })

  it("tells a loss as one, and subscriptions by their share of context", async () => {
    const some = exchangesOf({ count: 40, until: Date.now(), days: 1, seed: 7 }).filter((one) => !one.isSubscription)
    const larger = some.map((one) => ({
      ...one,
      tokensBefore: one.tokensAfter - 50,
      newTokensBefore: one.newTokensAfter - 50
    }))
    const subscribed = some.map((one) => ({ ...one, isSubscription: true }))
    const shown: Array<string> = []
    for (const exchanges of [larger, subscribed]) {
      const other = await serveInside(exchanges)
      await tab.open(`${other.url}/dashboard#7d`, { width: 390, height: 844, scheme: "dark" })
      await tab.until(drawn)
      shown.push(`${await text(".overview h2")}, ${await text(".overview .of")}`)
      expect(await tab.evaluate(FAINT)).toEqual([])
      await other.close()
    }
    expect(shown[0]).toMatch(/^Spent more, net, [\d.]+\u202f% more than the \$\S+ that \d+ requests would have cost/)
    expect(shown[1]).toMatch(/^Context kept free, \S+ of the \S+ tokens that \d+ requests would have carried/)
  })

  it("says so where nothing came through, and where the proxy is gone", async () => {
    const empty = await serveInside([])
    await tab.open(`${empty.url}/dashboard`, { width: 390, height: 844, scheme: "light" })
    await tab.until(drawn)
    expect(await text("main")).toContain(`ANTHROPIC_BASE_URL=${empty.url}`)
    const before = tab.complaints.length
    await empty.close()
    await tab.until(`document.querySelector(".state").textContent.startsWith("No figures: the proxy does not answer")`)
    // a browser complains of a server that is gone, and of nothing else
    expect(tab.complaints.slice(before).filter((complaint) => !complaint.includes("ERR_CONNECTION_REFUSED"))).toEqual(
      []
    )
  })

  it("runs nothing but its own script", async () => {
    await openAt({ width: 1440, height: 900, scheme: "light" })
    const before = tab.complaints.length
    await tab.evaluate(`(() => {
      const script = document.createElement("script")
      try { script.textContent = "window.intruded = true" } catch {}
      document.body.append(script)
      const image = new Image()
      image.src = "http://127.0.0.1:9/x.png"
      document.body.append(image)
      return fetch("http://127.0.0.1:9/").catch(() => "refused")
    })()`)
    expect(await tab.evaluate("window.intruded")).toBeUndefined()
    await tab.until("true")
    expect(
      tab.complaints.slice(before).filter((complaint) => complaint.includes("Content Security Policy")).length
    ).toBeGreaterThanOrEqual(2)
  })
})
