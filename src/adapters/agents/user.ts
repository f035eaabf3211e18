/** What descriptors ask of this machine: values in settings files, programs on the PATH, and a folder with our command for a child's PATH. */
import { accessSync, chmodSync, constants, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs"
import { delimiter, join } from "node:path"
import { settingAt } from "../../domain/config-edit.ts"
import { parseSettings } from "../config-files/settings-text.ts"
import { readText } from "../config-files/text-file.ts"
import type { Launch, Machine } from "../settings/machine.ts"
import type { User } from "./agent.ts"

/** The user of an agent in a folder; each settings file is read once, and what cannot be read says nothing. */
export const userOf = (machine: Machine, folder: string, args: ReadonlyArray<string>): User => {
  const read = new Map<string, unknown>()
  const valueOf: User["setting"] = (file, format, at) => {
    if (!read.has(file)) {
      let value: unknown
      try {
        const parsed = parseSettings(format, readText(file) ?? "")
        value = parsed._tag === "Parsed" ? parsed.value : undefined
      } catch {
        value = undefined
      }
      read.set(file, value)
    }
    return settingAt(read.get(file), at)
  }
  return { machine, folder, args, setting: valueOf }
}

const isProgram = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

/** The file that a shell would run. */
export const programIn = ({ path, platform, variable }: Machine, name: string): string | undefined => {
  const endings = platform === "win32" ? (variable("PATHEXT") ?? ".COM;.EXE;.BAT;.CMD").split(";") : [""]
  for (const folder of path)
    for (const ending of endings) {
      const file = join(folder, `${name}${ending}`)
      if (isProgram(file)) return file
    }
  return undefined
}

const shell = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

/** A folder of ours in which `headroom` is this very installation: what is named in a view can be got back by it. */
export const binFolder = (home: string, { node, script }: Launch, platform: NodeJS.Platform): string => {
  const folder = join(home, "bin")
  const [name, text] =
    platform === "win32"
      ? ["headroom.cmd", `@"${node}" "${script}" %*\r\n`]
      : ["headroom", `#!/bin/sh\nexec ${shell(node)} ${shell(script)} "$@"\n`]
  const file = join(folder, name)
  let before: string | undefined
  try {
    before = readFileSync(file, "utf8")
  } catch {
    before = undefined
  }
  if (before !== text) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const draft = `${file}.${process.pid}`
    writeFileSync(draft, text, { mode: 0o700 })
    chmodSync(draft, 0o700)
    renameSync(draft, file)
  }
  return folder
}

export const pathWith = (folder: string, { path }: Machine): string =>
  [folder, ...path.filter((other) => other !== folder)].join(delimiter)
