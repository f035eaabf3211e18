/** A user's text file read and replaced whole: through links, with its permissions, and never half written. */
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeSync
} from "node:fs"
import { dirname, resolve } from "node:path"

/** The file behind the links; of a link to nothing, where it points. */
const targetOf = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    try {
      return resolve(dirname(path), readlinkSync(path))
    } catch {
      return path
    }
  }
}

/** Its text, or undefined where there is no such file; throws where it cannot be read or is no UTF-8. */
export const readText = (path: string): string | undefined => {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(path)
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined
    throw error
  }
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
}

/** Folders that have to be made for one, outermost first. */
export const missingFolders = (folder: string): ReadonlyArray<string> => {
  const missing: Array<string> = []
  for (let at = folder; !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.unshift(at)
  return missing
}

const syncFolder = (folder: string): void => {
  try {
    const handle = openSync(folder, "r")
    fsyncSync(handle)
    closeSync(handle)
  } catch {
    // Windows opens no folders.
  }
}

/** Puts the text in the file's place in one step; `ready` is asked when the draft is on the disk, and false leaves the file alone. */
export const replaceText = (path: string, text: string, ready: () => boolean = () => true): boolean => {
  const target = targetOf(path)
  // Whoever writes holds the lock: a draft that stands there was left by a killed process.
  const draft = `${target}.headroom-draft`
  const handle = openSync(draft, "w", 0o600)
  try {
    const bytes = Buffer.from(text, "utf8")
    for (let done = 0; done < bytes.length; ) done += writeSync(handle, bytes, done)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  if (!ready()) {
    rmSync(draft, { force: true })
    return false
  }
  const mode = statSync(target, { throwIfNoEntry: false })?.mode
  if (mode !== undefined) chmodSync(draft, mode & 0o7777)
  renameSync(draft, target)
  syncFolder(dirname(target))
  return true
}

/** Takes away a file that we made, and the folders made for it that hold nothing else. */
export const removeFile = (path: string, folders: ReadonlyArray<string>): void => {
  rmSync(path, { force: true })
  for (const folder of folders.toReversed()) {
    try {
      rmdirSync(folder)
    } catch {
      return
    }
  }
}
