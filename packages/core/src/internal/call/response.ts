import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as CertifierError from "../../CertifierError.js"
import * as RetryAfter from "./retryAfter.js"

type Redact = (text: string) => string

const limits = { code: 64, apiMessage: 1024, requestId: 128, location: 256, excerpt: 512, header: 256 }

/** Characters that control a terminal, or break a line of a log. */
const controls = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu

/**
 * The beginning of a text from the response. Redacted before it is truncated, so that no part of a token remains. Copied,
 * because a substring keeps the whole string in memory in V8.
 */
const bounded = (text: string, redact: Redact, limit: number): string => {
  const clean = redact(text)
  const cut = clean.length <= limit ? clean : `${clean.slice(0, limit - 1)}…`.toWellFormed()
  return new TextDecoder().decode(new TextEncoder().encode(cut.replace(controls, " ")))
}

/** The parsed body, or the reason why it is invalid. */
export const parseJson = (text: string): Either.Either<unknown, readonly [CertifierError.Issue]> =>
  Either.try({
    try: (): unknown => JSON.parse(text),
    // Only the position is taken from the engine's message, because the message quotes the body.
    catch: (cause) => {
      const at = /position (\d+)/.exec(String(cause))?.[1]
      const problem =
        text === "" ? "is empty" : `is not JSON${at === undefined ? "" : ` (at character ${at} of ${text.length})`}`
      return [new CertifierError.Issue({ field: "", problem, expected: "a JSON object" })]
    }
  })

/**
 * The content of a response that is documented as empty. Other content is tolerated if it is JSON and not an error; the page of
 * a proxy means that the request did not reach the API.
 */
export const parseNothing = (text: string): Either.Either<undefined, readonly [CertifierError.Issue]> =>
  Either.flatMap(text.trim() === "" ? Either.right(undefined) : parseJson(text), (body) =>
    Predicate.hasProperty(body, "error")
      ? Either.left([
          new CertifierError.Issue({ field: "error", problem: "is present", expected: "no content" })
        ] as const)
      : Either.right(undefined)
  )

const requestIdHeaders = ["x-request-id", "request-id", "x-correlation-id", "x-amzn-requestid", "cf-ray"]

const requestIdOf = (
  headers: HttpClientResponse.HttpClientResponse["headers"],
  redact: Redact
): Option.Option<string> =>
  Option.map(
    Option.fromNullable(requestIdHeaders.map((name) => headers[name]).find((id) => id !== undefined && id !== "")),
    (id) => bounded(id, redact, limits.requestId)
  )

/** The fields of every error that describe the operation. */
export interface OperationFields {
  readonly operation: string
  readonly idempotent: boolean
}

interface Call {
  readonly operation: OperationFields
  readonly redact: Redact
  /** The outcome of a failure that may have taken effect. */
  readonly ambiguousOutcome: CertifierError.Outcome
}

/** The error of a success with an invalid body. */
export const unusable = (
  call: Call,
  { headers, status }: HttpClientResponse.HttpClientResponse,
  text: string,
  issues: CertifierError.ResponseDecodeError["issues"]
): CertifierError.ResponseDecodeError =>
  new CertifierError.ResponseDecodeError({
    ...call.operation,
    status,
    requestId: requestIdOf(headers, call.redact),
    issues,
    excerpt: bounded(text, call.redact, limits.excerpt),
    outcome: call.ambiguousOutcome
  })

interface Envelope {
  readonly code: Option.Option<string>
  readonly apiMessage: Option.Option<string>
  readonly details: { readonly [name: string]: unknown }
}

/** `{ "error": { "code", "message", … } }`, or the parts of it that are present. */
const envelopeOf = (text: string, redact: Redact): Envelope => {
  const body = Either.getOrUndefined(parseJson(text))
  const error = Predicate.hasProperty(body, "error") && Predicate.isRecord(body.error) ? body.error : {}
  const { code, message, ...others } = error
  const textual = (value: unknown, limit: number) =>
    Option.map(Option.liftPredicate(Predicate.isString)(value), (found) => bounded(found, redact, limit))
  return {
    code: Option.filter(textual(code, limits.code), (found) => found !== ""),
    apiMessage: textual(message, limits.apiMessage),
    // Serialized and parsed again, so that the token is redacted at any depth. Dropped if it is nested too deeply for the
    // stack.
    details: Either.getOrElse(
      Either.try((): { readonly [name: string]: unknown } =>
        // A field with this name would become the prototype of copies.
        JSON.parse(redact(JSON.stringify(others)), (key, value) => (key === "__proto__" ? undefined : value))
      ),
      () => ({})
    )
  }
}

const isCode = (code: string): code is CertifierError.Code => Object.hasOwn(CertifierError.table, code)

const codes = Object.keys(CertifierError.table).filter(isCode)

/** The code of a status, if the body has none; 400 is ambiguous, because several codes share it. */
const codeOfStatus = (status: number): Option.Option<CertifierError.Code> => {
  const [code, ...others] = codes.filter((candidate) => CertifierError.table[candidate].status === status)
  return code !== undefined && others.length === 0 ? Option.some(code) : Option.none()
}

/** `Location` without query and fragment, which may contain secrets. */
const locationOf = (headers: HttpClientResponse.HttpClientResponse["headers"], redact: Redact) =>
  Option.map(Option.fromNullable(headers["location"]), (location) =>
    bounded(location.replace(/[?#].*$/s, ""), redact, limits.location)
  )

/** The typed error of an unsuccessful response: by the code in its body, then by its status. */
export const toError = (
  { ambiguousOutcome, operation, redact }: Call,
  { headers, status }: HttpClientResponse.HttpClientResponse,
  bytes: Uint8Array
): Effect.Effect<CertifierError.ApiError | CertifierError.UnknownApiError> =>
  Effect.map(Clock.currentTimeMillis, (now) => {
    const text = new TextDecoder().decode(bytes)
    const { code, ...envelope } = envelopeOf(text, redact)
    const excerpt = bounded(text, redact, limits.excerpt)
    const fields = {
      ...operation,
      status,
      ...envelope,
      requestId: requestIdOf(headers, redact),
      retryAfter: RetryAfter.parse(headers["retry-after"], RetryAfter.sentAt(headers["date"], now)),
      rateLimitHeaders: Object.fromEntries(
        Object.entries(headers)
          // Dates in these headers are relative to the `Date` of the response.
          .filter(([name]) => /^((x-)?ratelimit|date$)/.test(name))
          .slice(0, 16)
          .map(([name, value]) => [name.slice(0, 64), bounded(value, redact, limits.header)])
      ),
      // Browsers report a redirect that they do not follow as status 0.
      outcome: status === 0 || (status >= 300 && status < 500) ? "NotApplied" : ambiguousOutcome
    }
    return Option.match(
      Option.orElse(Option.filter(code, isCode), () => codeOfStatus(status)),
      {
        onSome: (known) =>
          new CertifierError.table[known]({
            ...fields,
            code: Option.getOrElse(code, () => known),
            excerpt: Option.isNone(code) ? excerpt : ""
          }),
        onNone: () =>
          new CertifierError.UnknownApiError({
            ...fields,
            code,
            location: locationOf(headers, redact),
            excerpt
          })
      }
    )
  })
