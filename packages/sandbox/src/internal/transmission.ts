import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Disconnect, Fault } from "../Fault.js"
import type { OutgoingResponse } from "./message.js"

/** A response and the part of a fault that applies while it is sent. The transports carry it out. */
export interface Transmission extends Pick<Fault, "delay" | "slowBody" | "disconnect"> {
  readonly response: OutgoingResponse
  /** The body, if it is sent as it comes about; then that of `response` is not. */
  readonly stream?: Effect.Effect<Next>
  /** Runs when the stream is not read any more, for whatever reason. */
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

/** What precedes the first byte: the delay, and a disconnect before anything is sent. */
export const begin = ({ delay, disconnect }: Transmission): Effect.Effect<void, Disconnected> =>
  Effect.zipRight(
    delay === undefined ? Effect.void : Effect.sleep(delay),
    disconnect?.at === "Start" ? stop(disconnect.how) : Effect.void
  )

/** The next chunk of a body when it is due; none at its end. */
export type Next = Effect.Effect<Option.Option<Uint8Array>, Disconnected>

/** The body up to the disconnect, in the chunks and at the times at which it is sent. Nothing runs between two chunks. */
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

/** The headers that follow from the body: the length of a stream is not known. */
export const bodyHeaders = ({ response, stream }: Transmission): Readonly<Record<string, string>> =>
  stream === undefined ? { "content-length": String(response.body.length) } : {}
