import { describe, expect, it } from "vitest"
import { detectHtml } from "../../../src/compressors/html/detect.ts"
import { html } from "../../../src/compressors/html/html.ts"
import { NOTICE } from "../../../src/compressors/html/mark.ts"
import { registry } from "../../../src/compressors/registry.ts"
import { noHint } from "../../../src/domain/content.ts"
import { isLawful } from "../../../src/domain/tiling.ts"
import { draft } from "../../../src/domain/view.ts"

const paragraph = (topic: string): string =>
  `<p>The ${topic} is described here at some length, so that the paragraph is running text and not the label of a button: it goes on for a second clause, and a third, as paragraphs of real pages do.</p>`

const PAGE = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Tide tables &amp; quays</title>
<style>p { color: red }</style><script>window.tracker = "secret-tracker"</script>
<script type="application/json">{"build":"7f3a9c21"}</script></head>
<body class="page">
<nav class="top"><ul><li><a href="/">Home</a></li><li><a href="/about">About us</a></li></ul></nav>
<main>
<h1>Tide   tables</h1>
${paragraph("harbour")}
<p>See <a href="/quay?a=1&amp;b=2">the <b>north</b> quay</a> &lt;now&gt;.</p>
<ul><li>spring tides<ul><li>at full moon</li></ul></li><li>neap tides</li></ul>
<table><tr><th>port</th><th>height</th></tr><tr><td>Brest</td><td>7.2 m</td></tr></table>
<pre>a  b
  c</pre>
