/**
 * Webhooks: events, their verification over the raw bytes of the request, and an endpoint that receives them.
 *
 * Certifier delivers an event until it receives a 2xx: up to 7 times in about 3.5 days, in any order, and sometimes again after
 * it was handled. The signature does not cover a timestamp, so an old request stays valid; `handler` detects repeated events by
 * id.
 *
 * @since 0.1.0
 */
import * as HttpApp from "@effect/platform/HttpApp"
import type * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as Array from "effect/Array"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { Issue } from "./CertifierError.js"
import { Credential } from "./Credential.js"
import { Interaction } from "./Interaction.js"
import { parseJson } from "./internal/call/response.js"
import { define } from "./internal/define.js"
import * as Fields from "./internal/schema/fields.js"
import * as Issues from "./internal/schema/issues.js"
import * as Endpoint from "./internal/webhook/endpoint.js"
import * as MemoryStore from "./internal/webhook/memoryStore.js"
import * as Once from "./internal/webhook/once.js"
import * as Signature from "./internal/webhook/signature.js"
import * as Checks from "./Options.js"

/**
 * The id of an event, the same in every delivery. Opaque; 1 to 128 characters.
 *
 * @since 0.1.0
 * @category models
 */
export const EventId = /* #__PURE__ */ define(() =>
  Schema.String.pipe(
    Schema.filter((id) => id !== "" && id.length <= 128 && id.isWellFormed(), {
      description: "1 to 128 characters",
      message: () => "is not a valid event id",
      arbitrary: () => (fc) => fc.stringMatching(/^[0-9a-z]{26}$/)
    }),
    Schema.brand("WebhookEventId")
  )
)

/**
 * @since 0.1.0
 * @category models
 */
export type EventId = typeof EventId.Type

/**
 * The known event types. The first four are documented; the others were observed on the live service for interactions with a
 * credential, or inferred from those observed.
 *
 * @since 0.1.0
 * @category models
 */
export const knownEventTypes = [
  "credential.created",
  "credential.updated",
  "credential.deleted",
  "credential.issued",
  "credential.viewed",
  "credential.downloaded",
  "credential.shared"
] as const

/**
 * The type of an event: a known type, or any other string sent by Certifier.
 *
 * @since 0.1.0
 * @category models
 */
export const EventType = /* #__PURE__ */ Fields.open(knownEventTypes)

/**
 * @since 0.1.0
 * @category models
 */
export type EventType = typeof EventType.Type

/** A parsed JSON object. Not a `Schema.Record`, which would copy it: a field `__proto__` would become the copy's prototype. */
const JsonObject = /* #__PURE__ */ Schema.declare(
  (input): input is { readonly [name: string]: unknown } => Predicate.isRecord(input),
  { description: "a JSON object" }
)

/** An event can be handled without its optional data, because `data.resource` identifies the object to read. */
const companion = <A, I>(schema: Schema.Schema<A, I>) =>
  Schema.optionalToRequired(Schema.Unknown, Schema.OptionFromSelf(Schema.typeSchema(schema)), {
    decode: Option.flatMap(Schema.decodeUnknownOption(schema)),
    encode: Option.map(Schema.encodeSync(schema))
  })

const members = /* #__PURE__ */ define(() =>
  Schema.Struct({
    id: EventId,
    type: EventType,
    createdAt: Fields.Timestamp,
    data: Schema.Struct({
      /** The changed object; `type` is `credential` in all known events. */
      resource: Schema.Struct({ id: Schema.String, type: Schema.String }).annotations({
        description: "an object with id and type"
      }),
      /** The credential at the time of the event. `Option.none` if it is absent or incomplete; in the latter case see `raw`. */
      credential: companion(Credential),
      /** The interaction with the credential. `Option.none` if it is absent or incomplete; in the latter case see `raw`. */
      credentialInteraction: companion(Interaction)
    }).annotations({ description: "an object with the resource" })
  })
)

