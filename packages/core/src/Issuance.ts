/**
 * Issuing without duplicates: create a credential, store its id, issue it, mail it, in steps that can be interrupted at any
 * instant and resumed.
 *
 * The API has no idempotency key, and a mail cannot be taken back. So each step is stored before its request is sent, and
 * after a failure that may have taken effect the service is read before a request is repeated:
 *
 * - A create is looked up by search: group, recipient, the time since the first attempt, and the value of a custom attribute
 *   that the caller names as `reference`. One draft: the issuance goes on with it. Nothing, although it was searched for
 *   `settle`: it is created again. Anything else: `Uncertain`.
 * - Issuing is looked up by the credential's status.
 * - A mail cannot be looked up, because the API has no delivery state. The issuance stops with `Uncertain`, and mails again
 *   only with `onUncertain: "resend"`.
 *
 * What cannot be promised: a create that the service applies later than `settle` after this client has given it up leaves a
 * second draft, which is neither issued nor mailed. And a record has to be run by one process at a time, while two issuances
 * for the same recipient and group at the same time each need a `reference`.
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
 * What is decided when an issuance starts.
 *
 * @since 0.1.0
 * @category models
 */
export interface StartOptions {
  /**
   * The name of one of the `customAttributes`, whose value identifies this issuance, such as an order number. A create of
   * unknown outcome is then found by it.
   */
  readonly reference?: string | undefined
  /** Whether to mail the credential. Default: true, which needs `recipient.email`. */
  readonly send?: boolean | undefined
}

/**
 * The first step of an issuance: nothing has been sent. Fails with `InvalidRequest` if a field is invalid.
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
 * Searches once for the credential that a `Create` step may have created. `runStep` and `resume` do that, and repeat it for
 * `settle`; this is for programs that schedule the repetition themselves.
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
 * Runs one step and returns the next one, for programs that store and schedule each step themselves. `onStep` is as important
 * here: it is called with the step before its request is sent, and with the next one.
 *
 * A `CertifierError` means that the step has done nothing. `Uncertain` means that this is not known.
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
 * Creates a credential, issues it and mails it, so that an interruption or a failure at any instant, followed by `resume` with
 * the step that `onStep` was given last, creates no second credential and sends no second mail.
 *
 * - A `CertifierError` means that the step at which it stopped has done nothing.
 * - `Uncertain` means that this is not known; see its `reason`.
 * - The error of `onStep` means that the step could not be stored. What was stored last is still safe to resume.
 *
 * After any of them, `resume` goes on from the stored step. An interruption waits for the call that is running and for
 * `onStep`; `timeout`, and with a retry policy in the client `callTimeout`, bound the call.
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
 * A credential of which no step was stored, and whether it is to be mailed (default: true).
 *
 * @since 0.1.0
 * @category models
 */
export interface Existing {
  readonly credentialId: Operation.IdInput<"CredentialId">
  readonly send?: boolean | undefined
}

/** A draft was never mailed, as only what is issued can be; of an issued credential that is not known. */
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
 * Goes on with an issuance from the step that `onStep` was given last, or from a credential alone: a draft is issued and
 * mailed, and an issued one fails with `Uncertain`, because it may have been mailed, unless `send` is false or `onUncertain` is
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