${paragraph("ice")}
<form action="/find" method="get"><input type="search" name="q" class="wide" placeholder="port"></form>
</main>
<footer><p>All rights reserved by nobody in particular</p></footer>
<!-- never shown --></body></html>
`

const show = (text: string, visibleOnly: boolean, budgetTokens = 60): string => {
  const want = { visibleOnly, budgetTokens, question: "" }
  const segments = html.tile({ kind: "html", text, origin: "output" }, want)
  if (segments === undefined) return text
  expect(isLawful({ input: text, segments })).toBe(true)
  return draft([{ input: text, segments }])
}

describe("a page", () => {
  it("is printed as text with its structure, and says what is left out", () => {
    const view = show(PAGE, true)
    expect(view.startsWith(NOTICE)).toBe(true)
    expect(view).toContain("# Tide tables & quays")
    expect(view).toContain("\n# Tide tables\n")
    expect(view).toContain("See [the north quay](/quay?a=1&b=2) <now>.")
    expect(view).toContain("\n- spring tides\n  - at full moon\n- neap tides")
    expect(view).toContain("port | height\nBrest | 7.2 m")
    expect(view).toContain("a  b\n  c")
    expect(view).toContain('<form action="/find" method="get"><input type="search" name="q" placeholder="port">')
    expect(view).toContain('{"build":"7f3a9c21"}')
    expect(view).toContain("[About us](/about)")
    for (const noise of ["secret-tracker", "color: red", "never shown", "wide", "doctype"])
      expect(view).not.toContain(noise)
  })

  it("above the budget keeps its main text and hides the rest behind gaps", () => {
    const view = show(PAGE, false)
    expect(view).toContain("The harbour is described")
    expect(view).toContain("Brest | 7.2 m")
    expect(view).toContain("See the north quay <now>.")
    expect(view).toMatch(/\[… \d+-\d+: 3 items, addresses of links\]/)
    expect(view).toMatch(/\[… 4-6: 3 lines, JSON of a script Home About us\]/)
    expect(view).not.toContain("7f3a9c21")
    expect(view).not.toContain("\nAll rights reserved")
    expect(view).not.toContain("/quay")
  })

  it("keeps the addresses in its main text while these fit, and no others", () => {
    const around = '<li><a href="/else/where">Elsewhere</a> <a href="/picture"><img src="x.png"></a></li>'
    const view = show(PAGE.replace("</ul></nav>", `${around.repeat(40)}</ul></nav>`), false, 260)
    expect(view).toContain("See [the north quay](/quay?a=1&b=2) <now>.")
    for (const hidden of ["Home](", "/else/where", "/picture", "/about"]) expect(view).not.toContain(hidden)
    expect(view).not.toContain("addresses of links")
  })

  it("hides data by itself where no text is hidden beside it", () => {
    const view = show(PAGE.replace(/<nav[^]*<\/nav>/, ""), false)
    expect(view).toMatch(/\[… \d+-\d+: 20 characters, JSON of a script\]/)
  })

  it("counts at its foot what its gaps count", () => {
    const view = show(PAGE, false)
    const counts = [...view.matchAll(/: (\d+) lines,/g)].map((match) => Number(match[1]))
    const others = [...view.matchAll(/\[… \d+-\d+: \d+ (?:items|characters)/g)].length
    const total = counts.reduce((sum, count) => sum + count, others)
    expect(view).toContain(`[… ${total} of ${PAGE.split("\n").length - 1} lines hidden`)
  })

  it("is whole where it fits", () => {
    expect(show(PAGE, false, 2_000)).toBe(show(PAGE, true))
  })

  it("of a file stays as it is", () => {
    const want = { visibleOnly: true, budgetTokens: 100, question: "" }
    expect(html.tile({ kind: "html", text: PAGE, origin: "file" }, want)).toBeUndefined()
  })

  it("that an agent works on stays as it is, where one that it reads does not", () => {
    const want = { visibleOnly: true, budgetTokens: 100, question: "", wholeWords: true }
    const tile = (text: string) => html.tile({ kind: "html", text, origin: "output" }, want)
    expect(tile(PAGE)).toBeUndefined()
    expect(tile(PAGE.replace("<h1>", `${paragraph("quay").repeat(40)}<h1>`))).toBeDefined()
  })

  it("cut off within a script shows no script", () => {
    const view = show(PAGE.slice(PAGE.indexOf("window.tracker")), true)
    expect(view).not.toContain("secret-tracker")
    expect(view).toContain("# Tide tables")
  })

  it.each([
    ["<p>one<p>two</div>three</b>", "one\ntwo\nthree"],
    ["a < b and <c", "a < b and"],
    ["<a href='x'>t", " href='x'>t"],
    ['<td>x</A": y', "x"],
    ["<pre>\n\n x", "x"]
  ])("of broken markup loses no word: %s", (broken, kept) => {
    expect(show(broken, true).replace(NOTICE, "")).toContain(kept)
  })
})

describe("of the main text", () => {
  const article = `<h1>Tides</h1>${paragraph("harbour")}${paragraph("ice")}${paragraph("quay")}`
  const page = (body: string): string => `<html><head><title>Tides</title></head><body>${body}</body></html>`
  const gap = /\[… [^\]]*\]/g
  const shown = (body: string): string => show(page(body), false).replace(gap, "")

  it.each([
    ["replies, though they are longer than it", `<div class="comment-list">${paragraph("reply").repeat(8)}</div>`],
    ["what is called so in camel case", `<div class="siteRelatedStories">${paragraph("other")}</div>`],
    ["what its role says", `<div role="complementary">${paragraph("other")}</div>`],
    ["a form around it", `<footer><form action="/letters"><input name="mail"></form>${paragraph("other")}</footer>`],
    [
      "a list of links with its heading",
      `<h2>other</h2><ul>${'<li><a href="/x">an other text</a></li>'.repeat(8)}</ul><h2>Next</h2>${paragraph("fog")}`
    ],
    ["a scrap between two gaps", `<nav><a href="/">other</a></nav><p>other words</p><nav><a href="/">other</a></nav>`]
  ])("hides %s", (_, beside) => {
    const view = shown(`${article}${beside}`)
    expect(view).toContain("harbour")
    expect(view).not.toMatch(/reply is|other|letters|mail/)
  })

  it.each([
    ["a paragraph that says how it looks", `<p class="paywall promo">${paragraph("fog").slice(3)}`],
    ["what the page marks as its text", `<main><p>The short lead of it.</p><div>${article.repeat(4)}</div></main>`],
    ["a comment that is all there is", `<div class="comment">${article.repeat(9)}</div>`]
  ])("shows %s", (_, body) => {
    const view = shown(`${article.replace("<h1>Tides</h1>", "")}${body}<nav><a href="/">Home</a></nav>`)
    expect(view).toContain("harbour")
    expect(view).toMatch(/fog is|short lead|# Tides/)
  })

  it("is all of several lists side by side, the shortest too", () => {
    const list = (topic: string, count: number): string =>
      `<h3>What changed in ${topic}</h3><ol>${Array.from({ length: count }, (_, n) => `<li>Release ${n} of ${topic} mends the gauge that told the wrong tide to whoever asked it at full moon.</li>`).join("")}</ol>`
    const links = Array.from({ length: 9 }, (_, n) => `<li><a href="/${n}">Page ${n} of the site</a></li>`).join("")
    const view = show(`<html><body><ul>${links}</ul>${list("harbour", 30)}${list("quay", 3)}</body></html>`, false, 200)
    for (let n = 0; n < 3; n++) expect(view).toContain(`Release ${n} of quay mends`)
    expect(view).not.toContain("Page 3 of the site")
  })

  it("takes ideographs for the words that they are", () => {
    const text = "満潮の時刻は港によって異なり、月の満ち欠けにも左右される。".repeat(3)
    const list = `<div><ul>${"<li><span>Brest, Ostend, Calais, Dover, Hull and others: table of the tides for all days</span></li>".repeat(9)}</ul></div>`
    expect(shown(`<div>${`<p>${text}</p>`.repeat(9)}</div>${list}`)).toContain("満潮")
  })

  it("is a list where the page is one", () => {
    const list = Array.from({ length: 30 }, (_, at) => `<li><a href="/${at}">story number ${at}</a> ${at} points</li>`)
    const view = shown(`<ul>${list.join("")}</ul>`)
    expect(view).toContain("story number 0")
    expect(view).toContain("story number 29")
  })

  it("takes the name of a picture for no title", () => {
    const view = show(page(`<svg><title>an arrow</title></svg>${article}`), true)
    expect(view).toContain("# Tides")
    expect(view).not.toContain("# an arrow")
  })

  it("shows as much of a long block as there is room for", () => {
    const lines = Array.from({ length: 400 }, (_, at) => `line ${at} of a listing that goes on and on`)
    const view = show(page(`<h1>Listing</h1><pre>${lines.join("\n")}</pre>`), false, 100)
    expect(view).toContain("line 0 of a listing")
    expect(view).not.toContain("line 399")
    expect(view.split("\n").filter((line) => line.startsWith("line ")).length).toBeGreaterThan(30)
  })
})

describe("the detector", () => {
  it.each([
    [PAGE, "html"],
    [`HTTP/1.1 200 OK\r\nServer: x\r\n\r\n${PAGE}`, "html"],
    [PAGE.slice(PAGE.indexOf("<h1>")), "html"],
    ['<?xml version="1.0"?>\n<project><dependency><groupId>a</groupId></dependency></project>\n', "text"],
    ["export const A = () => (\n  <div className={a}>\n    <p>{b}</p>\n  </div>\n)\n".repeat(4), "not html"]
  ])("of %# knows it", (text, kind) => {
    const found = detectHtml(text) > 0.9
    expect(found).toBe(kind === "html")
    if (kind === "html") expect(registry.route(text, noHint)).toBe("html")
  })
})