/**
 * An event. Events of unknown types are decoded like the others. `raw` is the original JSON object, which encoding returns.
 *
 * Events can arrive more than once and in any order: read the credential for its current state.
 *
 * @example
 * ```ts
 * import { Webhook } from "@effect-certifier/core"
 * import { Option, Schema } from "effect"
 *
 * const event = Schema.decodeUnknownSync(Webhook.Event)({
 *   id: "01k0evt00000000000000000e1",
 *   type: "credential.issued",
 *   createdAt: "2026-01-15T09:30:00.000Z",
 *   data: { resource: { id: "01k0crd00000000000000000c1", type: "credential" } }
 * })
 * console.log(Option.isNone(event.data.credential)) // true
 * ```
 *
 * @since 0.1.0
 * @category models
 */
export const Event: Schema.Schema<Event, { readonly [name: string]: unknown }> = /* #__PURE__ */ define(() => {
  const decode = ParseResult.decodeUnknown(members)
  return Schema.transformOrFail(
    JsonObject,
    Schema.extend(Schema.typeSchema(members), Schema.Struct({ raw: JsonObject })),
    {
      strict: true,
      decode: (raw, options) => ParseResult.map(decode(raw, options), (event) => ({ ...event, raw })),
      encode: ({ raw }) => ParseResult.succeed(raw)
    }
  ).annotations({ identifier: "WebhookEvent", description: "an event" })
})

/**
 * @since 0.1.0
 * @category models
 */
export interface Event extends Schema.Schema.Type<typeof members> {
  /** The original JSON object, including fields that this version does not know or could not decode. */
  readonly raw: { readonly [name: string]: unknown }
}

/**
 * The name of the header with the signature: the HMAC-SHA256 of the body with the webhook's secret, as 64 hexadecimal digits.
 *
 * @since 0.1.0
 * @category models
 */
export const signatureHeader = "x-webhook-signature"

const signatureProblems = {
  Missing: "is missing or empty",
  Malformed: "is not 64 hexadecimal digits",
  Mismatch:
    "does not belong to this body and secret. Is the secret the webhook's, and the body what was received, unparsed?"
}

/**
 * The signature of a request is invalid, so no part of the request can be trusted.
 *
 * - `Missing`: the signature is absent or empty.
 * - `Malformed`: the signature is not 64 hexadecimal digits.
 * - `Mismatch`: the signature belongs to another body or another secret.
 *
 * @since 0.1.0
 * @category errors
 */
export class InvalidSignature extends Schema.TaggedError<InvalidSignature>(
  "@effect-certifier/core/Webhook/InvalidSignature"
)("CertifierInvalidSignature", { reason: Schema.Literal("Missing", "Malformed", "Mismatch") }) {
  override get message(): string {
    return `The signature ${signatureProblems[this.reason]}`
  }
}

/**
 * The request is verified, but its body is not an event: not UTF-8, not JSON, or without a required field. `issues` names each
 * problem and its location, and never contains a value.
 *
 * @since 0.1.0
 * @category errors
 */
export class InvalidEvent extends Schema.TaggedError<InvalidEvent>("@effect-certifier/core/Webhook/InvalidEvent")(
  "CertifierInvalidEvent",
  { issues: Schema.NonEmptyArray(Issue) }
) {
  override get message(): string {
    return `The body is not an event: ${this.issues.join("; ")}`
  }
}

/**
 * The errors of `verify`.
 *
 * @since 0.1.0
 * @category errors
 */
export type WebhookError = InvalidSignature | InvalidEvent

/**
 * The secret of a webhook, from the Certifier dashboard. Several secrets are accepted to rotate a secret, or to share an
 * endpoint between webhooks: the signature may be of any of them. At least one; none of them empty.
 *
 * @since 0.1.0
 * @category models
 */
export type Secret = Redacted.Redacted | ReadonlyArray<Redacted.Redacted>

const checkedSecrets = (constructor: string, secret: Secret): ReadonlyArray<Redacted.Redacted> => {
  const secrets = Array.ensure(secret)
  return secrets.length > 0 && secrets.every((each) => Redacted.value(each) !== "")
    ? secrets
    : Checks.getOrThrow(constructor, Checks.invalid("secret", "at least one secret, and none that is empty"))
}

const parseSignature = (
  signature: string | null | undefined
): Either.Either<Uint8Array<ArrayBuffer>, InvalidSignature> =>
  signature === null || signature === undefined || signature === ""
    ? Either.left(new InvalidSignature({ reason: "Missing" }))
    : Either.fromOption(Signature.parse(signature), () => new InvalidSignature({ reason: "Malformed" }))

