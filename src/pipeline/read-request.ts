/**
 * Reads a request as the rewriter needs it: its conversation from where an earlier request ended, and what its prompt is made of.
 */
import { chainDigest, type Digest, type HashParts } from "../domain/digest.ts"
import type { Prompt } from "../domain/cache-aligner.ts"
import type { Block } from "../domain/document.ts"
import { roughTokens } from "../domain/tokens.ts"
import type { Splice } from "../wire/json-spans.ts"
import type { Shape } from "../wire/provider-shape.ts"
import { factsOf, type RequestFacts } from "../wire/request-facts.ts"
import { fieldsOf, openBody, type RequestBody } from "../wire/request-body.ts"
import { shapeNamed } from "../wire/shape.ts"
import { systemTextOf } from "../wire/system-text.ts"
import { type Place, type Reading, readTurns, type Turn } from "../wire/transcript.ts"
import type { Branches, Shared } from "./branches.ts"
import type { ClientRequest } from "./rewriter.ts"

/** A request's conversation. */
export interface Conversation {
  readonly shape: Shape
  readonly scope: Digest
  readonly facts: RequestFacts
  readonly prompt: Prompt
  /** Where the body's other members stand in it. */
  readonly members: RequestBody["members"]
  /** A change to the system text that may be made at first sight, and what it is pinned under. */
  readonly offer: { readonly key: Digest; readonly splices: ReadonlyArray<Splice> } | undefined
  /** Edits of its cache marks, where they are to say another lifetime. */
  readonly marks?: ReadonlyArray<Splice>
  /** What its cache is kept warm under, where it may be; and when we last did, in milliseconds since 1970. */
  readonly thread?: string
  readonly warmedAt?: number
  /** Offset of the list in the body, and its bytes from there on. */
  readonly start: number
  readonly list: Uint8Array
  readonly turns: ReadonlyArray<Turn>
  /** The request before that it goes on from, or forks off. */
  readonly shared: Shared | undefined
  /** The blocks of the turns behind the first `from`, turn by turn. */
  readonly blocks: (from: number) => ReadonlyArray<ReadonlyArray<Block<Place>>>
}

/** Members of the prompt's head by what they are; a change in any makes a provider read all that follows anew. */
const TOOLS = ["tools", "functions", "toolConfig", "tool_config"]
const SYSTEM = ["system", "instructions", "systemInstruction", "system_instruction"]
const SETTINGS = ["tool_choice", "thinking", "reasoning", "output_config", "response_format", "text"]

/** A login's token changes from hour to hour; a key names an account. */
const credentialOf = (headers: ClientRequest["headers"]): string => {
  const bearer = headers["authorization"]?.replace(/^bearer /i, "") ?? ""
  const isKey = bearer.startsWith("sk-") && !bearer.startsWith("sk-ant-oat")
  return headers["x-api-key"] ?? headers["x-goog-api-key"] ?? (isKey ? bearer : "login")
}

const decoder = new TextDecoder()

const membersOf = (bytes: Uint8Array, body: RequestBody, keys: ReadonlyArray<string>): ReadonlyArray<Uint8Array> =>
  keys.flatMap((key) => {
    const span = body.members.get(key)
    return span === undefined ? [] : [bytes.subarray(...span)]
  })

/** Bytes of a member that are counted in passing. */
const SAMPLE = 16_384

const tokensOf = (member: Uint8Array): number => {
  const tokens = roughTokens(decoder.decode(member.subarray(0, SAMPLE)))
  return member.length <= SAMPLE ? tokens : Math.round((tokens * member.length) / SAMPLE)
}

const promptOf = (
  bytes: Uint8Array,
  body: RequestBody,
  model: string | undefined,
  turns: ReadonlyArray<Turn>,
  before: Prompt | undefined,
  hash: HashParts
): Prompt => {
  const [tools, system, settings] = [TOOLS, SYSTEM, SETTINGS].map((keys) => membersOf(bytes, body, keys)) as [
    ReadonlyArray<Uint8Array>,
    ReadonlyArray<Uint8Array>,
    ReadonlyArray<Uint8Array>
  ]
  const digests = { tools: hash(tools), system: hash(system), settings: hash(settings) }
  const isSame = before?.tools === digests.tools && before.system === digests.system
  const headTokens = isSame
    ? before.headTokens
    : [...tools, ...system].reduce((sum, member) => sum + tokensOf(member), 0)
  return { model, ...digests, headTokens, turnTokens: turns.map((turn) => turn.tokens) }
}

/** The system text with what is volatile in it behind what stays; known by what stays and by how the conversation begins. */
const offerOf = (
  bytes: Uint8Array,
  body: RequestBody,
  scope: Digest,
  first: Turn | undefined,
  hash: HashParts
): Conversation["offer"] => {
  const text = first === undefined ? undefined : systemTextOf(bytes, body.members, body.list[0])
  return text && { key: chainDigest(hash, scope, ["system", text.stable, first?.digest ?? ""]), splices: text.splices }
}

/** Reads the request; undefined where its body is no conversation that we know. */
export const readRequest = (
  request: ClientRequest,
  branches: Branches,
  { hash, stabilises }: { readonly hash: HashParts; readonly stabilises: boolean }
): Conversation | undefined => {
  const { route, headers } = request
  const shape = shapeNamed(route.shape)
  if (shape === undefined) return undefined
  const bytes = request.body
  let shared: Shared | undefined
  const body = openBody(bytes, shape.field, (list) => {
    shared = branches.closest(list, shape.name)
    return shared?.branch.turns[shared.count - 1]?.end ?? 0
  })
  if (body === undefined) return undefined
  const facts = factsOf(route, headers, fieldsOf(bytes, body))
  const scope = chainDigest(hash, "scope", [route.provider, shape.name, credentialOf(headers), facts.window.fields])
  if (shared?.branch.scope !== scope) shared = undefined
  const reading: Reading = { shape, roles: ["tool"], scope, hash }
  const list = bytes.subarray(body.list[0])
  const known = shared?.branch.turns.slice(0, shared.count) ?? []
  const read = readTurns(list, known, reading)
  if (read === undefined) return undefined
  const turns = [...known, ...read.turns]
  return {
    shape,
    scope,
    facts,
    prompt: promptOf(bytes, body, facts.model, turns, shared?.branch.prompt, hash),
    members: body.members,
    offer: stabilises ? offerOf(bytes, body, scope, turns[0], hash) : undefined,
    start: body.list[0],
    list,
    turns,
    shared,
    blocks: (from) =>
      from >= known.length
        ? read.blocks.slice(from - known.length)
        : (readTurns(list, turns.slice(0, from), reading)?.blocks ?? [])
  }
}
