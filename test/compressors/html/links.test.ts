import { describe, expect, it } from "vitest"
import { decide } from "../../../src/compressors/decide.ts"
import { html } from "../../../src/compressors/html/html.ts"
import { shortLinks } from "../../../src/compressors/html/links.ts"
import { NOTICE } from "../../../src/compressors/html/mark.ts"
import { registry } from "../../../src/compressors/registry.ts"
import { noHint } from "../../../src/domain/content.ts"
import { spelledOut } from "../../../src/domain/link-form.ts"
import { parseNote } from "../../../src/domain/repeat.ts"
import { ShownIndex } from "../../../src/domain/shown.ts"
import { estimateTokens } from "../../../src/domain/tokens.ts"
import { draft, print } from "../../../src/domain/view.ts"

const link = (address: string, text: string): string => `<a href="${address}">${text}</a>`
const pageOf = (body: string): string => `<!doctype html>\n<title>Tides</title>\n${body}\n`

/** The page as it is printed with each address in its place. */
const inPlace = (body: string): string => {
  const input = pageOf(body)
  const want = { visibleOnly: true, budgetTokens: 100, question: "" }
  const segments = html.tile({ kind: "html", text: input, origin: "output" }, want)
  return print({ input, segments: segments ?? [] })
}

/** The page in its short form, which reads back; as it is where there is none. */
const short = (body: string, wholeWords = false): string => {
  const printed = inPlace(body)
  const text = shortLinks(printed, wholeWords)
  if (text !== undefined) expect(spelledOut(text)).toBe(printed)
  return text ?? printed
}

const decided = (text: string, shown: ShownIndex, visibleOnly = true, budgetTokens = 300): string => {
  const want = { visibleOnly, budgetTokens, question: "" }
  const decision = decide({ text, hint: noHint, kind: "html", want }, shown, registry)
  return decision._tag === "Unchanged" ? text : draft(decision.proof.layers)
}

const FAR = "https://ports.example.org/tables/of/the/year"