const parseText = (bytes: Uint8Array): Either.Either<string, readonly [Issue]> =>
  Either.try({
    try: () => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
    catch: () => [new Issue({ field: "", problem: "is not UTF-8", expected: "a JSON object" })]
  })

const parseEvent = /* #__PURE__ */ define(() => {
  const decode = Issues.decoder(Event)
  return (bytes: Uint8Array): Either.Either<Event, InvalidEvent> =>
    parseText(bytes).pipe(
      Either.flatMap(parseJson),
      Either.flatMap(decode),
      Either.mapLeft((issues) => new InvalidEvent({ issues }))
    )
})

/**
 * Verifies the signature of a request over its raw bytes, then decodes the event. Pass the body exactly as received: parsed and
 * reserialized JSON has different bytes. A string is encoded as UTF-8.
 *
 * All secrets are tried, and signatures are compared in constant time. Upper-case hexadecimal digits are accepted, because the
 * decoded bytes are compared. A missing or empty secret is a defect of the program: the effect dies with an
 * `IllegalArgumentException`.
 *
 * @example
 * ```ts
 * import { Webhook } from "@effect-certifier/core"
 * import { Config, Effect } from "effect"
 *
 * const receive = (request: Request) =>
 *   Effect.gen(function* () {
 *     const secret = yield* Config.redacted("CERTIFIER_WEBHOOK_SECRET")
 *     const body = new Uint8Array(yield* Effect.promise(() => request.arrayBuffer()))
 *     const signature = request.headers.get(Webhook.signatureHeader)
 *     const event = yield* Webhook.verify({ secret, signature, body })
 *     yield* Effect.log(event.type)
 *   })
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const verify = /* #__PURE__ */ Effect.fn("Webhook.verify")(function* ({
  body,
  secret,
  signature
}: {
  readonly secret: Secret
  /** The value of the header `X-Webhook-Signature`. */
  readonly signature: string | null | undefined
  readonly body: Uint8Array | string
}): Effect.fn.Return<Event, WebhookError> {
  const secrets = checkedSecrets("Webhook.verify", secret)
  const expected = yield* parseSignature(signature)
  // A copy, so that the decoded bytes are the verified ones, even if the caller changes the buffer meanwhile.
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : new Uint8Array(body)
  if (!(yield* Signature.isSigned(secrets, expected, bytes))) {
    return yield* new InvalidSignature({ reason: "Mismatch" })
  }
  return yield* parseEvent(bytes)
})

/**
 * Signs a body like Certifier, to test an endpoint: the HMAC-SHA256 of its bytes, as 64 lower-case hexadecimal digits. A string
 * is encoded as UTF-8. An empty secret is an `IllegalArgumentException`.
 *
 * @example
 * ```ts
 * import { Webhook } from "@effect-certifier/core"
 * import { Effect, Redacted } from "effect"
 *
 * const request = Effect.gen(function* () {
 *   const body = JSON.stringify({ id: "01k0evt00000000000000000e1", type: "credential.issued" })
 *   const signature = yield* Webhook.sign({ secret: Redacted.make("a secret"), body })
 *   return new Request("https://example.com", { method: "POST", body, headers: { [Webhook.signatureHeader]: signature } })
 * })
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const sign = ({
  body,
  secret
}: {
  readonly secret: Redacted.Redacted
  readonly body: Uint8Array | string
}): Effect.Effect<string> =>
  Effect.suspend(() => {
    checkedSecrets("Webhook.sign", secret)
    return Signature.sign(secret, typeof body === "string" ? new TextEncoder().encode(body) : new Uint8Array(body))
  })

/**
 * The options of an endpoint. Only the secret is required.
 *
 * @since 0.1.0
 * @category models
 */
export interface HandlerOptions {
  readonly secret: Secret
  /**
   * Stores the id of each handled event, with the time, under keys that begin with `certifier-webhook-`. An entry is needed for
   * the 3.5 days in which Certifier may redeliver its event. Default: `memoryStore()`.
   */
  readonly store?: KeyValueStore.KeyValueStore | undefined
  /**
   * The time limit for handling an event, including the store, after which `onEvent` is interrupted. The limit of Certifier is
   * not documented. Default 30 seconds; at most 24 days.
   */
  readonly timeout?: Duration.DurationInput | undefined
}

