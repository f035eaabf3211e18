/**
 * A request as the pipeline sees it: what the model is shown, block by block, oldest first, whatever the provider's shape.
 *
 * `At` says where a slot's text stands: a path in a message list (library), a byte span in a raw body (proxy).
 */
import type { Reason } from "./outcome.ts"

/** A tool call of the assistant. */
export interface Call {
  readonly tool: string
  /** The arguments, parsed where they were JSON. */
  readonly input: unknown
}

export type Block<At> =
  /** What a person or the model wrote; never changed, but a place where a repeat may point. */
  | (Fading & { readonly _tag: "Said"; readonly role: "user" | "assistant"; readonly text: string })
  /** The model's tool call; its string arguments may be pointed at, never changed. */
  | (Fading & { readonly _tag: "Called"; readonly call: Call })
  /** Text that may be rendered smaller. */
  | Slot<At>

export interface Fading {
  /** The provider may take the block out of what the model sees, now or at a later call: no repeat may point at it. */
  readonly mayVanish?: boolean
}

export interface Slot<At> extends Fading {
  readonly _tag: "Slot"
  readonly at: At
  readonly role: "tool" | "user"
  readonly text: string
  /** The call that produced it, where the request shows one. */
  readonly call: Call | undefined
  readonly isError: boolean
  /** Why it must stay as it is, where something outside its text says so. */
  readonly protection: Reason | undefined
}

export interface Document<At> {
  readonly blocks: ReadonlyArray<Block<At>>
}
