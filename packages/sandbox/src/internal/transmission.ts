import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Disconnect, Fault } from "../Fault.js"
import type { OutgoingResponse } from "./message.js"

/** A response and the parts of a fault that apply while it is sent, which the transports apply. */
export interface Transmission extends Pick<Fault, "delay" | "slowBody" | "disconnect"> {
  readonly response: OutgoingResponse
  /** The body of a streamed response, which replaces that of `response`. */
  readonly stream?: Effect.Effect<Next>
  /** Runs when the stream is no longer read, for whatever reason. */
  readonly release?: Effect.Effect<void>
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

/** Runs before the first byte: the delay, and a disconnect before anything is sent. */
export const begin = ({ delay, disconnect }: Transmission): Effect.Effect<void, Disconnected> =>
  Effect.zipRight(
    delay === undefined ? Effect.void : Effect.sleep(delay),
    disconnect?.at === "Start" ? stop(disconnect.how) : Effect.void
  )

/** The next chunk of a body when it is due; none at its end. */
export type Next = Effect.Effect<Option.Option<Uint8Array>, Disconnected>

/** The body up to the disconnect, in its chunks and at their times. Nothing runs between two chunks. */
export const body = ({ disconnect, response, slowBody, stream }: Transmission): Effect.Effect<Next> =>
  stream ??
  Effect.map(Clock.currentTimeNanos, (start) => {
    const sent = { Start: 0, Head: 0, Body: Math.floor(response.body.length / 2) }
    const bytes = disconnect === undefined ? response.body : response.body.subarray(0, sent[disconnect.at])
    const size = slowBody?.bytes ?? 64 * 1024
    let index = 0
    const due = Effect.flatMap(Clock.currentTimeNanos, (now) => {
      const wait = Duration.toMillis(slowBody?.every ?? 0) * index - Number(now - start) / 1e6
      return wait <= 0 ? Effect.void : Effect.sleep(wait)
    })
    return Effect.suspend((): Next => {
      if (index * size >= bytes.length) return disconnect === undefined ? Effect.succeedNone : stop(disconnect.how)
      return Effect.map(due, () => Option.some(bytes.subarray(index * size, ++index * size)))
    })
  })

/** Whether the response can be sent in one piece. */
export const isPlain = ({ disconnect, slowBody, stream }: Transmission): boolean =>
  disconnect === undefined && slowBody === undefined && stream === undefined

/** The headers that depend on the body. The length of a stream is unknown. */
export const bodyHeaders = ({ response, stream }: Transmission): Readonly<Record<string, string>> =>
  stream === undefined ? { "content-length": String(response.body.length) } : {}
