import type { Headers } from "@effect/platform/Headers"

/** A request whose body has arrived completely. */
export interface IncomingRequest {
  readonly method: string
  /** Path and query, unchanged. */
  readonly url: string
  readonly headers: Headers
  readonly body: Uint8Array
  /** The IP address of the sender. */
  readonly address: string
}

export interface OutgoingResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** Statuses whose responses have no body: RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5. */
export const bodiless: ReadonlySet<number> = new Set([204, 205, 304])

export const pathOf = (url: string): string => url.replace(/[?#].*$/s, "")

export const queryOf = (url: string): string => /\?([^#]*)/.exec(url)?.[1] ?? ""
