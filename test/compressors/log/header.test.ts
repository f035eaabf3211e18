import { describe, expect, it } from "vitest"
import { headerFormat, splitHeader } from "../../../src/compressors/log/header.ts"
import { lineStarts } from "../../../src/domain/lines.ts"

/** Messages of the lines, after their headers. */
const messages = (lines: ReadonlyArray<string>): ReadonlyArray<string> => {
  const text = lines.join("\n")
  const starts = lineStarts(text)
  const format = headerFormat(text, starts)
  return lines.map((line, i) =>
    text.slice(
      Math.floor(splitHeader(text, starts[i] as number, (starts[i] as number) + line.length, format) / 8),
      (starts[i] as number) + line.length
    )
  )
}

const ten = (line: (i: number) => string): ReadonlyArray<string> => Array.from({ length: 10 }, (_, i) => line(i))

describe("log header", () => {
  it.each([
    [
      "log4j with thread and class",
      (i: number) => `2015-10-18 18:01:4${i},978 INFO [IPC Server ${i}] org.apache.Master: hello ${i}`
    ],
    ["syslog with host and process", (i: number) => `Jun 14 15:16:0${i} box sshd(pam)[199${i}]: hello ${i}`],
    ["Android", (i: number) => `03-17 16:13:38.81${i}  1702  239${i} D WindowManager: hello ${i}`],
    ["Apache", (i: number) => `[Sun Dec 04 04:47:4${i} 2005] [notice] hello ${i}`],
    ["ISO with zone and level", (i: number) => `2024-05-01T10:00:0${i}.123Z WARN hello ${i}`],
    [
      "a supercomputer",
      (i: number) => `- 111783857${i} 2005.06.03 R02-M1 2005-06-03-15.42.50.67587${i} R02-M1 RAS KERNEL INFO hello ${i}`
    ],
    ["a bare level", (i: number) => `[INFO] hello ${i}`],
    ["bars between parts", (i: number) => `20171223-22:15:29:60${i}|Step_LSC|30002312|hello ${i}`],
    [
      "a level in lower case",
      (i: number) => `2016-09-28 04:30:3${i}, Info      CBS    hello ${i}`.replace("CBS    ", "")
    ],
    [
      "a request in brackets",
      (i: number) => `api.log 2017-05-16 00:00:0${i}.008 25746 INFO nova.wsgi [req-${i} a b - - -] hello ${i}`
    ],
    ["kernel seconds", (i: number) => `[    0.00000${i}] hello ${i}`]
  ])("splits %s", (_, line) => {
    expect(messages(ten(line))).toEqual(ten((i) => `hello ${i}`))
  })

  it("takes no words of a sentence for a header", () => {
    const lines = ten((i) => `Compiling unit ${i} of ten`)
    expect(messages(lines)).toEqual(lines)
  })

  it("takes the place of a compiler's warning for no header", () => {
    const lines = ten((i) => `src/a.c:${i}: warning: unused`)
    expect(messages(lines)).toEqual(lines)
  })
})
