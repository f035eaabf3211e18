/** The lines of a transcript file, read piece by piece, because histories of years are larger than memory; Zstandard is unpacked on the way. */
import { Decompress } from "fzstd"
import { closeSync, openSync, readSync } from "node:fs"
import { StringDecoder } from "node:string_decoder"

const CHUNK_BYTES = 1 << 20
const ZSTANDARD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])

function* chunksOf(file: number): Generator<Uint8Array> {
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
    const size = readSync(file, chunk, 0, CHUNK_BYTES, null)
    if (size === 0) return
    yield chunk.subarray(0, size)
  }
}

function* unpacked(chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
  let ready: Array<Uint8Array> = []
  let stream: Decompress | undefined
  let isFirst = true
  for (const chunk of chunks) {
    if (isFirst && ZSTANDARD.equals(chunk.subarray(0, ZSTANDARD.length)))
      stream = new Decompress((piece) => ready.push(piece))
    isFirst = false
    if (stream === undefined) yield chunk
    else {
      stream.push(chunk)
      yield* ready
      ready = []
    }
  }
}

/** The lines of a file, without their breaks; it is closed when the last was read or the reader stops. */
export function* linesOf(path: string): Generator<string> {
  const file = openSync(path, "r")
  try {
    const decoder = new StringDecoder("utf8")
    let rest: Array<string> = []
    for (const chunk of unpacked(chunksOf(file))) {
      const lines = decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)).split("\n")
      const last = lines.pop() ?? ""
      for (const line of lines) {
        rest.push(line)
        yield rest.join("")
        rest = []
      }
      rest.push(last)
    }
    rest.push(decoder.end())
    const line = rest.join("")
    if (line !== "") yield line
  } finally {
    closeSync(file)
  }
}
