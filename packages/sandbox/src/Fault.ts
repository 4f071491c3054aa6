/**
 * Faults on demand: what the sandbox does instead of answering as Certifier would, or to the answer on its way. A fault
 * is data, so that it can be written in code, on the command line, and as JSON for the control endpoint.
 *
 * @since 0.1.0
 */
import type { CertifierError } from "@effect-certifier/core"
import type * as Duration from "effect/Duration"
import { dual } from "effect/Function"
import * as Schema from "effect/Schema"
import * as ErrorEnvelope from "./ErrorEnvelope.js"
import * as Wait from "./internal/wait.js"

const optional = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { exact: true })

/** RFC 9110, sections 5.1 and 5.5: what Node's HTTP server would throw at is refused before it gets there. */
const Headers = Schema.Record({
  key: Schema.String.pipe(
    Schema.pattern(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/, { message: () => "is not the name of a header" })
  ),
  value: Schema.String.pipe(
    Schema.pattern(/^[\t\x20-\x7e\x80-\xff]{0,8192}$/, { message: () => "is not the value of a header" })
  )
}).annotations({
  arbitrary: () => (fc) =>
    fc.dictionary(fc.stringMatching(/^x-[a-z]{1,8}$/), fc.stringMatching(/^[a-z0-9]{0,8}$/), { maxKeys: 3 })
})

/**
 * The body of a fault's answer: a text (sent as UTF-8), bytes in base64 (for what is not UTF-8), or so many bytes of
 * JSON that never ends (at most 64 MiB).
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
 * How far an answer gets: `Start` is before its first byte, `Head` is after status and headers, `Body` is after half of
 * the body.
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
 * How an answer ends before its end.
 *
 * - `Reset`: the connection is reset (TCP RST).
 * - `Close`: the connection is closed as if the answer was complete (TCP FIN), `Content-Length` notwithstanding.
 * - `Stall`: nothing more comes, and the connection stays open until the caller gives up.
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
 * What happens to one request. Everything is optional and can be combined:
 *
 * - `status`, `headers`, `body`: answered in place of Certifier's answer, and the request is not carried out, unless
 *   `applied` says so. With a status of the error table and no body, the body is the table's.
 * - without a `status` the request is carried out; `headers` are added to its answer, and `body` takes the place of its body.
 * - `applied`: the request is carried out first, whatever is answered then.
 * - `delay`: waited between the request and the first byte of the answer.
 * - `slowBody`: the body comes in pieces of so many bytes, one each `every`.
 * - `disconnect`: how the answer ends before its end.
 *
 * @since 0.1.0
 * @category models
 */
export const Fault = Schema.Struct({
  status: optional(Schema.Int.pipe(Schema.between(200, 599))),
  headers: optional(Headers),
  body: optional(Body),
  applied: optional(Schema.Boolean),
  delay: optional(Wait.Wait),
  slowBody: optional(Schema.Struct({ bytes: Schema.Int.pipe(Schema.between(1, 1024 * 1024)), every: Wait.Wait })),
  disconnect: optional(Disconnect)
}).annotations({ parseOptions: { onExcessProperty: "error" } })

/**
 * @since 0.1.0
 * @category models
 */
export type Fault = typeof Fault.Type

const Percentage = Schema.Number.pipe(Schema.between(0, 1))

/**
 * A fault and the requests it is for.
 *
 * - `times`: how many requests; when absent, 1, or without end if there is a `probability`.
 * - `probability`: for each request, from 0 to 1, drawn from the sandbox's seeded `Random`.
 * - `method`, `path`: only requests with this method, and with a path that begins so.
 *
 * The first rule that fits a request is applied to it; the others wait.
 *
 * @since 0.1.0
 * @category models
 */
export const Rule = Schema.Struct({
  fault: Fault,
  times: optional(Schema.Int.pipe(Schema.between(1, 1_000_000))),
  probability: optional(Percentage),
  method: optional(Schema.String.pipe(Schema.pattern(/^[A-Z]{1,20}$/, { message: () => "is not a method" }))),
  path: optional(Schema.String.pipe(Schema.pattern(/^\/[\x21-\x7e]{0,1024}$/, { message: () => "is not a path" })))
}).annotations({ parseOptions: { onExcessProperty: "error" } })

/**
 * @since 0.1.0
 * @category models
 */
export type Rule = typeof Rule.Type

/**
 * Which requests a fault is for: `Rule` without its fault.
 *
 * @since 0.1.0
 * @category models
 */
export type Matcher = Omit<Rule, "fault">

/**
 * A fault out of plain values, where durations are written as everywhere in Effect. Throws a
 * `ParseError` for a value that can't be used: it is a mistake in the program.
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
  readonly applied?: boolean
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
 * Any row of the API's error table, with the words and the status of the service; `retryAfter` is the value of the
 * header, as it is sent.
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
 * The connection is reset. The request has been carried out: whoever asked can't know.
 *
 * @since 0.1.0
 * @category constructors
 */
export const reset = (at: Stage = "Start"): Fault => make({ disconnect: { how: "Reset", at } })

/**
 * The connection is closed too early. The request has been carried out.
 *
 * @since 0.1.0
 * @category constructors
 */
export const close = (at: Stage = "Body"): Fault => make({ disconnect: { how: "Close", at } })

/**
 * The answer stops, and the connection stays open. The request has been carried out.
 *
 * @since 0.1.0
 * @category constructors
 */
export const stall = (at: Stage = "Start"): Fault => make({ disconnect: { how: "Stall", at } })

/**
 * The body comes in small pieces: 16 bytes every 100 milliseconds, or as given.
 *
 * @since 0.1.0
 * @category constructors
 */
export const slowBody = (options?: {
  readonly bytes?: number | undefined
  readonly every?: Duration.DurationInput | undefined
}): Fault => make({ slowBody: { bytes: options?.bytes ?? 16, every: options?.every ?? "100 millis" } })

/**
 * Waits before the answer. The request has been carried out when the wait begins.
 *
 * @since 0.1.0
 * @category constructors
 */
export const delay = (duration: Duration.DurationInput): Fault => make({ delay: duration })

/**
 * Status 200 and a body that is almost JSON. The request has been carried out.
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
 * What a proxy in front of the service answers when it can't reach it: 502 and a page of HTML.
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
 * Status 200 and a body of 10 MB. The request has been carried out.
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
 * The same fault, after a wait.
 *
 * @since 0.1.0
 * @category combinators
 */
export const after: {
  (duration: Duration.DurationInput): (self: Fault) => Fault
  (self: Fault, duration: Duration.DurationInput): Fault
} = dual(2, (self: Fault, duration: Duration.DurationInput): Fault => make({ ...self, delay: duration }))

/**
 * The same fault, but the request is carried out before it: for what a 500 may leave behind.
 *
 * @since 0.1.0
 * @category combinators
 */
export const applied = (self: Fault): Fault => ({ ...self, applied: true })
