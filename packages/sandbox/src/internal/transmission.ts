import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Disconnect, Fault } from "../Fault.js"
import type { OutgoingResponse } from "./message.js"

/** A response and the part of a fault that applies while it is sent. The transports carry it out. */
export interface Transmission extends Pick<Fault, "delay" | "slowBody" | "disconnect"> {
  readonly response: OutgoingResponse
}

/** The fault ends the connection here. */
export class Disconnected {
  readonly _tag = "Disconnected"
  readonly how: Exclude<Disconnect["how"], "Stall">
  constructor(how: Exclude<Disconnect["how"], "Stall">) {
    this.how = how
  }
}

const stop = (how: Disconnect["how"]): Effect.Effect<never, Disconnected> =>
  how === "Stall" ? Effect.never : Effect.fail(new Disconnected(how))

/** What precedes the first byte: the delay, and a disconnect before anything is sent. */
export const begin = ({ delay, disconnect }: Transmission): Effect.Effect<void, Disconnected> =>
  Effect.zipRight(
    delay === undefined ? Effect.void : Effect.sleep(delay),
    disconnect?.at === "Start" ? stop(disconnect.how) : Effect.void
  )

/** The body up to the disconnect, in the chunks and at the times at which it is sent. */
export const body = ({ disconnect, response, slowBody }: Transmission): Stream.Stream<Uint8Array, Disconnected> => {
  const sent = { Start: 0, Head: 0, Body: Math.floor(response.body.length / 2) }
  const bytes = disconnect === undefined ? response.body : response.body.subarray(0, sent[disconnect.at])
  const size = slowBody?.bytes ?? 64 * 1024
  const chunks = Stream.mapEffect(Stream.range(0, Math.ceil(bytes.length / size) - 1), (index) =>
    Effect.as(
      slowBody === undefined || index === 0 ? Effect.void : Effect.sleep(slowBody.every),
      bytes.subarray(index * size, (index + 1) * size)
    )
  )
  return disconnect === undefined ? chunks : Stream.concat(chunks, Stream.fromEffect(stop(disconnect.how)))
}

/** Whether the response can be sent in one piece. */
export const isPlain = ({ disconnect, slowBody }: Transmission): boolean =>
  disconnect === undefined && slowBody === undefined
