/** The way back to a client over node's own response: it keeps the fields as they are and says when the client takes no more. */
import * as Effect from "effect/Effect"
import type { ServerResponse } from "node:http"
import type { Reply } from "../../pipeline/exchange.ts"

/** Ends when the client has taken what was written, or is gone. */
const drained = (response: ServerResponse): Effect.Effect<void> =>
  Effect.async((resume) => {
    const settle = (): void => {
      response.off("drain", settle).off("close", settle)
      resume(Effect.void)
    }
    response.on("drain", settle).on("close", settle)
    return Effect.sync(() => void response.off("drain", settle).off("close", settle))
  })

/**
 * Ends the connection after what was written, without the end of the body: no client takes this for a whole answer. In HTTP/1.0 that is
 * how whole answers end, so there the connection is reset.
 */
const cut = (response: ServerResponse): void => {
  const { req, socket } = response
  if (socket === null) response.destroy()
  else if (req.httpVersion === "1.0") socket.resetAndDestroy()
  else socket.destroySoon()
}

export const replyOn = (response: ServerResponse): Reply => {
  let isFlushed = false
  return {
    begin: (status, statusText, fields) =>
      Effect.sync(() => {
        response.sendDate = false
        response.writeHead(status, statusText, [...fields])
        // together with the first bytes of the body where they are here already, else by itself
        setImmediate(() => {
          if (!isFlushed && !response.destroyed) response.flushHeaders()
        })
      }),
    write: (chunks) =>
      Effect.suspend(() => {
        isFlushed = true
        let hasRoom = true
        for (const chunk of chunks) hasRoom = response.write(chunk)
        return hasRoom || response.destroyed ? Effect.void : drained(response)
      }),
    end: Effect.sync(() => {
      isFlushed = true
      response.end()
    }),
    cut: Effect.sync(() => cut(response))
  }
}