/**
 * An in-memory store that evicts its oldest entry when it exceeds `capacity` (default 10,000). It is lost when the process ends
 * and is not shared between processes, so an event can then be handled again.
 *
 * @since 0.1.0
 * @category constructors
 */
export const memoryStore = (options?: { readonly capacity?: number | undefined }): KeyValueStore.KeyValueStore =>
  MemoryStore.make(
    Checks.getOrThrow("Webhook.memoryStore", Checks.integer("capacity", options?.capacity ?? 10_000, { min: 1 }))
  )

/**
 * An endpoint that receives events, as an `HttpApp` of `@effect/platform`: mount it with `HttpRouter.post`.
 *
 * It reads at most 1 MiB within 10 seconds, verifies the signature, decodes the event, and calls `onEvent`.
 *
 * | status | when |
 * | --- | --- |
 * | 204 | `onEvent` succeeded, for this delivery or an earlier one of the same event |
 * | 400 | the body is not an event, or is incomplete |
 * | 403 | the signature is missing, malformed or wrong |
 * | 405, 408, 413 | the method is not POST; reading the body timed out; the body is too large |
 * | 500 | `onEvent` failed |
 * | 503 | `onEvent` exceeded the time limit, or the store can't be read |
 *
 * Certifier redelivers the event unless the response is 2xx. Concurrent deliveries of an event call `onEvent` once and get the
 * same response. Resources in the scope of `onEvent` are released before the response. A disconnect of the sender does not
 * interrupt `onEvent`. An event can still be handled twice: by two processes at once, if the process is killed after `onEvent`
 * succeeded and before the id is stored, or if `onEvent` is uninterruptible and succeeds after the time limit. Therefore
 * `onEvent` should be idempotent.
 *
 * A failure is logged only with the tag or class of its error, because a message can quote the event. Log details in `onEvent`.
 * An invalid option is thrown as an `IllegalArgumentException`.
 *
 * @example
 * ```ts
 * import { Webhook } from "@effect-certifier/core"
 * import { HttpRouter } from "@effect/platform"
 * import { Config, Effect } from "effect"
 *
 * const router = Effect.map(Config.redacted("CERTIFIER_WEBHOOK_SECRET"), (secret) =>
 *   HttpRouter.empty.pipe(
 *     HttpRouter.post("/webhooks/certifier", Webhook.handler({ secret }, (event) => Effect.log(event.type)))
 *   )
 * )
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const handler = <R>(
  options: HandlerOptions,
  onEvent: (event: Event) => Effect.Effect<unknown, unknown, R>
): HttpApp.Default<never, Exclude<R, Scope.Scope>> => {
  const secret = checkedSecrets("Webhook.handler", options.secret)
  const timeout = Checks.getOrThrow(
    "Webhook.handler",
    Checks.duration("timeout", options.timeout ?? Duration.seconds(30))
  )
  const once = Once.make({ store: options.store ?? memoryStore(), timeout })
  return Endpoint.make({
    // Before the body is read, which is pointless for a malformed signature.
    check: (request) => parseSignature(request.headers[signatureHeader]),
    receive: (request, body) =>
      Effect.flatMap(verify({ secret, signature: request.headers[signatureHeader], body }), (event) =>
        once(
          event.id,
          Effect.suspend(() => onEvent(event))
        )
      )
  })
}

/**
 * The endpoint as a function from `Request` to `Response`, for Next.js, Hono, Deno, Bun and workers. To use services in
 * `onEvent`, pass `handler` to `HttpApp.toWebHandlerLayer` of `@effect/platform` instead.
 *
 * @example
 * ```ts
 * import { Webhook } from "@effect-certifier/core"
 * import { Effect, Redacted } from "effect"
 *
 * export const POST = Webhook.toWebHandler({ secret: Redacted.make("the webhook's secret") }, (event) =>
 *   Effect.log(event.type)
 * )
 * ```
 *
 * @since 0.1.0
 * @category conversions
 */
export const toWebHandler = (
  options: HandlerOptions,
  onEvent: (event: Event) => Effect.Effect<unknown, unknown, Scope.Scope>
): ((request: Request) => Promise<Response>) => {
  const respond = HttpApp.toWebHandler(handler(options, onEvent))
  // Frameworks pass further arguments.
  return (request) => respond(request)
}
