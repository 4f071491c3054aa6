import type * as HttpClientError from "@effect/platform/HttpClientError"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import { type Outcome, TransportError, type TransportReason } from "../../CertifierError.js"
import type { OperationFields } from "./response.js"

interface SystemError {
  readonly code: string
  readonly syscall: unknown
}

/**
 * The first error in a chain of causes that has a code. It is the only thing taken from a foreign error: their messages
 * and their other members may hold the request, and with it the token.
 */
const systemError = (error: unknown, depth = 0): SystemError | undefined => {
  if (depth > 8 || !Predicate.isObject(error)) return undefined
  if (
    Predicate.hasProperty(error, "code") &&
    Predicate.isString(error.code) &&
    /^[A-Z][A-Z0-9_]{1,63}$/.test(error.code)
  ) {
    return { code: error.code, syscall: Predicate.hasProperty(error, "syscall") ? error.syscall : undefined }
  }
  // Connecting to each address of a host in turn fails with one error that holds them all.
  const inner = [
    ...(Predicate.hasProperty(error, "errors") && Array.isArray(error.errors) ? error.errors.slice(0, 8) : []),
    ...(Predicate.hasProperty(error, "cause") ? [error.cause] : [])
  ]
  for (const candidate of inner) {
    const found = systemError(candidate, depth + 1)
    if (found !== undefined) return found
  }
  return undefined
}

/** What a code says, first match wins; a connection that was never made can't have carried the request. */
const reasons: ReadonlyArray<readonly [pattern: RegExp, reason: TransportReason, outcome: Outcome]> = [
  [/^(ENOTFOUND|EAI_[A-Z]+)$/, "Dns", "NotSent"],
  [/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT)$/, "Connect", "NotSent"],
  [/^(CERT_|ERR_TLS_CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA)/, "Tls", "NotSent"],
  [/^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|TLSV1_ALERT|SSLV3_ALERT|UNSUPPORTED)/, "Tls", "NotSent"],
  [/^(ERR_SSL_|ERR_TLS_|EPROTO$)/, "Tls", "MaybeApplied"],
  [
    /^(ECONNRESET|EPIPE|ECONNABORTED|ETIMEDOUT|UND_ERR_|HPE_|ERR_HTTP|ERR_STREAM|ABORT_ERR|Z_)/,
    "Disconnected",
    "MaybeApplied"
  ]
]

const judge = (error: HttpClientError.HttpClientError, system: SystemError | undefined): [TransportReason, Outcome] => {
  if (error._tag === "RequestError" && error.reason !== "Transport") return ["Encode", "NotSent"]
  if (system?.syscall === "connect") return ["Connect", "NotSent"]
  const known = system && reasons.find(([pattern]) => pattern.test(system.code))
  if (known !== undefined) return [known[1], known[2]]
  return [error._tag === "ResponseError" ? "Disconnected" : "Unknown", "MaybeApplied"]
}

/** A failure of the transport as plain data: its code, and nothing else of it. */
export const toTransportError = (
  call: {
    readonly operation: OperationFields
    readonly baseUrl: { readonly origin: string }
    /** What a failure that leaves it open says of a change. */
    readonly ambiguousOutcome: Outcome
  },
  error: HttpClientError.HttpClientError
): TransportError => {
  const system = systemError(error)
  const [reason, outcome] = judge(error, system)
  return new TransportError({
    ...call.operation,
    origin: Option.some(call.baseUrl.origin),
    reason,
    systemCode: Option.fromNullable(system?.code),
    status: error._tag === "ResponseError" ? Option.some(error.response.status) : Option.none(),
    outcome: outcome === "MaybeApplied" ? call.ambiguousOutcome : outcome
  })
}
