import type { Headers } from "@effect/platform/Headers"
import type { Fault } from "../Fault.js"

/** A request that has arrived as a whole. */
export interface Incoming {
  readonly method: string
  /** Path and query, as they were sent. */
  readonly url: string
  readonly headers: Headers
  readonly body: Uint8Array
  /** Whether it came from this machine. */
  readonly local: boolean
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** An answer and what happens to it on its way: transports carry it out. */
export interface Delivery extends Pick<Fault, "delay" | "slowBody" | "disconnect"> {
  readonly answer: Answer
}

/** Statuses whose answers have no body, RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5. */
export const bodiless: ReadonlySet<number> = new Set([204, 205, 304])

export const pathOf = (url: string): string => url.replace(/[?#].*$/s, "")

export const queryOf = (url: string): string => /\?([^#]*)/.exec(url)?.[1] ?? ""
