/** Recorded sessions as they lie on this machine: folders are searched for names, files told by their content, databases listed. */
import type { UnknownException } from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs"
import { basename, dirname, join, relative, resolve, sep } from "node:path"
import type { RecordedSession } from "../../domain/recording.ts"
import { Sessions, SessionsError, type Transcript } from "../../pipeline/ports/sessions.ts"
import { readTranscript } from "../../wire/sessions/read.ts"
import { agentFolders } from "../settings/agent-folders.ts"
import { linesOf } from "./lines.ts"

const NAMES = /\.(?:jsonl?|traj)(?:\.zst)?$|^opencode[\w-]*\.db$/
const ENDING = /(?:\.traj)?\.(?:jsonl?|traj|db)(?:\.zst)?$/
/** Folders in a folder of sessions go no deeper. */
const MAX_DEPTH = 12

const entriesOf = (folder: string): ReadonlyArray<Dirent> => {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    // what may not be seen holds nothing for us
    return []
  }
}

function* filesIn(folder: string, names: RegExp, depth: number): Generator<string> {
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && depth > 0) yield* filesIn(path, names, depth - 1)
    else if (entry.isFile() && names.test(entry.name)) yield path
  }
}

const isDatabase = (path: string): boolean => path.endsWith(".db")

/** The driver is loaded where there is a database; a machine may lack it. */
const database = Effect.tryPromise(() => import("./opencode-database.ts"))

/** The file as one transcript, or the sessions in it; what went away meanwhile is none. */
const transcriptsOf = (path: string, id: string): Effect.Effect<ReadonlyArray<Transcript>> =>
  Effect.gen(function* () {
    const { size, mtimeMs } = yield* Effect.try(() => statSync(path))
    const whole: Transcript = { path, id: id.replace(ENDING, ""), bytes: size, modified: mtimeMs }
    if (size === 0) return []
    if (!isDatabase(path)) return [whole]
    // a database that cannot be opened is told of when it is read
    return yield* database.pipe(
      Effect.flatMap(({ sessionsIn }) => Effect.try(() => sessionsIn(path, size))),
      Effect.orElseSucceed(() => [{ ...whole, key: "" }])
    )
  }).pipe(Effect.orElseSucceed(() => []))

const idOf = (folder: string, path: string): string => relative(folder, path).split(sep).join("/")

const inFolder = (folder: string, names: RegExp): Effect.Effect<ReadonlyArray<Transcript>> =>
  Effect.forEach(
    [...filesIn(folder, names, MAX_DEPTH)].sort((a, b) => (a < b ? -1 : 1)),
    (path) => transcriptsOf(path, idOf(folder, path))
  ).pipe(Effect.map((found) => found.flat()))

const codeOf = (cause: unknown): unknown =>
  typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined

const failed = (path: string, cause: unknown): SessionsError => {
  const reason = cause instanceof RangeError ? "too-large" : codeOf(cause) === "ENOENT" ? "missing" : "unreadable"
  return new SessionsError({ path, reason, cause })
}

const installed = Effect.gen(function* () {
  const byKey = new Map<string, Transcript>()
  for (const { path, names } of yield* agentFolders) {
    const found = isDatabase(path) ? yield* transcriptsOf(path, basename(path)) : yield* inFolder(path, names)
    for (const transcript of found) byKey.set(`${transcript.path}\n${transcript.key ?? ""}`, transcript)
  }
  return [...byKey.values()]
})

const under = (path: string) =>
  Effect.gen(function* () {
    const place = resolve(path)
    const isFolder = yield* Effect.try({
      try: () => statSync(place).isDirectory(),
      catch: (cause) => failed(path, cause)
    })
    return yield* isFolder ? inFolder(place, NAMES) : transcriptsOf(place, basename(place))
  })

const linesIn = ({ path, key }: Transcript): Effect.Effect<Iterable<string>, UnknownException> =>
  key === undefined
    ? Effect.succeed(linesOf(path))
    : Effect.flatMap(database, ({ exportOf }) => Effect.try(() => [exportOf(path, key)]))

/** Gemini CLI says in a file beside its chats whose they are. */
const PROJECT_FILE = ".project_root"

const withProject = (sessions: ReadonlyArray<RecordedSession>, path: string): ReadonlyArray<RecordedSession> => {
  if (!sessions.some((session) => session.agent === "gemini-cli" && session.project === undefined)) return sessions
  try {
    const project = readFileSync(join(dirname(dirname(path)), PROJECT_FILE), "utf8").trim()
    return sessions.map((session) => ({ ...session, project: session.project ?? project }))
  } catch {
    return sessions
  }
}

export const layerSessionFiles: Layer.Layer<Sessions> = Layer.succeed(Sessions, {
  installed,
  under,
  read: (transcript) =>
    linesIn(transcript).pipe(
      Effect.flatMap((lines) => Effect.try(() => withProject(readTranscript(lines, transcript.id), transcript.path))),
      Effect.mapError(({ error }) => failed(transcript.path, error))
    )
})
