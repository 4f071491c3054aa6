/**
 * Issuing without duplicates: create a credential, store its id, issue it and mail it, in steps that can be interrupted at any
 * point and resumed.
 *
 * The API has no idempotency keys, and sent mail cannot be undone. Therefore each step is stored before its request is sent,
 * and after a failure that may have taken effect, the state of the server is read before the request is repeated:
 *
 * - A created credential is searched by group, recipient, time since the first attempt, and the value of the custom attribute
 *   named by `reference`. If one draft is found, the issuance continues with it. If nothing is found for `settle`, the
 *   credential is created again. Anything else fails with `Uncertain`.
 * - Whether a credential was issued is read from its status.
 * - Whether a mail was sent cannot be read, because the API has no delivery state. The issuance fails with `Uncertain`, and
 *   mails again only with `onUncertain: "resend"`.
 *
 * Limits: if the server applies a create request more than `settle` after the client abandoned it, a second draft remains,
 * which is neither issued nor mailed. A stored step must not be run by two processes at once, and concurrent issuances for the
 * same recipient and group each need a `reference`.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { dual } from "effect/Function"
import * as Option from "effect/Option"
import type { CertifierError, InvalidRequest } from "./CertifierError.js"
import type * as Credential from "./Credential.js"
import * as Credentials from "./Credentials.js"
import * as CheckInput from "./internal/call/checkInput.js"
import { freshRead } from "./internal/freshRead.js"
import type { Lookup } from "./internal/issuance/lookup.js"
import * as Lookups from "./internal/issuance/lookup.js"
import * as Run from "./internal/issuance/run.js"
import { Create, Done, Issue, Send, type Step, Uncertain } from "./internal/issuance/step.js"
import type * as Service from "./internal/service.js"
import * as Operation from "./Operation.js"

export { Lookup } from "./internal/issuance/lookup.js"

export { type Options } from "./internal/issuance/run.js"

export { Create, Done, Issue, Reason, Send, Step, Uncertain } from "./internal/issuance/step.js"

/**
 * The options for starting an issuance.
 *
 * @since 0.1.0
 * @category models
 */
export interface StartOptions {
  /**
   * The name of one of the `customAttributes`, whose value identifies this issuance, such as an order number. It is used to
   * find the credential if the outcome of creating it is unknown.
   */
  readonly reference?: string | undefined
  /** Whether to mail the credential. Default: true, which requires `recipient.email`. */
  readonly send?: boolean | undefined
}

/**
 * The first step of an issuance, before anything is sent. Fails with `InvalidRequest` if a field is invalid.
 *
 * @since 0.1.0
 * @category constructors
 */
export const start = (fields: Credential.CreateInput, options?: StartOptions): Either.Either<Create, InvalidRequest> =>
  Either.gen(function* () {
    const { reference, send = true } = options ?? {}
    const { request } = Operation.declaration(Credentials.create)
    const { payload } = yield* Either.mapLeft(CheckInput.make(request)({ payload: fields }), Run.invalid)
    if (send && payload.recipient.email === undefined) {
      return yield* Either.left(Run.invalidField("recipient.email", "is missing", "an email address to mail to"))
    }
    const key = Object.keys(payload.customAttributes ?? {}).find(
      (key) => key === reference || key === `custom.${reference}`
    )
    if (reference !== undefined && key === undefined) {
      return yield* Either.left(Run.invalidField("reference", "is not one of them", "the name of a custom attribute"))
    }
    return Create.make({ fields: payload, reference: Option.fromNullable(key), send, attemptedAt: Option.none() })
  })

/**
 * Searches once for the credential that a `Create` step may have created. `runStep` and `resume` already repeat this search for
 * `settle`; use `find` to schedule the repetition yourself.
 *
 * @since 0.1.0
 * @category combinators
 */
export const find = (
  step: Create,
  options?: { readonly clockTolerance?: Duration.DurationInput | undefined }
): Effect.Effect<Lookup, CertifierError, Service.CertifierClient> =>
  Effect.flatMap(Run.tolerance(options?.clockTolerance), (tolerance) => Lookups.find(step, tolerance))

/**
 * Runs one step and returns the next one, for programs that store and schedule each step themselves. `onStep` is essential here
 * too: it is called with the step before its request is sent, and with the next step.
 *
 * A `CertifierError` means that the step had no effect. `Uncertain` means that this is unknown.
 *
 * @since 0.1.0
 * @category combinators
 */
export const runStep: {
  <E, R>(
    options: Run.Options<E, R>
  ): (step: Step) => Effect.Effect<Step, CertifierError | Uncertain | E, Service.CertifierClient | R>
  <E, R>(
    step: Step,
    options: Run.Options<E, R>
  ): Effect.Effect<Step, CertifierError | Uncertain | E, Service.CertifierClient | R>
} = /* #__PURE__ */ dual(
  2,
  <E, R>(
    step: Step,
    options: Run.Options<E, R>
  ): Effect.Effect<Step, CertifierError | Uncertain | E, Service.CertifierClient | R> =>
    Effect.flatMap(Run.settings(options), (settings) => Run.runStep(step, settings))
)

