import { describe, expect, it } from "vitest"
import { prose } from "../../src/compressors/prose/prose.ts"
import { salienceOf } from "../../src/compressors/prose/salience.ts"
import { isTalk } from "../../src/compressors/prose/talk.ts"
import { unitsOf } from "../../src/compressors/prose/units.ts"
import { registry } from "../../src/compressors/registry.ts"
import { noHint } from "../../src/domain/content.ts"
import { isLawful } from "../../src/domain/tiling.ts"
import { estimateTokens } from "../../src/domain/tokens.ts"
import { draft } from "../../src/domain/view.ts"

const sentences = (text: string): ReadonlyArray<string> =>
  unitsOf(text, false).map(({ start, end }) => text.slice(start, end).trim())

const TOWN = `# Harbour

The harbour was built in the nineteenth century by Dutch masons. Its walls are nine metres high and stand on oak. The town has paid for their repair ever since.

Salt came from the north in spring. Timber went out in autumn. Both were taxed at the gate by the guild, which kept the money in a tower.

# Visits

- Boats leave at noon.
- Tickets are sold at the kiosk, which opens at nine.
- Dogs stay outside.

Visitors may climb the tower. However, children under six may not enter it. The view reaches the islands.

# Fire

A fire destroyed the granary in 1871. It was rebuilt by the engineer Clara Voss within two years. Her plans are kept in the archive, where few have seen them.

\`\`\`
granary: 1871
rebuilt: 1873
\`\`\`

Little else happened. The years were quiet. The railway never came, and the road was poor until the war.
`

const viewOf = (text: string, question: string, share: number, origin: "file" | "output" = "output"): string => {
  const want = { visibleOnly: false, budgetTokens: Math.floor(estimateTokens(text) * share), question }
  const segments = prose.tile({ kind: "prose", text, origin }, want) ?? []
  expect(isLawful({ input: text, segments })).toBe(true)
  return draft([{ input: text, segments }])
}

describe("sentences", () => {
  it("end at their marks, not at abbreviations, initials, numbers and addresses", () => {
    expect(
      sentences(
        'Dr. J. K. Smith paid 3.50 to Acme Inc. in the U.S. last year. See https://a.example/x.html for more! "Really?" he asked. Yes.'
      )
    ).toEqual([
      "Dr. J. K. Smith paid 3.50 to Acme Inc. in the U.S. last year.",
      "See https://a.example/x.html for more!",
      '"Really?" he asked.',
      "Yes."
    ])
  })

  it("end at the marks of other scripts", () => {
    expect(sentences("港は古い。町は新しい！本当？はい。")).toEqual(["港は古い。", "町は新しい！", "本当？", "はい。"])
    expect(sentences("هل الميناء قديم؟ نعم. إنه قديم جدا.")).toEqual(["هل الميناء قديم؟", "نعم.", "إنه قديم جدا."])
    expect(sentences("बंदरगाह पुराना है। नगर नया है।")).toEqual(["बंदरगाह पुराना है।", "नगर नया है।"])
  })

  it("run over the lines of a paragraph that was broken at a margin, not over short lines", () => {
    const wrapped = "The harbour was built in the nineteenth century by masons from the\nNetherlands. Its walls stand."
    expect(sentences(wrapped)).toEqual([wrapped.slice(0, wrapped.indexOf(". ") + 1), "Its walls stand."])
    expect(sentences("Roses are red\nViolets are blue\n")).toEqual(["Roses are red", "Violets are blue"])
  })

  it("are cut at blanks where nobody marked their ends, never inside a character", () => {
    for (const text of ["word ".repeat(1_000), "漢".repeat(2_000), "😀".repeat(2_000)]) {
      const units = unitsOf(text, false)
      expect(units.length).toBeGreaterThan(3)
      expect(units.map(({ start, end }) => text.slice(start, end)).join("")).toBe(text)
      for (const { start, end } of units) expect(encodeURIComponent(text.slice(start, end))).not.toBe("")
    }
  })

  it("know a fence that stands inside a list, and one that nobody closed", () => {
    expect(sentences("- Run this:\n\n  ```sh\n  make. all.\n  ```\n\nDone.\n\n```\na.\n\nb.\n")).toEqual([
      "- Run this:",
      "```sh\n  make. all.\n  ```",
      "Done.",
      "```\na.\n\nb."
    ])
  })

  it("know headings, items, rows and fences as wholes", () => {
    const text = "# A\n\nSteps:\n- One. Two.\n- Three.\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n```\nx. y.\nz.\n```\n"
    expect(sentences(text)).toEqual([
      "# A",
      "Steps:",
      "- One.",
      "Two.",
      "- Three.",
      "| a | b |",
      "| - | - |",
      "| 1 | 2 |",
      "```\nx. y.\nz.\n```"
    ])
    const units = unitsOf(text, false)
    expect(units.map((unit) => unit.lead)).toEqual([-1, -1, 1, 2, 1, -1, 5, 5, -1])
    expect(units.map((unit) => unit.heading)).toEqual([-1, 0, 0, 0, 0, 0, 0, 0, 0])
  })
})

