/** Keeping originals without the Effect runtime; apart from the rest, because most outputs need neither digests nor packing, which take time to load. */
import type Sqlite from "better-sqlite3"
import { type Digest, REF_DIGITS, type Ref, refOf } from "../../domain/digest.ts"
import { grantReceipt, type Receipt } from "../../domain/receipt.ts"
import type { Session } from "../../pipeline/ports/originals.ts"
import { type ByteHash, bytesOf, sha256 } from "./content.ts"
import { pack } from "./packing.ts"
import * as Sql from "./schema.ts"

type Connection = Sqlite.Database

const blobOf = (digest: Digest): Buffer => Buffer.from(digest, "hex")

const keepOriginal = (db: Connection, bytes: Uint8Array, digest: Digest, sighting: number | undefined, now: number) => {
  const see = (id: number | bigint): void => {
    db.prepare(Sql.renew).run(now, id, now)
    if (sighting !== undefined) db.prepare(Sql.insertSighting).run(id, sighting)
  }
  const known = db
    .prepare<[Buffer], { readonly id: number; readonly digits: number }>(Sql.originalByDigest)
    .get(blobOf(digest))
  if (known !== undefined) {
    see(known.id)
    return grantReceipt(digest.slice(0, known.digits) as Ref, digest)
  }
  const start = digest.slice(0, REF_DIGITS)
  const others = db
    .prepare<[Buffer, Buffer], { readonly digest: Uint8Array }>(Sql.digestsBetween)
    .all(Buffer.from(start.padEnd(64, "0"), "hex"), Buffer.from(start.padEnd(64, "f"), "hex"))
  const ref = refOf(
    digest,
    others.map((other) => Buffer.from(other.digest).toString("hex") as Digest)
  )
  const packed = pack(bytes)
  const row = db.prepare<[number, number, number], { readonly id: number }>(Sql.insertKept).get(0, packed.length, now)
  if (row === undefined) throw new Error("nothing was kept")
  db.prepare(Sql.insertContent).run(row.id, packed)
  db.prepare(Sql.insertOriginal).run(row.id, blobOf(digest), ref.length, bytes.length)
  see(row.id)
  return grantReceipt(ref, digest)
}

/** All of the originals in one transaction, or none. */
export const keepIn = (
  db: Connection,
  originals: ReadonlyArray<string | Uint8Array>,
  session: Session | undefined,
  now: number,
  hash: ByteHash = sha256
): ReadonlyArray<Receipt> => {
  const prepared = originals.map((original) => {
    const bytes = bytesOf(original)
    if (bytes === undefined) throw new Error("a lone surrogate has no bytes")
    return { bytes, digest: hash(bytes) }
  })
  return db
    .transaction(() => {
      const owner =
        session === undefined
          ? undefined
          : db
              .prepare<[string, string, number], { readonly id: number }>(Sql.upsertSession)
              .get(session.id, session.project, now)
      return prepared.map(({ bytes, digest }) => keepOriginal(db, bytes, digest, owner?.id, now))
    })
    .immediate()
}