describe("the links of a page", () => {
  it("stand in place where each occurs once", () => {
    const view = short(`<p>${link(FAR, "the year")} and ${link("#brest", "Brest")} and ${link("/hull", "Hull")}</p>`)
    expect(view).toContain(`[the year](${FAR}) and [Brest](#brest) and [Hull](/hull)`)
    expect(view.startsWith(`${NOTICE}\n`)).toBe(true)
  })

  it("that occur again are named by their text", () => {
    const view = short(`<p>${link(FAR, "the year")}</p>`.repeat(4))
    expect(view).toContain(`left out; links: [text] as above]\n`)
    expect(view).toContain(`[the year](${FAR})\n[the year]\n[the year]\n[the year]`)
  })

  it("have a number where several texts lead to one address", () => {
    const texts = ["the year", "all tides", "", "here"]
    const view = short(texts.map((text) => `<p>${link(FAR, text)}</p>`).join(""))
    expect(view).toContain("left out; links: [text][1] as at the end]\n")
    expect(view).toContain("\n[the year][1]\n[all tides][1]\n[][1]\n[here][1]")
    expect(view.endsWith(`\n[1]: ${FAR}`)).toBe(true)
  })

  it("have their folder named once, as relative addresses, but for a reader who copies addresses", () => {
    const ports = ["brest", "hull", "ostend", "calais", "dover"]
    const body = ports.map((port) => `<p>${link(`https://ports.example.org/tables/${port}`, port)}</p>`).join("")
    const view = short(body)
    expect(view).toContain("left out; links: ./ is https://ports.example.org/tables/]\n")
    expect(view).toContain("[brest](./brest)\n[hull](./hull)")
    expect(short(body, true)).toContain("[hull](https://ports.example.org/tables/hull)")
  })

  it("relative to the page keep their addresses", () => {
    const ports = ["brest", "hull", "ostend", "calais", "dover"]
    const body = ports.map((port) => `<p>${link(`../../../../tables/${port}.html`, port)}</p>`).join("")
    expect(short(body)).toContain("[hull](../../../../tables/hull.html)")
    const here = `<p>${link("./here", "here")}</p>`
    const far = ports.map((port) => `<p>${link(`${FAR}/${port}`, port)}</p>`).join("")
    expect(short(far + here)).toContain(`[hull](${FAR}/hull)`)
  })

  it("of one text and several addresses are not confused", () => {
    const more = [1, 2, 1, 2, 1, 2].map((at) => `<p>${link(`${FAR}/${at}`, "More")}</p>`).join("")
    const view = short(more)
    expect(view).not.toMatch(/\[More\]\n/)
    expect(view).toMatch(/\[More\]\[1\]\n\[More\]\[2\]\n\[More\]\[1\]/)
  })

  it("are not taken for what is written in brackets", () => {
    const body = `<p>${link(FAR, "tides")}</p>`.repeat(4)
    expect(short(`${body}<p>as [tides] says</p>`)).not.toContain("[text] as above")
    expect(short(`<p>as [tides] says</p>${body}`)).toContain("[text] as above")
    const numbered = ["a", "b", "c"].map((text) => `<p>${link(FAR, text)}</p>`).join("")
    expect(short(`${numbered}<p>see [x][1]</p>`)).not.toContain("as at the end")
    expect(short(`<p>${link(FAR, "12")}</p>`.repeat(4))).not.toContain("[text] as above")
    expect(short(`${body}<p>${link(FAR, "tides")}(of spring) ${link(FAR, "tides")}[1]</p>`)).toContain(
      `[tides](${FAR})(of spring) [tides](${FAR})[1]`
    )
  })

  it.each([
    ["parentheses in pairs", "/wiki/Tide_(sea)", "[the tide](/wiki/Tide_(sea))"],
    ["a lone parenthesis", "/wiki/Tide_(sea", "[the tide](</wiki/Tide_(sea>)"],
    ["blanks", "/wiki/Tide of the sea", "[the tide](</wiki/Tide of the sea>)"],
    ["brackets", "/wiki?port[]=brest", "[the tide](/wiki?port[]=brest)"],
    ["a program", "javascript:show('tide')", "[the tide](javascript:show('tide'))"]
  ])("are printed as Markdown where the address holds %s", (_, address, shown) => {
    const body = `<p>${link(address, "the tide")}</p>`
    expect(inPlace(body)).toContain(`\n${shown}`)
    expect(short(body.repeat(6)).split("\n")).toContain(shown)
  })

  it("are printed as Markdown whatever their address is quoted with", () => {
    expect(inPlace("<p><a href='/brest'>Brest</a> <a class=x href=/hull>Hull</a></p>")).toContain(
      "[Brest](/brest) [Hull](/hull)"
    )
  })

  it("with pictures, headings or links in them lose nothing", () => {
    const picture = `<p>${link(FAR, '<img src="x.png">')}</p>`
    const heading = link(`${FAR}/2`, "<h2>Tides of spring</h2>")
    const nested = `<p><a href="/brest">Brest <a href="/hull">Hull</a></a></p>`
    const view = short((picture + heading + nested).repeat(3))
    expect(view).toContain(`\n[][1]\n`)
    expect(view.endsWith(`\n[1]: ${FAR}`)).toBe(true)
    expect(view).toContain(`<a href="${FAR}/2">`)
    expect(view).toContain("## Tides of spring")
    expect(view).toMatch(/<a href="\/brest">Brest \[Hull\]\(\/hull\)/)
  })

  it("leave markers and notes as they are", () => {
    const note = `[lines 1-9 as in Fetch above: "[tides](${FAR})" … "[tides]"]`
    const links = `[tides](${FAR})\n`.repeat(4)
    const marked = `${NOTICE}\n${links}[… 4-9: 6 lines, tides](${FAR})\n${note}\n${links}`
    const text = shortLinks(marked, false)
    expect(text).toContain(`\n[… 4-9: 6 lines, tides](${FAR})\n${note}\n[tides]\n`)
    expect(spelledOut(text ?? "")).toBe(marked)
  })

  it("stay where the text before the page looks like its form", () => {
    const page = `${NOTICE}\n${`[tides](${FAR})\n`.repeat(4)}`
    expect(shortLinks(page, false)).toBeDefined()
    expect(shortLinks(`[x; links: [text] as above]\n${page}`, false)).toBeUndefined()
  })

  it("of ten thousand are numbered, and more cost no more each", () => {
    const body = (count: number): string =>
      Array.from({ length: count }, (_, at) => `<p>${link(`${FAR}/${at % (count / 4)}`, `tide ${at}`)}</p>`).join("\n")
    const cost = (count: number): number => {
      const printed = inPlace(body(count))
      const from = process.cpuUsage().user
      const text = shortLinks(printed, true) ?? ""
      const spent = process.cpuUsage().user - from
      expect(spelledOut(text)).toBe(printed)
      expect(text.endsWith(`\n[${count / 4}]: ${FAR}/${count / 4 - 1}`)).toBe(true)
      return spent / 1_000
    }
    cost(1_000)
    const some = cost(2_500)
    // Quadratic cost would be 16 times as much; the slack is for the garbage collector.
    expect(cost(10_000)).toBeLessThan(8 * some + 300)
  })
})

describe("a decision about a page of links", () => {
  const words = "The tide is told here in running text, with words enough for a paragraph and more."
  const article = Array.from({ length: 5 }, (_, at) => `<p>${words} ${link(`${FAR}/spring`, "Spring")} ${at}.</p>\n`)
  const around = ["Brest", "Hull", "Ostend", "Calais", "Dover", "Dublin", "Cork", "Leith", "Bergen", "Oslo"]
  const menu = `<nav>\n${around.map((port) => `<p>${link(`${FAR}/ports/${port}`, port)}</p>\n`).join("")}</nav>\n`
  const page = pageOf(`${menu}<main>${article.join("")}</main>`)

  it("takes the form that costs less, and costs no more than each address in its place", () => {
    const view = decided(page, new ShownIndex())
    expect(view).toContain("; links: ")
    const segments = html.tile(
      { kind: "html", text: page, origin: "output" },
      { visibleOnly: true, budgetTokens: 300, question: "" }
    )
    expect(estimateTokens(view)).toBeLessThan(estimateTokens(print({ input: page, segments: segments ?? [] })))
  })

  it("that keeps the main text alone names its links once too, unless they take more than a quarter of it", () => {
    const wide = page.replace("</nav>", `${"<p>Elsewhere</p>\n".repeat(200)}</nav>`)
    const view = decided(wide.replaceAll(words, `${words} `.repeat(4)), new ShownIndex(), false, 700)
    expect(view).toContain("; links: [text] as above")
    expect(view).toMatch(/\[… \d+-\d+: \d+ lines, /)
    expect(view).not.toContain("/ports/")
    expect(view.match(/\[Spring\]/g)).toHaveLength(5)
    const short = decided(wide.replaceAll(words, "The tide is told."), new ShownIndex(), false)
    expect(short).toMatch(/items, addresses of links\]/)
    expect(short).not.toContain("/spring")
  })

  it("names the lines of a page that it knows from another of the site", () => {
    const shown = new ShownIndex()
    const first = decided(page, shown)
    expect(first).toContain(`./`)
    shown.add("Fetch", first)
    const second = decided(pageOf(`${menu}<main><p>${words} ${link(FAR, "The year")}.</p></main>`), shown)
    const notes = second.split("\n").flatMap((line) => parseNote(line) ?? [])
    expect(notes).toHaveLength(1)
    expect(notes[0]?.name).toBe("Fetch")
    expect(notes[0]?.to).toBeGreaterThan(10)
    expect(second).not.toContain("Calais")
    expect(decided(page, shown).split("\n").length).toBeLessThan(4)
  })
})

describe("the way back", () => {
  const ref = "7d5c0e93b1a8"
  it("leaves a foot behind the list where it is", () => {
    const printed = `${NOTICE}\n${["a", "b", "c", "d"].map((text) => `[${text}](${FAR})`).join("\n")}`
    const foot = `\n[… 5 of 9 lines hidden; headroom retrieve ${ref}]`
    const text = shortLinks(printed, false) ?? ""
    expect(text).toContain("[1]: ")
    expect(spelledOut(text + foot)).toBe(printed + foot)
  })

  it.each([
    ["no page", "tides"],
    ["a page without the form", `${NOTICE}\n[tides](/x)\n[tides]`],
    ["a list that is none", `${NOTICE.slice(0, -1)}; links: [text][1] as at the end]\n[tides][1]\n[2]: /x`],
    ["an empty head", `${NOTICE.slice(0, -1)}; links: ]\n[tides]`]
  ])("is none for %s", (_, text) => {
    expect(spelledOut(text)).toBeUndefined()
  })
})
