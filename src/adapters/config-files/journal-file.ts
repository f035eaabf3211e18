/** Where the journal of edits lies; apart from what reads it, for a hook that looks into it loads no schema. */
import { join } from "node:path"

export const journalFile = (home: string): string => join(home, "edits.json")
