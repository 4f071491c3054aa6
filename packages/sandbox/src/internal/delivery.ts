import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Disconnect } from "../Fault.js"
import type { Delivery } from "./message.js"

/** A fault says that the connection ends here. */
export class Broken {
  readonly _tag = "Broken"
  readonly how: Exclude<Disconnect["how"], "Stall">
  constructor(how: Exclude<Disconnect["how"], "Stall">) {
    this.how = how
  }
}

const breakOff = (how: Disconnect["how"]): Effect.Effect<never, Broken> =>
  how === "Stall" ? Effect.never : Effect.fail(new Broken(how))

/** What comes before the first byte: the wait, and a break that leaves nothing to send. */
export const begin = ({ disconnect, delay }: Delivery): Effect.Effect<void, Broken> =>
  Effect.zipRight(
    delay === undefined ? Effect.void : Effect.sleep(delay),
    disconnect?.at === "Start" ? breakOff(disconnect.how) : Effect.void
  )

/** The body as far as it gets, in the pieces and at the times in which it is sent. */
export const body = ({ answer, disconnect, slowBody }: Delivery): Stream.Stream<Uint8Array, Broken> => {
  const sent = { Start: 0, Head: 0, Body: Math.floor(answer.body.length / 2) }
  const bytes = disconnect === undefined ? answer.body : answer.body.subarray(0, sent[disconnect.at])
  const size = slowBody?.bytes ?? 64 * 1024
  const pieces = Stream.mapEffect(Stream.range(0, Math.ceil(bytes.length / size) - 1), (index) =>
    Effect.as(
      slowBody === undefined || index === 0 ? Effect.void : Effect.sleep(slowBody.every),
      bytes.subarray(index * size, (index + 1) * size)
    )
  )
  return disconnect === undefined ? pieces : Stream.concat(pieces, Stream.fromEffect(breakOff(disconnect.how)))
}

/** Whether nothing happens to the answer, so that it can be sent in one piece. */
export const isPlain = ({ disconnect, slowBody }: Delivery): boolean =>
  disconnect === undefined && slowBody === undefined
