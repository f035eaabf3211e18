/**
 * A model as a function from texts to numbers: onnxruntime-node, which is asked for when it is needed and may not be there, behind as much
 * of its interface as is used.
 */
import { createRequire } from "node:module"
import { availableParallelism } from "node:os"

interface Tensor {
  readonly data: ArrayLike<number>
  readonly dims: ReadonlyArray<number>
}

interface Session {
  readonly inputNames: ReadonlyArray<string>
  readonly outputNames: ReadonlyArray<string>
  readonly run: (feeds: Readonly<Record<string, Tensor>>) => Promise<Readonly<Record<string, Tensor>>>
}

interface Runtime {
  readonly InferenceSession: {
    readonly create: (path: string, options: object) => Promise<Session>
  }
  readonly Tensor: new (type: "int64", data: BigInt64Array, dims: ReadonlyArray<number>) => Tensor
}

/** More threads gain little on passages of this size, and the machine has other work. */
const MAX_THREADS = 2

/** Outputs by what they hold. */
const OUTPUTS = { embedding: "last_hidden_state", "token-scores": "final_scores" } as const
export type Form = keyof typeof OUTPUTS

/** One number or vector a token, for each text. */
export interface Scored {
  /** Of the longest text. */
  readonly length: number
  /** Numbers a token. */
  readonly width: number
  readonly values: ArrayLike<number>
}

/** Token ids in, each text's by itself; what is shorter than the longest is filled up and masked. */
export type Run = (batch: ReadonlyArray<ReadonlyArray<number>>) => Promise<Scored>

export type Opened =
  | { readonly _tag: "Run"; readonly run: Run }
  | { readonly _tag: "NotInstalled" | "Unsupported" | "Unfit"; readonly cause: unknown }

const outcome = <A>(use: () => A): { readonly value: A } | { readonly cause: unknown } => {
  try {
    return { value: use() }
  } catch (cause) {
    return { cause }
  }
}

const runOver =
  (session: Session, { Tensor }: Runtime, form: Form): Run =>
  async (batch) => {
    const length = batch.reduce((most, ids) => Math.max(most, ids.length), 0)
    const dims = [batch.length, length]
    const ids = new BigInt64Array(batch.length * length)
    const mask = new BigInt64Array(batch.length * length)
    batch.forEach((row, at) =>
      row.forEach((id, token) => {
        ids[at * length + token] = BigInt(id)
        mask[at * length + token] = 1n
      })
    )
    const feeds: Readonly<Record<string, BigInt64Array>> = {
      input_ids: ids,
      attention_mask: mask,
      token_type_ids: new BigInt64Array(batch.length * length)
    }
    const output = await session.run(
      Object.fromEntries(session.inputNames.map((name) => [name, new Tensor("int64", feeds[name] ?? mask, dims)]))
    )
    const { data = [], dims: [, , width = 1] = [] } = output[OUTPUTS[form]] ?? {}
    return { length, width, values: data }
  }

const INPUTS: ReadonlySet<string> = new Set(["input_ids", "attention_mask", "token_type_ids"])

/** Opens the model in the file; `runtime` is the package's name or path. */
export const open = async (file: string, form: Form, runtime: string): Promise<Opened> => {
  const require = createRequire(import.meta.url)
  const found = outcome(() => require.resolve(runtime))
  if ("cause" in found) return { _tag: "NotInstalled", cause: found.cause }
  // What is there and cannot be loaded was not built for this system.
  const loaded = outcome(() => require(found.value) as Runtime)
  if ("cause" in loaded) return { _tag: "Unsupported", cause: loaded.cause }
  const threads = Math.min(MAX_THREADS, availableParallelism())
  try {
    const options = {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: "sequential",
      // What is kept for the next batch is as much as the largest one took, twice the model itself.
      enableCpuMemArena: false,
      logSeverityLevel: 4
    }
    const session = await loaded.value.InferenceSession.create(file, options)
    const { inputNames, outputNames } = session
    if (
      !inputNames.includes("input_ids") ||
      inputNames.some((name) => !INPUTS.has(name)) ||
      !outputNames.includes(OUTPUTS[form])
    ) {
      return { _tag: "Unfit", cause: new Error(`inputs ${inputNames.join(", ")}; outputs ${outputNames.join(", ")}`) }
    }
    return { _tag: "Run", run: runOver(session, loaded.value, form) }
  } catch (cause) {
    return { _tag: "Unfit", cause }
  }
}
