/**
 * Requests to switch to WebSocket: once upstream agrees there is its socket, in which nothing is read. It closes with the scope.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Duplex } from "node:stream"
import type { Dispatcher } from "undici"
import type { Provider } from "../../domain/exchange.ts"
import type { UpstreamAnswer, UpstreamError } from "../../pipeline/ports/upstream.ts"
import type { Fields } from "../../wire/fields.ts"
import { Connections } from "./dispatcher.ts"
import { fieldsFrom, Receiver } from "./receiver.ts"

export interface TunnelRequest {
  readonly provider: Provider
  readonly url: string
  readonly fields: Fields
}

/** Upstream's socket where it agreed, its answer where it did not. */
export type Opened =
  | { readonly _tag: "Open"; readonly fields: Fields; readonly socket: Duplex }
  | { readonly _tag: "Refused"; readonly answer: UpstreamAnswer }

export class Tunnels extends Context.Tag("headroom/upstream/Tunnels")<
  Tunnels,
  { readonly open: (request: TunnelRequest) => Effect.Effect<Opened, UpstreamError, Scope.Scope> }
>() {}

class UpgradeReceiver extends Receiver {
  private socket: Duplex | undefined
  private agree: (socket: Duplex, fields: Fields) => void = () => {}

  opened(dispatch: () => void): Effect.Effect<Opened, UpstreamError> {
    return Effect.async((resume) => {
      this.begin = (result) => resume(Effect.map(result, (answer) => ({ _tag: "Refused", answer })))
      this.agree = (socket, fields) => resume(Effect.succeed({ _tag: "Open", fields, socket }))
      dispatch()
    })
  }

  onRequestUpgrade(controller: Dispatcher.DispatchController, _: number, __: unknown, socket: Duplex): void {
    this.socket = socket
    // a socket without a listener ends the process at its first failure
    socket.on("error", () => socket.destroy())
    this.agree(socket, fieldsFrom(controller))
  }

  override cancel(): void {
    super.cancel()
    this.socket?.destroy()
  }
}

export const layerTunnels: Layer.Layer<Tunnels, never, Connections> = Layer.effect(
  Tunnels,
  Effect.map(Connections, ({ dispatcher, targetOf }) => ({
    open: ({ provider, url, fields }: TunnelRequest) => {
      const { origin, path } = targetOf(provider)
      return Effect.acquireRelease(
        Effect.sync(() => new UpgradeReceiver(origin)),
        (receiver) => Effect.sync(() => receiver.cancel())
      ).pipe(
        Effect.flatMap((receiver) =>
          receiver.opened(() =>
            dispatcher.dispatch(
              { origin, path: path + url, method: "GET", headers: [...fields], upgrade: "websocket" },
              receiver
            )
          )
        )
      )
    }
  }))
)
