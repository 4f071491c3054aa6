import * as ErrorEnvelope from "../ErrorEnvelope.js"
import type { Body } from "../Fault.js"
import * as Http from "./http.js"
import { bodiless, type OutgoingResponse } from "./message.js"

const encoder = new TextEncoder()

export const bytesOf = (body: Body): Uint8Array => {
  if (typeof body === "string") return encoder.encode(body)
  if ("base64" in body) return new Uint8Array(Buffer.from(body.base64, "base64"))
  // An unterminated string.
  const opening = encoder.encode('{"id":"').subarray(0, body.bytes)
  const bytes = new Uint8Array(body.bytes).fill("x".charCodeAt(0))
  bytes.set(opening)
  return bytes
}

const lengthOf = (body: Body): number => {
  if (typeof body === "string") return Buffer.byteLength(body)
  return "base64" in body ? Buffer.byteLength(body.base64, "base64") : body.bytes
}

/** The response for a status: the row of the error table with that status, or an empty body. */
export const ofStatus = (status: number): OutgoingResponse => {
  const code = ErrorEnvelope.codes.find((code) => ErrorEnvelope.statusOf(code) === status)
  return code === undefined
    ? { status, headers: { "content-type": "application/json" }, body: new Uint8Array() }
    : Http.errorResponse(code)
}

/** The length of a fault's body in bytes; undefined if the fault does not replace Certifier's body. */
export const length = ({ body, status }: { readonly body?: Body; readonly status?: number }): number | undefined => {
  if (status !== undefined && bodiless.has(status)) return 0
  if (body !== undefined) return lengthOf(body)
  return status === undefined ? undefined : ofStatus(status).body.length
}