describe("prose", () => {
  it("shows what the question asks for and the headings, and counts what it hides", () => {
    const view = viewOf(TOWN, "Who rebuilt the granary after the fire?", 0.55)
    expect(view).toContain("It was rebuilt by the engineer Clara Voss within two years.")
    expect(view).toContain("# Fire")
    expect(view).not.toContain("Timber went out in autumn.")
    expect(view).toMatch(/\[… \d+-\d+: \d+ sentences\]/)
  })

  it("keeps a sentence with the one that limits it", () => {
    const view = viewOf(TOWN, "May visitors climb the tower?", 0.5)
    expect(view).toContain("Visitors may climb the tower. However, children under six may not enter it.")
  })

  it("shows an id that the question names before anything else", () => {
    const filler = Array.from(
      { length: 30 },
      (_, i) => `The order of customer ${i} was sent with the usual care to the usual place.`
    )
    filler.splice(17, 0, "Parcel QX-88412 came back.")
    expect(
      viewOf(filler.join(" "), "What happened to the order of the customer with parcel QX-88412?", 0.25)
    ).toContain("QX-88412 came back")
  })

  it("says nothing twice", () => {
    const twice = `${"The quay is closed to all boats in winter by order of the guild. ".repeat(8)}Open in May, when the ice has gone and the lamps are lit. Boats must sign the book at the gate before they moor.`
    const view = viewOf(twice, "When is the quay closed?", 0.6)
    expect(view.split("The quay is closed").length).toBe(2)
    expect(view).toContain("Open in May")
  })

  it("shows what happened once among what happens all the time, though nobody asked", () => {
    const lines = Array.from(
      { length: 60 },
      (_, i) => `The gate of the quay was looked at in week ${i}, and nothing came of it.`
    )
    lines[41] = "Somebody wrote: granary burnt down overnight."
    expect(viewOf(lines.join(" "), "", 0.2)).toContain("granary burnt down overnight")
    expect(viewOf(lines.join(" "), "Who came?", 0.2)).toContain("granary burnt down overnight")
  })

  it("shows another matter before more of the same, where nothing is asked", () => {
    const salt = [
      "Salt was dear in spring",
      "Dear salt came in spring",
      "In spring the dear salt came",
      "Salt in spring was dear"
    ]
    const text = [...salt, "Timber left the harbour in autumn", "Autumn timber filled the harbour"].map(
      (one) => `${one}, as all of the town knew.`
    )
    const units = unitsOf(text.join("\n\n"), false)
    const salience = salienceOf({ text: text.join("\n\n") }, units, "")
    const order = [...units.keys()].sort((x, y) => (salience[y] as number) - (salience[x] as number))
    const [first, second] = order.slice(0, 2).map((at) => /salt/i.test(text[at] as string))
    expect([first, second]).toEqual([true, false])
  })

  it("begins and ends no gap inside a line of a file", () => {
    const text = TOWN.repeat(2)
    const segments =
      prose.tile(
        { kind: "prose", text, origin: "file" },
        { visibleOnly: false, budgetTokens: 150, question: "granary" }
      ) ?? []
    expect(segments.some((segment) => segment._tag === "Elide")).toBe(true)
    for (const { _tag, spans } of segments)
      if (_tag === "Elide") {
        expect(spans[0] === 0 || text[(spans[0] as number) - 1] === "\n").toBe(true)
        expect(text[(spans[1] as number) - 1]).toBe("\n")
      }
  })

  it("leaves a line break where a gap begins inside a line", () => {
    const view = viewOf(
      "Alpha is the first letter of all. Nobody knows why that is so at all, though many asked.\n\nOmega is last of all letters. It ends the row that alpha began, as all know. Others stand between the two.\n",
      "alpha first letter",
      0.95
    )
    expect(view).not.toMatch(/\](?=[A-Za-z])/)
  })

  it("offers nothing where nothing may be hidden, the text fits, or there is no choice", () => {
    const content = { kind: "prose", text: TOWN, origin: "output" } as const
    expect(prose.tile(content, { visibleOnly: true, budgetTokens: 10, question: "" })).toBe(undefined)
    expect(prose.tile(content, { visibleOnly: false, budgetTokens: 10_000, question: "" })).toBe(undefined)
    expect(prose.tile({ ...content, text: "One. Two." }, { visibleOnly: false, budgetTokens: 1, question: "" })).toBe(
      undefined
    )
  })

  it("shows what a model found near the question though they share no word", () => {
    const content = { kind: "prose", text: TOWN, origin: "output" } as const
    const want = { visibleOnly: false, budgetTokens: 90, question: "Why did no trains run?" }
    const at = TOWN.indexOf("Little else")
    const relevance = [
      { from: 0, to: at, score: 0.1 },
      { from: at, to: TOWN.length, score: 0.6 }
    ]
    const view = draft([{ input: TOWN, segments: prose.tile({ ...content, relevance }, want) ?? [] }])
    expect(view).toContain("The railway never came")
    expect(draft([{ input: TOWN, segments: prose.tile(content, want) ?? [] }])).not.toContain("The railway never came")
  })
})

