import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib"
import { describe, expect, it } from "vitest"
import { layerZlib } from "../../src/adapters/encodings/zlib.ts"
import { Encodings } from "../../src/pipeline/ports/encodings.ts"

const TEXT = Buffer.from('{"messages": ["é😀"]}\r\n'.repeat(500))
/** What zstd's own command makes of these lines, as one frame and as two. */
const FRAME =
  "KLUv/QRYZQMAEoQGC8AlHaC4/P9NP6ow27Zt27Zt27Zt27aFJEA7IODXU4SbTJB5Apsi3GSCzBPYFOEmE2SewKYQbjJB5glsinCTCTJPYFOEm0yQeQKbItxkBJknsCnCTSbIPIFNEW4yQeYJbIpwk2lBZE5FqswAPw=="
const FRAMES =
  "KLUv/QRYZQMAEoQGC8AlHaC4/P9NP6ow27Zt27Zt27Zt27aFJEA7IODXU4SbTJB5Apsi3GSCzBPYFOEmE2SewKYQbjJB5glsinCTCTJPYFOEm0yQeQKbItxkBJknsCnCTSbIPIFNEW4yQeYJbIpwk2lBZE5FqswAPyi1L/0EWGUDABKEBgvAJR2guPz/TT+qMNu2bdu2bdu2bdu2hSRAOyDg11OEm0yQeQKbItxkgswT2BThJhNknsCmEG4yQeYJbIpwkwkyT2BThJtMkHkCmyLcZASZJ7Apwk0myDyBTRFuMkHmCWyKcJNpQWRORarMAD8="
/** Four hundred thousand times NUL. */
const BOMB = Buffer.from("KLUv/QSITAAACAABAPz/ORACAgAQAAIAEAAD1AAA2sqgwg==", "base64")
const zstd = (text: string): Buffer => Buffer.from(text, "base64")

const encodings = Effect.runSync(Effect.provide(Encodings, layerZlib))
const decode = (bytes: Uint8Array, encoding: string | undefined, maxBytes = 1 << 20) =>
  Effect.runPromise(Effect.either(encodings.decode(bytes, encoding, maxBytes)))

const ENCODED: ReadonlyArray<readonly [encoding: string, bytes: Buffer]> = [
  ["gzip", gzipSync(TEXT)],
  ["X-GZIP", gzipSync(TEXT)],
  ["br", brotliCompressSync(TEXT)],
  ["deflate", deflateSync(TEXT)],
  ["deflate", deflateRawSync(TEXT)],
  ["identity", TEXT],
  ["", TEXT],
  ["gzip, br", brotliCompressSync(gzipSync(TEXT))]
]

describe("a body", () => {
  it.each(ENCODED)("in %o is decoded", async (encoding, bytes) => {
    expect(await decode(bytes, encoding)).toEqual(Either.right(TEXT))
  })

  it("in zstd is decoded, however many frames it has", async () => {
    const one = await decode(zstd(FRAME), "zstd")
    expect(Either.getOrThrow(one).length).toBeGreaterThan(0)
    const two = Buffer.concat([Either.getOrThrow(one), Either.getOrThrow(one)])
    expect(Buffer.from(Either.getOrThrow(await decode(zstd(FRAMES), "zstd"))).equals(two)).toBe(true)
    expect(Buffer.from(Either.getOrThrow(one)).toString().startsWith("hello hello hello hello\n")).toBe(true)
  })

  it("without an encoding is the same array", async () => {
    expect(Either.getOrThrow(await decode(TEXT, undefined))).toBe(TEXT)
  })

  it.each([...ENCODED, ["zstd", BOMB] as const])(
    "in %o is decoded up to the limit, and not beyond",
    async (encoding, bytes) => {
      const size = encoding === "zstd" ? 400_000 : TEXT.length
      expect(Either.getOrThrow(await decode(bytes, encoding, size)).length).toBe(size)
      expect(await decode(bytes, encoding, size - 1)).toMatchObject({ left: { reason: "too-large" } })
    }
  )

  it.each(["gzip", "br", "deflate", "zstd"])(
    "that is not in %s is malformed, as is one that breaks off",
    async (encoding) => {
      expect(await decode(TEXT, encoding)).toMatchObject({ left: { reason: "malformed" } })
      const bytes = encoding === "zstd" ? zstd(FRAME) : (ENCODED.find(([name]) => name === encoding)?.[1] as Buffer)
      expect(await decode(bytes.subarray(0, bytes.length - 20), encoding)).toMatchObject({
        left: { reason: "malformed" }
      })
    }
  )

  it("in what nobody speaks is unknown", async () => {
    expect(await decode(TEXT, "gzip, snappy")).toMatchObject({ left: { reason: "unknown" } })
  })
})

describe("a copy of a stream", () => {
  const copied = async (bytes: Uint8Array, encoding: string | undefined, step: number) => {
    const parts: Array<Uint8Array> = []
    const decoder = encodings.decoder(encoding, (part) => parts.push(Buffer.from(part)))
    for (let at = 0; at < bytes.length; at += step) decoder.write([bytes.subarray(at, at + step)])
    const isWhole = await Effect.runPromise(decoder.end)
    return { isWhole, bytes: Buffer.concat(parts) }
  }

  it.each(
    ENCODED.filter(
      ([encoding, bytes]) => !encoding.includes(",") && (encoding !== "deflate" || (bytes[0] ?? 0) === 0x78)
    )
  )("in %o is decoded in whatever pieces it comes", async (encoding, bytes) => {
    for (const step of [1, 7, bytes.length]) {
      const copy = await copied(bytes, encoding, step)
      expect([copy.isWhole, copy.bytes.equals(TEXT)]).toEqual([true, true])
    }
  })

  it("in zstd is decoded in whatever pieces it comes", async () => {
    const whole = Either.getOrThrow(await decode(zstd(FRAMES), "zstd"))
    for (const step of [1, 7, 1000]) {
      const copy = await copied(zstd(FRAMES), "zstd", step)
      expect([copy.isWhole, copy.bytes.equals(whole)]).toEqual([true, true])
    }
  })

  it.each(["gzip", "br", "deflate", "zstd", "snappy"])(
    "that is no %s ends early and harms nobody",
    async (encoding) => {
      expect((await copied(TEXT, encoding, 100)).isWhole).toBe(false)
    }
  )

  it("that breaks off gives what came", async () => {
    const gzip = gzipSync(TEXT)
    const copy = await copied(gzip.subarray(0, gzip.length - 9), "gzip", 10)
    expect(copy.isWhole).toBe(false)
    expect(TEXT.subarray(0, copy.bytes.length).equals(copy.bytes)).toBe(true)
  })

  it("that comes faster than it is read is given up", async () => {
    const decoder = encodings.decoder("gzip", () => {})
    const noise = gzipSync(Buffer.alloc(1 << 20))
    for (let i = 0; i < 20; i++) decoder.write([i === 0 ? noise : Buffer.alloc(1 << 20, i)])
    expect(await Effect.runPromise(decoder.end)).toBe(false)
  })
})
