/**
 * The file that an agent starts: runs the hook from V8's cache of its compiled code, for compiling it anew takes longer than its work.
 *
 *     hook.cjs claude-code [--mode visible|offload]
 *
 * The cache is written after a call that had something to do, so that what such a call needs is in it, and is left aside where it is of
 * another version of Node or of the hook.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { createRequire, wrap } from "node:module"
import { dirname, join } from "node:path"
import { Script } from "node:vm"
import { cacheFolder } from "../../adapters/settings/plain.ts"
import type { run } from "./main.ts"

interface Loaded {
  exports: { readonly run?: typeof run }
}
type Wrapped = (exports: object, require: NodeJS.Require, module: Loaded, filename: string, folder: string) => void

const filename = join(dirname(process.argv[1] ?? ""), "hook-main.cjs")
const args = process.argv.slice(2)

const readCache = (path: string): Buffer | undefined => {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

/** Puts the cache in the place of any other one. */
const writeCache = (folder: string, name: string, data: Buffer): void => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const other of readdirSync(folder)) if (other.startsWith("hook-")) rmSync(join(folder, other), { force: true })
  const draft = join(folder, `${name}.${process.pid}`)
  writeFileSync(draft, data, { mode: 0o600 })
  renameSync(draft, join(folder, name))
}

const startFromCache = async (): Promise<void> => {
  const { size, mtimeMs } = statSync(filename)
  const name = `hook-${process.version}-${process.arch}-${size}-${Math.round(mtimeMs)}`
  const cachedData = readCache(join(cacheFolder(), name))
  const script = new Script(wrap(readFileSync(filename, "utf8")), {
    filename,
    ...(cachedData === undefined ? {} : { cachedData })
  })
  const module: Loaded = { exports: {} }
  const load = script.runInThisContext() as Wrapped
  load(module.exports, createRequire(filename), module, filename, dirname(filename))
  const worked = await module.exports.run?.(args)
  if (worked === true && (cachedData === undefined || script.cachedDataRejected === true))
    writeCache(cacheFolder(), name, script.createCachedData())
}

// A cache that cannot be written is no reason to say anything.
startFromCache().catch(() => {})
