/** The proxies of this user that run, each by a file that only the user can read: who knows its secret is the proxy that wrote it. */
import * as Schema from "effect/Schema"
import { createHash } from "node:crypto"
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { ProxySettings } from "../settings/proxy.ts"
import type { Settings } from "../settings/settings.ts"

const ProxyRecord = Schema.Struct({
  pid: Schema.Number,
  version: Schema.String,
  /** The address without a path. */
  address: Schema.String,
  secret: Schema.String,
  /** Of everything that changes what becomes of a request. */
  key: Schema.String,
  /** It ends with its last lease. */
  isLeased: Schema.Boolean
})
export type ProxyRecord = typeof ProxyRecord.Type

const RecordText = Schema.parseJson(ProxyRecord)

const folderIn = (home: string): string => join(home, "proxies")

const fileOf = (home: string, pid: number): string => join(folderIn(home), `${pid}.json`)

export const writeRecord = (home: string, record: ProxyRecord): void => {
  mkdirSync(folderIn(home), { recursive: true, mode: 0o700 })
  const file = fileOf(home, record.pid)
  writeFileSync(`${file}.draft`, Schema.encodeSync(RecordText)(record), { mode: 0o600 })
  renameSync(`${file}.draft`, file)
}

export const removeRecord = (home: string, pid: number): void => {
  rmSync(fileOf(home, pid), { force: true })
}

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM"
  }
}

/** The records of proxies whose process is there; those of others, which were killed, are removed. */
export const readRecords = (home: string): ReadonlyArray<ProxyRecord> => {
  let names: ReadonlyArray<string> = []
  try {
    names = readdirSync(folderIn(home)).filter((name) => /^\d+\.json$/.test(name))
  } catch {
    return []
  }
  return names.flatMap((name) => {
    try {
      const record = Schema.decodeSync(RecordText)(readFileSync(join(folderIn(home), name), "utf8"))
      if (isAlive(record.pid)) return [record]
      removeRecord(home, record.pid)
    } catch {
      // it may be on its way out
    }
    return []
  })
}

/** Equal where two proxies would do the same to every request. */
export const keyOf = (version: string, settings: Settings["Type"], proxy: ProxySettings["Type"]): string => {
  const { host: _, port: __, nonce: ___, token, isLeased: ____, targets, ...rest } = proxy
  const addresses = Object.entries(targets).map(([provider, url]) => [provider, url.href])
  const { mode = "visible", prices } = settings
  return createHash("sha256")
    .update(JSON.stringify([version, mode, prices, token !== undefined, addresses, rest]))
    .digest("hex")
}