describe("talk", () => {
  const chat = (turn: (i: number) => string): string => Array.from({ length: 60 }, (_, i) => turn(i)).join("\n")

  it("is known by speakers who speak again, whatever stands around their names", () => {
    for (const turn of [
      (i: number) => `${["Ann", "Bo"][i % 2]}: Yes, that is what I meant by it.`,
      (i: number) => `[10:${10 + i}] ${["Ann", "Bo Lee"][i % 2]}: Yes, that is what I meant by it.`,
      (i: number) => `**${["User", "Assistant"][i % 2]}:** Yes, that is what I meant by it.\n\nAnd more.`,
      (i: number) => `<${["ann", "bo"][i % 2]}> yes, that is what I meant by it`
    ])
      expect(isTalk(chat(turn))).toBe(true)
    expect(isTalk(chat((i) => `Chapter ${i}: the quay is closed in winter.`))).toBe(false)
    expect(isTalk(TOWN.repeat(4))).toBe(false)
    expect(isTalk("")).toBe(false)
  })

  it("is told from logs, whose levels speak as often, and from source", () => {
    const said = ["so we can start with the remote, I think", "yeah", "and what was the price of it, in the end?"]
    const kindOf = (turn: (i: number) => string): string => registry.route(chat(turn), noHint)
    expect(kindOf((i) => `${["Project Manager", "Designer"][i % 2]}: ${said[i % 3]}`)).toBe("prose")
    expect(kindOf((i) => `INFO: the request of client ${i} was served in ${i} ms and is in the cache`)).not.toBe(
      "prose"
    )
    expect(kindOf((i) => `${["name", "version", "license"][i % 3]}: ${["left-pad", "1.0.0", "MIT"][i % 3]}`)).not.toBe(
      "prose"
    )
  })

  it("is prose though most paragraphs begin with one small word", () => {
    const text = Array.from(
      { length: 9 },
      (_, i) => `The quay of town ${i} was closed, and nobody knew for how long it would be.`
    )
    expect(registry.route(text.join("\n\n"), noHint)).toBe("prose")
  })

  it("is shown around the place where its words stand together", () => {
    const words = [
      "Right, go on please.",
      "I see what you mean there.",
      "Well, perhaps we could.",
      "That is so, I think."
    ]
    const turns = Array.from({ length: 240 }, (_, i) => `${["Ann", "Bo"][i % 2]}: ${words[i % 4]}`)
    for (const at of [100, 103, 106]) turns[at] = `Ann: The battery of the remote ${at} is too large.`
    turns[20] = "Bo: A battery, once."
    turns[104] = "Bo: Then forty grams it is."
    const view = viewOf(turns.join("\n"), "How heavy may the battery of the remote be?", 0.2)
    expect(view).toContain("Then forty grams it is.")
  })

  it("is searched for the matter asked about before the words that name talk itself", () => {
    const turns = Array.from(
      { length: 240 },
      (_, i) => `${["Ann", "Bo"][i % 2]}: Right, number ${i} is as you say there.`
    )
    turns[60] = "Ann: A discussion was had."
    turns[180] = "Ann: A battery was had."
    const text = turns.join("\n")
    const units = unitsOf(text, false)
    const salience = salienceOf({ text }, units, "Summarize the discussion about the battery.")
    expect(salience[180]).toBeGreaterThan(1.2 * (salience[60] as number))
  })
})
