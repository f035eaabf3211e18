/** Where a user's things are kept; apart from settings.ts, for a process that does not load the Effect runtime. */
import { homedir } from "node:os"
import { join, resolve } from "node:path"

/** The folder that `HEADROOM_HOME` names; absolute. */
export const homeFrom = (value: string | undefined): string =>
  value === undefined || value === "" ? join(homedir(), ".headroom") : resolve(value)

/** The store of a user's originals. */
export const storeFile = (home: string): string => join(home, "originals.db")
