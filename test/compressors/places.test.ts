import { describe, expect, it } from "vitest"
import { placesIn } from "../../src/compressors/places.ts"

describe("placesIn", () => {
  it.each([
    ["src/a.ts:12:5 - error TS2322: no", "src/a.ts:12"],
    ["src/a.ts(12,5): error TS2322: no", "src/a.ts:12"],
    [String.raw`c:\Work\P1\class.cpp(824):  Tab found`, String.raw`\Work\P1\class.cpp:824`],
    ['  File "/app/shop/pay.py", line 7, in refund', "/app/shop/pay.py:7"],
    ["\tat com.acme.Shop.pay(Shop.java:99)", "Shop.java:99"],
    ["WARNING in src/Market.java (at line 40)", "src/Market.java:40"],
    ["[ERROR] /app/src/Shop.java:[61,17] cannot find symbol", "/app/src/Shop.java:61"],
    ["  --> src/main.rs:3:9", "src/main.rs:3"]
  ])("reads %s", (line, name) => {
    expect(placesIn(line).map((place) => place.name)).toEqual([name])
  })

  it.each(["12:03:44 served", "https://example.com:8080/x", "10.0.0.1:5000", "t.slice(1)", "v1.2.3", "took 0.5:1"])(
    "reads none in %s",
    (line) => {
      expect(placesIn(line)).toEqual([])
    }
  )

  it("reads each of several", () => {
    const text = "in a/b.go:1 and (c.go:22), not in c.go"
    expect(placesIn(text).map(({ from, to }) => text.slice(from, to))).toEqual(["a/b.go:1", "c.go:22"])
  })
})
