import type * as HttpClientError from "@effect/platform/HttpClientError"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import { type Outcome, TransportError, type TransportReason } from "../../CertifierError.js"
import type { OperationFields } from "./response.js"

interface SystemError {
  readonly code: string
  /** No connection was established. */
  readonly isConnect: boolean
}

/**
 * All errors with a code in a chain of causes, innermost alternatives first. Only codes are taken from a foreign error: its
 * message and other fields may contain the request, including the token.
 *
 * Connecting to several addresses of a host fails with one aggregate error, whose own code hides theirs. Two failures are
 * identified by a constant message: a port blocked by the fetch standard, and undici's error for a proxy that rejects a tunnel
 * and has not seen the request.
 */
const systemErrors = (error: unknown, depth = 0): ReadonlyArray<SystemError> => {
  if (depth > 8 || !Predicate.isRecord(error)) return []
  const { cause, code, errors, message, syscall } = error
  const all = Array.isArray(errors) ? errors.slice(0, 8) : []
  const alternatives = all.flatMap((each) => systemErrors(each, depth + 1))
  if (alternatives.length > 0) return alternatives
  if (message === "bad port") return [{ code: "BAD_PORT", isConnect: false }]
  if (Predicate.isString(code) && /^[A-Z][A-Z0-9_]{1,63}$/.test(code)) {
    const isTunnel = Predicate.isString(message) && message.startsWith("Proxy response")
    return [{ code, isConnect: syscall === "connect" || isTunnel }]
  }
  return systemErrors(cause, depth + 1)
}

/** Classifies codes; the first match wins. A connection that was never established cannot have carried the request. */
const reasons: ReadonlyArray<readonly [pattern: RegExp, reason: TransportReason, outcome: Outcome]> = [
  [/^(ENOTFOUND|EAI_[A-Z]+)$/, "Dns", "NotSent"],
  [/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT)$/, "Connect", "NotSent"],
  [/^(CERT_|ERR_TLS_CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA)/, "Certificate", "NotSent"],
  [/BAD_PORT/, "Encode", "NotSent"],
  [/^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|TLSV1_ALERT|SSLV3_ALERT|UNSUPPORTED)/, "Tls", "NotSent"],
  [/^(ERR_SSL_|ERR_TLS_|EPROTO$)/, "Tls", "MaybeApplied"],
  [
    /^(ECONNRESET|EPIPE|ECONNABORTED|ETIMEDOUT|UND_ERR_|HPE_|ERR_HTTP|ERR_STREAM|ABORT_ERR|Z_)/,
    "Disconnected",
    "MaybeApplied"
  ]
]

type Judgement = readonly [reason: TransportReason, outcome: Outcome, code: string | undefined]

const judge = (error: HttpClientError.HttpClientError): Judgement => {
  const found = systemErrors(error)
  const reason = error._tag === "ResponseError" ? "Disconnected" : "Unknown"
  if (error._tag === "RequestError" && error.reason !== "Transport") return ["Encode", "NotSent", found[0]?.code]
  const judgements = found.map(({ code, isConnect }): Judgement => {
    const [, known = reason, outcome = "MaybeApplied"] = reasons.find(([pattern]) => pattern.test(code)) ?? []
    return isConnect ? ["Connect", "NotSent", code] : [known, outcome, code]
  })
  // Among alternatives, one that may have carried the request takes precedence.
  const decisive = judgements.find(([, outcome]) => outcome === "MaybeApplied") ?? judgements[0]
  return decisive ?? [reason, "MaybeApplied", undefined]
}

/** A transport failure as plain data, of which only the code is kept. */
export const toTransportError = (
  call: {
    readonly operation: OperationFields
    readonly baseUrl: { readonly origin: string }
    /** The outcome of a failure that may have taken effect. */
    readonly ambiguousOutcome: Outcome
  },
  error: HttpClientError.HttpClientError
): TransportError => {
  const [reason, outcome, code] = judge(error)
  return new TransportError({
    ...call.operation,
    origin: Option.some(call.baseUrl.origin),
    reason,
    systemCode: Option.fromNullable(code),
    status: error._tag === "ResponseError" ? Option.some(error.response.status) : Option.none(),
    outcome: outcome === "MaybeApplied" ? call.ambiguousOutcome : outcome
  })
}