/**
 * Creates a credential, issues it and mails it. After an interruption or a failure at any point, `resume` with the last step
 * passed to `onStep` creates no second credential and sends no second mail.
 *
 * - A `CertifierError` means that the step at which the issuance stopped had no effect.
 * - `Uncertain` means that this is unknown; see its `reason`.
 * - The error of `onStep` means that the step could not be stored. The last stored step is still safe to resume.
 *
 * After any of them, `resume` continues from the stored step. An interruption waits for the running call and for `onStep`; the
 * call is bounded by `timeout`, and by `callTimeout` if the client has a retry policy.
 *
 * @example
 * ```ts
 * import { Issuance } from "@effect-certifier/core"
 * import { KeyValueStore } from "@effect/platform"
 * import { Effect } from "effect"
 *
 * const program = Effect.gen(function* () {
 *   const store = (yield* KeyValueStore.KeyValueStore).forSchema(Issuance.Step)
 *   return yield* Issuance.issue(
 *     {
 *       groupId: "01k0grp00000000000000000g1",
 *       recipient: { name: "Ada Example", email: "ada@example.com" }
 *     },
 *     { onStep: (step) => store.set("ada's first aid course", step) }
 *   )
 * })
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const issue: <E, R>(
  fields: Credential.CreateInput,
  options: Run.Options<E, R> & StartOptions
) => Effect.Effect<Done, CertifierError | Uncertain | E, Service.CertifierClient | R> = /* #__PURE__ */ Effect.fn(
  "CertifierClient.issuance"
)(function* (fields, options) {
  const settings = yield* Run.settings(options)
  return yield* Run.run(yield* start(fields, options), settings)
})

/**
 * A credential without a stored step, and whether to mail it (default: true).
 *
 * @since 0.1.0
 * @category models
 */
export interface Existing {
  readonly credentialId: Operation.IdInput<"CredentialId">
  readonly send?: boolean | undefined
}

/** A draft was never mailed, because only issued credentials can be. Whether an issued credential was mailed is unknown. */
const fromExisting = Effect.fnUntraced(function* (
  { credentialId, send = true }: Existing,
  { retry }: Pick<Run.Settings<never, never>, "retry">
): Effect.fn.Return<Step, CertifierError | Uncertain, Service.CertifierClient> {
  const { createdAt, id, publicId, status } = yield* Effect.retry(freshRead(Credentials.get(credentialId)), retry)
  const created = { credentialId: id, publicId }
  const step = Issue.make({ ...created, send })
  if (status === "draft") return step
  if (!Run.isIssued(status)) return yield* new Uncertain({ step, reason: "Ambiguous", found: [], failures: [] })
  return send ? Send.make({ ...created, attemptedAt: Option.some(createdAt) }) : Done.make(created)
})

/**
 * Continues an issuance from the last step passed to `onStep`, or from a credential. A draft credential is issued and mailed.
 * An issued credential fails with `Uncertain`, because it may have been mailed, unless `send` is false or `onUncertain` is
 * `"resend"`.
 *
 * Resuming a `Done` sends nothing.
 *
 * @example
 * ```ts
 * import { Issuance } from "@effect-certifier/core"
 * import { KeyValueStore } from "@effect/platform"
 * import { Effect, Option } from "effect"
 *
 * const program = Effect.gen(function* () {
 *   const store = (yield* KeyValueStore.KeyValueStore).forSchema(Issuance.Step)
 *   const onStep = (step: Issuance.Step) => store.set("ada's first aid course", step)
 *   const step = yield* store.get("ada's first aid course")
 *   return yield* Option.isSome(step)
 *     ? Issuance.resume(step.value, { onStep })
 *     : Issuance.resume({ credentialId: "01k0crd00000000000000000c1" }, { onStep })
 * }).pipe(
 *   Effect.catchTag("CertifierIssuanceUncertain", (error) => Effect.logWarning(error.message))
 * )
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const resume: {
  <E, R>(
    options: Run.Options<E, R>
  ): (from: Step | Existing) => Effect.Effect<Done, CertifierError | Uncertain | E, Service.CertifierClient | R>
  <E, R>(
    from: Step | Existing,
    options: Run.Options<E, R>
  ): Effect.Effect<Done, CertifierError | Uncertain | E, Service.CertifierClient | R>
} = /* #__PURE__ */ dual(
  2,
  /* #__PURE__ */ Effect.fn("CertifierClient.issuance")(function* <E, R>(
    from: Step | Existing,
    options: Run.Options<E, R>
  ): Effect.fn.Return<Done, CertifierError | Uncertain | E, Service.CertifierClient | R> {
    const settings = yield* Run.settings(options)
    const step = "_tag" in from ? from : yield* fromExisting(from, settings)
    return yield* Run.run(step, settings)
  })
)
