/**
 * Faults on demand: a fault replaces Certifier's response or changes how it is sent. A fault is data, so it can be written
 * in code, on the command line (see `FaultSyntax`), and as JSON for the control endpoint.
 *
 * @since 0.1.0
 */
import type { CertifierError } from "@effect-certifier/core"
import type * as Duration from "effect/Duration"
import { dual } from "effect/Function"
import * as Schema from "effect/Schema"
import * as ErrorEnvelope from "./ErrorEnvelope.js"
import * as FaultBody from "./internal/faultBody.js"
import * as Operations from "./internal/operationOf.js"
import * as Wait from "./internal/wait.js"

const optional = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { exact: true })

/**
 * RFC 9110, sections 5.1 and 5.5. Rejects what Node's HTTP server would throw on, `__proto__`, which an object can't hold
 * safely, and the headers of chunked bodies, because a body has a `content-length`.
 */
const Headers = Schema.Record({
  key: Schema.String.pipe(
    Schema.pattern(/^(?!(?:__proto__|trailer|transfer-encoding)$)[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/i, {
      message: () => "is not the name of a header that a fault can set"
    })
  ),
  value: Schema.String.pipe(
    Schema.pattern(/^[\t\x20-\x7e\x80-\xff]{0,8192}$/, { message: () => "is not the value of a header" })
  )
}).annotations({
  arbitrary: () => (fc) =>
    fc.dictionary(fc.stringMatching(/^x-[a-z]{1,8}$/), fc.stringMatching(/^[a-z0-9]{0,8}$/), { maxKeys: 3 })
})

/**
 * The body of a response: text (sent as UTF-8), bytes in base64 (for anything else), or a number of bytes of unterminated
 * JSON (at most 64 MiB).
 *
 * @since 0.1.0
 * @category models
 */
export const Body = Schema.Union(
  Schema.String,
  Schema.Struct({
    base64: Schema.String.pipe(
      Schema.pattern(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, {
        message: () => "is not base64",
        arbitrary: () => (fc) => fc.base64String({ maxLength: 64 })
      })
    )
  }),
  Schema.Struct({ bytes: Schema.Int.pipe(Schema.between(0, 64 * 1024 * 1024)) }).annotations({
    arbitrary: () => (fc) => fc.record({ bytes: fc.integer({ min: 0, max: 100_000 }) })
  })
)

/**
 * @since 0.1.0
 * @category models
 */
export type Body = typeof Body.Type

/**
 * The stage of a response at which the fault occurs: `Start` is before the first byte, `Head` is after status and headers,
 * `Body` is after half of the body.
 *
 * @since 0.1.0
 * @category models
 */
export const Stage = Schema.Literal("Start", "Head", "Body")

/**
 * @since 0.1.0
 * @category models
 */
export type Stage = typeof Stage.Type

/**
 * How a response ends early.
 *
 * - `Reset`: the connection is reset (TCP RST).
 * - `Close`: the connection is closed (TCP FIN) before all of `Content-Length` is sent.
 * - `Stall`: nothing more is sent, and the connection stays open until the caller gives up.
 *
 * @since 0.1.0
 * @category models
 */
export const Disconnect = Schema.Struct({ how: Schema.Literal("Reset", "Close", "Stall"), at: Stage })

/**
 * @since 0.1.0
 * @category models
 */
export type Disconnect = typeof Disconnect.Type

/**
 * The steps of issuing; `POST /v1/credentials/create-issue-send` takes all of them in one request.
 *
 * @since 0.1.0
 * @category models
 */
export const Step = Schema.Literal("Created", "Issued", "Sent")

/**
 * @since 0.1.0
 * @category models
 */
export type Step = typeof Step.Type

/**
 * What happens to one request. All fields are optional and can be combined:
 *
 * - `status`, `headers`, `body`: sent instead of Certifier's response. The request is not processed unless `applied` is
 *   true. The body of a status of the error table defaults to the table's.
 * - Without a `status` the request is processed; `headers` are added to its response, and `body` replaces its body.
 * - `headers` can't contradict the body: `transfer-encoding` and `trailer` are invalid, and so is a `content-length` that is
 *   not the length of the fault's own body. To send less than that length, use `disconnect`.
 * - `applied`: the request is processed before the response is replaced. A `Step` is the last step of issuing that is
 *   executed: `Created` leaves a draft behind, `Issued` a credential that is not mailed, and `Sent` is all of it.
 * - `delay`: the time between the request and the first byte of the response.
 * - `slowBody`: the body is sent in chunks of `bytes` bytes, one per `every`.
 * - `disconnect`: how and when the response ends early.
 *
 * @since 0.1.0
 * @category models
 */
export const Fault = Schema.Struct({
  status: optional(Schema.Int.pipe(Schema.between(200, 599))),
  headers: optional(Headers),
  body: optional(Body),
  applied: optional(Schema.Union(Schema.Boolean, Step)),
  delay: optional(Wait.Wait),
  slowBody: optional(Schema.Struct({ bytes: Schema.Int.pipe(Schema.between(1, 1024 * 1024)), every: Wait.Wait })),
  disconnect: optional(Disconnect)
})
  .annotations({ parseOptions: { onExcessProperty: "error" } })
  .pipe(
    Schema.filter((fault) =>
      Object.entries(fault.headers ?? {}).flatMap(([name, value]) =>
        name.toLowerCase() !== "content-length" || value === String(FaultBody.length(fault))
          ? []
          : [{ path: ["headers", name], message: "is not the length of the fault's body" }]
      )
    )
  )

/**
 * @since 0.1.0
 * @category models
 */
export type Fault = typeof Fault.Type

const Percentage = Schema.Number.pipe(Schema.between(0, 1))

/**
 * A fault and the requests that it applies to.
 *
 * - `times`: the number of requests. Default: 1, or unlimited with a `probability`.
 * - `probability`: per request, from 0 to 1, drawn from the sandbox's seeded `Random`.
 * - `method`: only requests with this method. `path`: only requests whose path starts with it. `operation`: only requests of
 *   this operation, such as `sendCredential`; the names are those of `CertifierApi.operations`.
 *
 * The first matching rule is applied to a request; the others stay pending.
 *
 * @since 0.1.0
 * @category models
 */
export const Rule = Schema.Struct({
  fault: Fault,
  times: optional(Schema.Int.pipe(Schema.between(1, 1_000_000))),
  probability: optional(Percentage),
  method: optional(Schema.String.pipe(Schema.pattern(/^[A-Z]{1,20}$/, { message: () => "is not a method" }))),
  path: optional(Schema.String.pipe(Schema.pattern(/^\/[\x21-\x7e]{0,1024}$/, { message: () => "is not a path" }))),
  operation: optional(
    Schema.String.pipe(
      Schema.filter(Operations.isName, {
        description: "the name of an operation",
        message: () => "is not the name of an operation",
        arbitrary: () => (fc) => fc.constantFrom("updateGroup", "sendCredential", "createIssueSendCredential")
      })
    )
  )
}).annotations({ parseOptions: { onExcessProperty: "error" } })

/**
 * @since 0.1.0
 * @category models
 */
export type Rule = typeof Rule.Type

/**
 * Which requests a fault applies to: a `Rule` without its fault.
 *
 * @since 0.1.0
 * @category models
 */
export type Matcher = Omit<Rule, "fault">

/**
 * Creates a fault, with durations as `DurationInput`. Throws a `ParseError` for an invalid value, which is a bug in the
 * program.
 *
 * @example
 * ```ts
 * import { Fault } from "@effect-certifier/sandbox"
 *
 * const slow = Fault.make({ delay: "2 seconds" })
 * const maintenance = Fault.make({ status: 503, headers: { "retry-after": "120" }, body: "" })
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Body
  readonly applied?: boolean | Step
  readonly delay?: Duration.DurationInput
  readonly slowBody?: { readonly bytes: number; readonly every: Duration.DurationInput }
  readonly disconnect?: Disconnect
}): Fault => {
  const { delay, slowBody, ...others } = options
  return Schema.validateSync(Fault)({
    ...others,
    ...(delay === undefined ? {} : { delay: Wait.fromInput(delay) }),
    ...(slowBody === undefined ? {} : { slowBody: { bytes: slowBody.bytes, every: Wait.fromInput(slowBody.every) } })
  })
}

/**
 * An error of the API's error table, with its status and message; `retryAfter` is the literal value of the header.
 *
 * @since 0.1.0
 * @category constructors
 */
export const error = (
  code: CertifierError.Code,
  options?: { readonly message?: string | undefined; readonly retryAfter?: string | undefined }
): Fault =>
  make({
    status: ErrorEnvelope.statusOf(code),
    body: JSON.stringify(ErrorEnvelope.make(code, options?.message)),
    ...(options?.retryAfter === undefined ? {} : { headers: { "retry-after": options.retryAfter } })
  })

/**
 * Resets the connection. The request is processed, but the caller does not receive the response.
 *
 * @since 0.1.0
 * @category constructors
 */
export const reset = (at: Stage = "Start"): Fault => make({ disconnect: { how: "Reset", at } })

/**
 * Closes the connection too early. The request is processed.
 *
 * @since 0.1.0
 * @category constructors
 */
export const close = (at: Stage = "Body"): Fault => make({ disconnect: { how: "Close", at } })

/**
 * Stops the response and leaves the connection open. The request is processed.
 *
 * @since 0.1.0
 * @category constructors
 */
export const stall = (at: Stage = "Start"): Fault => make({ disconnect: { how: "Stall", at } })

/**
 * Sends the body in small chunks, by default 16 bytes every 100 milliseconds. The request is processed.
 *
 * @since 0.1.0
 * @category constructors
 */
export const slowBody = (options?: {
  readonly bytes?: number | undefined
  readonly every?: Duration.DurationInput | undefined
}): Fault => make({ slowBody: { bytes: options?.bytes ?? 16, every: options?.every ?? "100 millis" } })

/**
 * Delays the response. The request is processed before the delay.
 *
 * @since 0.1.0
 * @category constructors
 */
export const delay = (duration: Duration.DurationInput): Fault => make({ delay: duration })

/**
 * Status 200 and truncated JSON. The request is processed.
 *
 * @since 0.1.0
 * @category constructors
 */
export const malformedJson: Fault = make({
  status: 200,
  headers: { "content-type": "application/json" },
  body: '{"id":"01g90279gp5sbmfek7wymcsvec","name":',
  applied: true
})

/**
 * The response of a proxy that can't reach the service: 502 and an HTML page.
 *
 * @since 0.1.0
 * @category constructors
 */
export const htmlBadGateway: Fault = make({
  status: 502,
  headers: { "content-type": "text/html" },
  body: "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
})

/**
 * Status 200 and a body of 10 MB. The request is processed.
 *
 * @since 0.1.0
 * @category constructors
 */
export const largeBody: Fault = make({ status: 200, body: { bytes: 10_000_000 }, applied: true })

/**
 * A redirect, which a client that holds a token should not follow.
 *
 * @since 0.1.0
 * @category constructors
 */
export const redirect = (location: string, status: 301 | 302 | 303 | 307 | 308 = 307): Fault =>
  make({ status, headers: { location }, body: "" })

/**
 * The same fault, after a delay.
 *
 * @since 0.1.0
 * @category combinators
 */
export const after: {
  (duration: Duration.DurationInput): (self: Fault) => Fault
  (self: Fault, duration: Duration.DurationInput): Fault
} = dual(2, (self: Fault, duration: Duration.DurationInput): Fault => make({ ...self, delay: duration }))

/**
 * The same fault, but the request is processed first, as may happen before a 500.
 *
 * @since 0.1.0
 * @category combinators
 */
export const applied = (self: Fault): Fault => ({ ...self, applied: true })

/**
 * The same fault, but the steps of issuing are executed first, up to this one, as when a service fails in the middle of
 * `Credentials.createIssueSend`.
 *
 * @example
 * ```ts
 * import { Fault, Sandbox } from "@effect-certifier/sandbox"
 *
 * // The credential is issued, but not mailed, and the caller sees a 500.
 * const halfway = Sandbox.inject(Fault.appliedUntil(Fault.error("internal_server_error"), "Issued"), {
 *   operation: "createIssueSendCredential"
 * })
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const appliedUntil: {
  (step: Step): (self: Fault) => Fault
  (self: Fault, step: Step): Fault
} = dual(2, (self: Fault, step: Step): Fault => ({ ...self, applied: step }))
