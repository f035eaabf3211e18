import { describe, expect, it } from "vitest"
import { holdsAll } from "../../../src/domain/probe.ts"
import { questionSets } from "../../../src/wire/questions/question-set.ts"

const lines = (records: ReadonlyArray<unknown>): string => records.map((record) => JSON.stringify(record)).join("\n")

const contexts = {
  name: "contexts.json",
  text: JSON.stringify({
    version: "v2.0",
    data: [
      {
        title: "Quays",
        paragraphs: Array.from({ length: 14 }, (_, at) => ({ context: `Quay ${at} was dug in ${1800 + at}.` }))
      }
    ]
  })
}

describe("question sets", () => {
  it("put a paragraph among others of its article, the same ones every time", () => {
    const squad = {
      name: "squad.jsonl",
      text: lines([
        {
          id: "a",
          title: "Quays",
          context: "Quay 3 was dug in 1803.",
          question: "When was quay 3 dug?",
          answers: ["1803", "in 1803"]
        },
        { id: "b", title: "Quays", context: "No.", question: "Why?", answers: [], is_impossible: true }
      ])
    }
    const [set, ...others] = questionSets([squad, contexts])
    expect(others).toEqual([])
    expect(set?.name).toBe("squad")
    expect(set?.probes.length).toBe(1)
    const probe = set?.probes[0]
    expect(probe?.text.split("\n\n").length).toBe(11)
    expect(holdsAll(probe?.text ?? "", probe?.needs ?? [[]])).toBe(true)
    expect(questionSets([squad, contexts])).toEqual([set])
  })

  it("look for the sentences that support an answer in several paragraphs", () => {
    const hotpot = {
      _id: "h1",
      question: "Where was the composer of the song born?",
      answer: "Halle",
      context: [
        ["Song", ["Song is by Ann Ode.", " It is long."]],
        ["Ann Ode", ["Ann Ode was born in Halle.", " She sang."]]
      ],
      supporting_facts: [
        ["Song", 0],
        ["Ann Ode", 0]
      ]
    }
    const [set] = questionSets([{ name: "hotpot.json", text: JSON.stringify([hotpot]) }])
    expect(set?.probes[0]?.needs).toEqual([["Song is by Ann Ode."], ["Ann Ode was born in Halle."]])
    expect(holdsAll(set?.probes[0]?.text ?? "", set?.probes[0]?.needs ?? [[]])).toBe(true)
  })

  it("take the lines of a meeting that bear on a question", () => {
    const meeting = {
      meeting_transcripts: [
        { speaker: "Ann", content: "So we begin with the budget ." },
        { speaker: "Ben", content: "Yeah ." },
        { speaker: "Ann", content: "Twelve and a half euros , no more ." }
      ],
      specific_query_list: [
        { query: "What about money?", answer: "Not more than 12.5 euros.", relevant_text_span: [["0", "2"]] }
      ]
    }
    const [set] = questionSets([{ name: "meetings.jsonl", text: lines([meeting]) }])
    expect(set?.probes[0]?.needs).toEqual([
      ["Ann: So we begin with the budget ."],
      ["Ann: Twelve and a half euros , no more ."]
    ])
    expect(set?.probes[0]?.text.split("\n").length).toBe(3)
  })

  it("look for the names of the function that answers, among those of other requests", () => {
    const records = Array.from({ length: 5 }, (_, at) => ({
      id: `c${at}`,
      question: [[{ role: "user", content: `Do thing ${at}.` }]],
      function: [{ name: `do_thing_${at}`, parameters: { properties: { amount: { type: "integer" } } } }]
    }))
    const answers = [{ id: "c2", ground_truth: [{ do_thing_2: { amount: [1], unit: ["", "m"] } }] }]
    const [set] = questionSets([
      { name: "calls.jsonl", text: lines(records) },
      { name: "calls.answers.jsonl", text: lines(answers) }
    ])
    expect(set?.probes.length).toBe(1)
    expect(set?.probes[0]?.needs).toEqual([["do_thing_2"], ["amount"]])
    expect(JSON.parse(set?.probes[0]?.text ?? "")).toHaveLength(5)
  })

  it("list problems without their answers, and truths with theirs", () => {
    const problems = [{ question: 'Ann has 3 "red" apples and buys 4. How many?', answer: "3 + 4 = 7\n#### 7" }]
    const [gsm8k] = questionSets([{ name: "gsm8k.jsonl", text: lines(problems) }])
    expect(gsm8k?.probes[0]?.answers).toEqual(["7"])
    expect(gsm8k?.probes[0]?.text).not.toContain("#### 7")
    expect(holdsAll(gsm8k?.probes[0]?.text ?? "", gsm8k?.probes[0]?.needs ?? [[]])).toBe(true)
    const csv =
      'Type,Question,Best Answer,Correct Answers\r\nA,"What, then?","Nothing ""much""",Nothing; Not a thing\r\n'
    const [truth] = questionSets([{ name: "truth.csv", text: csv }])
    expect(truth?.probes[0]?.answers).toEqual(['Nothing "much"', "Nothing", "Not a thing"])
    expect(holdsAll(truth?.probes[0]?.text ?? "", truth?.probes[0]?.needs ?? [[]])).toBe(true)
  })

  it("give nothing for what is no question set, and throw on nothing", () => {
    const hotpot = { name: "hotpot.json", text: JSON.stringify([{ question: "Who?", answer: "She", type: "bridge" }]) }
    for (const text of ["", "no JSON", "{", "[1, 2]", '{"a": 1}\nnull\n', hotpot.text])
      expect(
        questionSets([
          { name: "x.jsonl", text },
          { name: "y.csv", text },
          { name: "z.json", text }
        ])
      ).toEqual([])
  })
})
