/**
 * The requests that the sandbox received for the API, without the access token.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { isDeepStrictEqual } from "node:util"
import * as Text from "./internal/text.js"

/**
 * One request and the status of its response.
 *
 * The access token is not stored, only its `fingerprint` to distinguish callers: the first 8 hexadecimal digits of its
 * SHA-256 (`printf %s "$CERTIFIER_ACCESS_TOKEN" | sha256sum | head -c 8`).
 *
 * Credentials are masked where credentials stand, by their fingerprint in angle brackets: the values of `authorization`,
 * `proxy-authorization`, `cookie` and `x-api-key`; those of query parameters that are credentials by their name, such as
 * `access_token`, `api_key` or `password`; and the user name and password of a URL. Everything else, including the body,
 * is recorded and compared as it was sent, with one exception: an access token of 16 characters or more is masked
 * wherever it stands as a whole. A shorter one can be part of innocent text, so it is not looked for.
 *
 * @since 0.1.0
 * @category models
 */
export class RecordedRequest extends Schema.Class<RecordedRequest>("@effect-certifier/sandbox/RecordedRequest")({
  /** 1 for the first request, and so on. */
  number: Schema.Int,
  /** When the request had arrived completely, by the sandbox's `Clock`. */
  at: Schema.DateTimeUtc,
  method: Schema.String,
  /** Without the query; at most 8192 characters. */
  path: Schema.String,
  /** Without its `?`; empty when there is none. At most 8192 characters. */
  query: Schema.String,
  /** Names in lower case. At most 8192 characters of each value. */
  headers: Schema.Record({ key: Schema.String, value: Schema.String }),
  /**
   * The whole body as text. If all recorded bodies together would exceed 8 388 608 characters, it is cut, but never to fewer
   * than 16 384.
   */
  body: Schema.String,
  /** Of the access token, if there was one. */
  fingerprint: Schema.optionalWith(Schema.String, { as: "Option", exact: true }),
  /** The status of the response; none if a fault ended the connection before it. */
  status: Schema.optionalWith(Schema.Int, { as: "Option", exact: true }),
  /** The error of the response, such as `not_found: …`; none if the request was accepted. */
  problem: Schema.optionalWith(Schema.String, { as: "Option", exact: true }),
  /** Whether a fault was applied. */
  faulted: Schema.Boolean
}) {
  /** The body parsed as JSON; none if it is not JSON. */
  get json(): Option.Option<unknown> {
    return Option.liftThrowable((text: string): unknown => JSON.parse(text))(this.body)
  }
}

/**
 * What a request is compared with. Only the given fields are compared: `json` and `query` as a whole, `headers` name by
 * name.
 *
 * @since 0.1.0
 * @category models
 */
export interface Pattern {
  readonly method?: string
  readonly path?: string
  /** The parameters of the query, decoded. */
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly fingerprint?: string
  readonly status?: number
  readonly faulted?: boolean
}

/** The fields of a request that the pattern names, as a pattern. */
const project = (request: RecordedRequest, pattern: Pattern): Pattern => {
  const all: Required<Pattern> = {
    method: request.method,
    path: request.path,
    query: Object.fromEntries(new URLSearchParams(request.query)),
    headers: Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => Object.hasOwn(pattern.headers ?? {}, name))
    ),
    json: Option.getOrUndefined(request.json),
    fingerprint: Option.getOrElse(request.fingerprint, () => ""),
    status: Option.getOrElse(request.status, () => 0),
    faulted: request.faulted
  }
  return Object.fromEntries(Object.entries(all).filter(([name]) => Object.hasOwn(pattern, name)))
}

/**
 * Whether a request matches a pattern.
 *
 * @example
 * ```ts
 * import { RecordedRequest, Sandbox } from "@effect-certifier/sandbox"
 * import { Effect } from "effect"
 *
 * const updates = Effect.map(Sandbox.requests, (requests) =>
 *   requests.filter(RecordedRequest.matches({ method: "PATCH", status: 200 }))
 * )
 * ```
 *
 * @since 0.1.0
 * @category guards
 */
export const matches: {
  (pattern: Pattern): (self: RecordedRequest) => boolean
  (self: RecordedRequest, pattern: Pattern): boolean
} = dual(2, (self: RecordedRequest, pattern: Pattern): boolean =>
  isDeepStrictEqual(project(self, pattern), { ...pattern })
)

/**
 * The requests differ from the expected ones. The message lists both.
 *
 * @since 0.1.0
 * @category errors
 */
export class UnexpectedRequests extends Schema.TaggedError<UnexpectedRequests>(
  "@effect-certifier/sandbox/UnexpectedRequests"
)("SandboxUnexpectedRequests", { expected: Schema.Array(Schema.String), actual: Schema.Array(Schema.String) }) {
  override get message(): string {
    const list = (lines: ReadonlyArray<string> = []) =>
      lines.length === 0 ? "  none" : lines.map((line) => `  ${line}`).join("\n")
    return `Expected requests:\n${list(this.expected)}\nActual requests:\n${list(this.actual)}`
  }
}

const summary = ({ body, json, method, path, query, status }: RecordedRequest): unknown => ({
  method,
  path,
  ...(query === "" ? {} : { query }),
  ...(body === "" ? {} : { json: Option.getOrElse(json, () => body) }),
  ...Option.match(status, { onNone: () => ({}), onSome: (status) => ({ status }) })
})

/** JSON of at most 16 384 characters; a body can be much longer. */
const excerpt = (value: unknown): string => {
  const json = Text.printableJson(value)
  return json.length > 16_384 ? `${Text.copy(json.slice(0, 16_384))}…` : json
}

/**
 * Fails unless the requests match the patterns one by one, in order.
 *
 * @since 0.1.0
 * @category testing
 */
export const expect: {
  (patterns: ReadonlyArray<Pattern>): (self: ReadonlyArray<RecordedRequest>) => Effect.Effect<void, UnexpectedRequests>
  (self: ReadonlyArray<RecordedRequest>, patterns: ReadonlyArray<Pattern>): Effect.Effect<void, UnexpectedRequests>
} = dual(
  2,
  (self: ReadonlyArray<RecordedRequest>, patterns: ReadonlyArray<Pattern>): Effect.Effect<void, UnexpectedRequests> =>
    self.length === patterns.length && self.every((request, index) => matches(request, patterns[index] ?? {}))
      ? Effect.void
      : Effect.fail(
          new UnexpectedRequests({
            expected: patterns.map(excerpt),
            actual: self.map((request) => excerpt(summary(request)))
          })
        )
)

/**
 * A request as one line of a log: time, method, path, status, whether a fault was applied, and the token's fingerprint.
 *
 * @since 0.1.0
 * @category combinators
 */
export const line = (self: RecordedRequest): string =>
  // A path can hold control characters of a terminal.
  Text.printable(
    [
      DateTime.formatIso(self.at),
      self.method,
      self.query === "" ? self.path : `${self.path}?${self.query}`,
      Option.getOrElse(self.status, () => "no response"),
      ...(self.faulted ? ["fault"] : []),
      ...Option.match(self.fingerprint, { onNone: () => [], onSome: (fingerprint) => [`<${fingerprint}>`] })
    ].join(" ")
  )
