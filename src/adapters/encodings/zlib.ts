/**
 * Content encodings by node's zlib, on its own threads, and by fzstd for zstd, which node 20 lacks.
 */
import { Decompress } from "fzstd"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { performance } from "node:perf_hooks"
import { setImmediate as nextTurn } from "node:timers/promises"
import * as zlib from "node:zlib"
import { type Decoder, EncodingError, Encodings } from "../../pipeline/ports/encodings.ts"

type Encoding = "gzip" | "deflate" | "br" | "zstd"

const NAMES: Readonly<Record<string, Encoding>> = {
  gzip: "gzip",
  "x-gzip": "gzip",
  deflate: "deflate",
  br: "br",
  zstd: "zstd"
}

/** The encodings that the field lists, in the order in which they were applied; undefined where one is unknown. */
const encodingsIn = (field: string | undefined): ReadonlyArray<Encoding> | undefined => {
  const found: Array<Encoding> = []
  for (const name of (field ?? "").toLowerCase().split(",")) {
    const trimmed = name.trim()
    if (trimmed === "" || trimmed === "identity") continue
    const encoding = NAMES[trimmed]
    if (encoding === undefined) return undefined
    found.push(encoding)
  }
  return found
}

const failed = (cause: unknown): EncodingError => {
  if (cause instanceof EncodingError) return cause
  const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined
  return new EncodingError({ reason: code === "ERR_BUFFER_TOO_LARGE" ? "too-large" : "malformed", cause })
}

/** Some senders of `deflate` leave the zlib header out. */
const hasZlibHeader = (bytes: Uint8Array): boolean => {
  const [first = 0, second = 0] = bytes
  return (first & 15) === 8 && ((first << 8) | second) % 31 === 0
}

const inflated = (
  unpack: (bytes: Uint8Array, options: { maxOutputLength: number }, done: zlib.CompressCallback) => void,
  bytes: Uint8Array,
  maxBytes: number
): Promise<Uint8Array> =>
  new Promise((resolve, reject) =>
    unpack(bytes, { maxOutputLength: Math.max(1, maxBytes) }, (error, result) =>
      error === null ? resolve(result) : reject(error)
    )
  )

/** Input that is decoded before other work has its turn. */
const SLICE_BYTES = 128 << 10
/** A frame may ask for a window so large that each of its blocks costs a second; 32 MiB of honest frames take a fraction of this. */
const ZSTD_MAX_MS = 2000

const unzstd = async (bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> => {
  const parts: Array<Uint8Array> = []
  const end = performance.now() + ZSTD_MAX_MS
  let size = 0
  const decoder = new Decompress((part) => {
    size += part.length
    if (size > maxBytes) throw new EncodingError({ reason: "too-large" })
    if (performance.now() > end) throw new EncodingError({ reason: "malformed" })
    parts.push(part)
  })
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
    if (at > 0) await nextTurn()
    decoder.push(bytes.subarray(at, at + SLICE_BYTES), at + SLICE_BYTES >= bytes.length)
  }
  return Buffer.concat(parts, size)
}

const decodeOne = (encoding: Encoding, bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> => {
  switch (encoding) {
    case "gzip":
      return inflated(zlib.gunzip, bytes, maxBytes)
    case "deflate":
      return inflated(hasZlibHeader(bytes) ? zlib.inflate : zlib.inflateRaw, bytes, maxBytes)
    case "br":
      return inflated(zlib.brotliDecompress, bytes, maxBytes)
    case "zstd":
      return unzstd(bytes, maxBytes)
  }
}

const decode = (
  bytes: Uint8Array,
  field: string | undefined,
  maxBytes: number
): Effect.Effect<Uint8Array, EncodingError> => {
  const encodings = encodingsIn(field)
  if (encodings === undefined) return new EncodingError({ reason: "unknown" })
  if (encodings.length === 0)
    return bytes.length > maxBytes ? new EncodingError({ reason: "too-large" }) : Effect.succeed(bytes)
  return Effect.tryPromise({
    try: async () => {
      let decoded = bytes
      for (const encoding of [...encodings].reverse()) decoded = await decodeOne(encoding, decoded, maxBytes)
      return decoded
    },
    catch: failed
  })
}

/** What waits to be decoded: a reader of figures may fall behind a fast stream, but not without bound. */
const MAX_WAITING_BYTES = 8 << 20

const DEAF: Decoder = { write: () => {}, end: Effect.succeed(false) }

const plainDecoder = (sink: (bytes: Uint8Array) => void): Decoder => ({
  write: (chunks) => {
    for (const chunk of chunks) sink(chunk)
  },
  end: Effect.succeed(true)
})

const zstdDecoder = (sink: (bytes: Uint8Array) => void): Decoder => {
  const decoder = new Decompress(sink)
  let whole = true
  const push = (chunk: Uint8Array, isLast: boolean): void => {
    if (!whole) return
    try {
      decoder.push(chunk, isLast)
    } catch {
      whole = false
    }
  }
  return {
    write: (chunks) => {
      for (const chunk of chunks) push(chunk, false)
    },
    end: Effect.sync(() => {
      push(new Uint8Array(0), true)
      return whole
    })
  }
}

const zlibDecoder = (
  stream: zlib.Gunzip | zlib.Inflate | zlib.BrotliDecompress,
  sink: (bytes: Uint8Array) => void
): Decoder => {
  let resume: ((whole: boolean) => void) | undefined
  let whole: boolean | undefined
  const settle = (result: boolean): void => {
    whole ??= result
    resume?.(whole)
  }
  stream.on("data", sink)
  stream.on("end", () => settle(true))
  stream.on("error", () => settle(false))
  return {
    write: (chunks) => {
      for (const chunk of chunks) if (whole === undefined) stream.write(chunk)
      if (stream.writableLength <= MAX_WAITING_BYTES) return
      stream.destroy()
      settle(false)
    },
    end: Effect.async<boolean>((done) => {
      resume = (result) => done(Effect.succeed(result))
      if (whole === undefined) stream.end()
      else resume(whole)
    })
  }
}

const decoder = (field: string | undefined, sink: (bytes: Uint8Array) => void): Decoder => {
  const encodings = encodingsIn(field)
  if (encodings === undefined || encodings.length > 1) return DEAF
  const [encoding] = encodings
  if (encoding === undefined) return plainDecoder(sink)
  switch (encoding) {
    case "gzip":
      return zlibDecoder(zlib.createGunzip(), sink)
    case "deflate":
      return zlibDecoder(zlib.createInflate(), sink)
    case "br":
      return zlibDecoder(zlib.createBrotliDecompress(), sink)
    case "zstd":
      return zstdDecoder(sink)
  }
}

export const layerZlib: Layer.Layer<Encodings> = Layer.succeed(Encodings, { decode, decoder })
