import type { NonEmptyReadonlyArray } from "effect/Array"
import * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schedule from "effect/Schedule"
import { type CertifierError, InvalidRequest, Issue as Fault } from "../../CertifierError.js"
import type { Credential, CredentialId } from "../../Credential.js"
import * as Credentials from "../../Credentials.js"
import * as Checks from "../../Options.js"
import { freshRead } from "../freshRead.js"
import type { CertifierClient } from "../service.js"
import * as Lookup from "./lookup.js"
import { type Create, Done, Issue, type Reason, Send, type Step, Uncertain } from "./step.js"

/**
 * The options for running an issuance.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options<E = never, R = never> {
  /**
   * Stores the current step of the issuance, for `resume`. It is called before a request is sent and after its response, and
   * has to succeed before anything else is sent; if it fails, the issuance fails with its error. Only the latest step of each
   * issuance needs to be stored.
   */
  readonly onStep: (step: Step) => Effect.Effect<unknown, E, R>
  /**
   * What to do if a mail may already have been sent: `"stop"` fails with `Uncertain`, `"resend"` may mail twice. Default
   * `"stop"`.
   */
  readonly onUncertain?: "stop" | "resend" | undefined
  /**
   * Retries requests that had no effect (rejected or never sent) and reads. Default: no retries. A request that may have taken
   * effect is only retried after reading, independent of this schedule.
   */
  readonly retry?: Schedule.Schedule<unknown, CertifierError> | undefined
  /**
   * The maximum number of requests of a step, as long as reading shows that they had no effect. Includes the first request and,
   * when resuming, one of an earlier run. Default 3. With 1, a credential is never created again.
   */
  readonly attempts?: number | undefined
  /**
   * How long a search has to find nothing before a credential is created again, after a create of unknown outcome. It has to
   * cover the delay with which an abandoned request can be applied and the lag of the search index, neither of which is
   * documented. Default 2 minutes: the vendor's CDN abandons a request after 100 seconds.
   */
  readonly settle?: Duration.DurationInput | undefined
  /** The maximum difference between the local clock and the server's clock. Default 5 minutes. */
  readonly clockTolerance?: Duration.DurationInput | undefined
}

export interface Settings<E, R> {
  readonly onStep: (step: Step) => Effect.Effect<unknown, E, R>
  readonly resends: boolean
  readonly retry: Schedule.Schedule<unknown, CertifierError>
  readonly attempts: number
  readonly settle: Duration.Duration
  readonly clockTolerance: Duration.Duration
}

export const invalid = (issues: NonEmptyReadonlyArray<Fault>): InvalidRequest =>
  new InvalidRequest({ operation: "issuance", issues })

export const invalidField = (field: string, problem: string, expected: string): InvalidRequest =>
  invalid([new Fault({ field, problem, expected })])

const checked = <A>(field: string, check: Checks.Checked<A>): Either.Either<A, InvalidRequest> =>
  Either.mapLeft(check, (error) => {
    const expected = Checks.messageOf(error).replace(/^Expected /, "")
    return invalidField(field, `is not ${expected}`, expected)
  })

export const tolerance = (
  input: Duration.DurationInput = "5 minutes"
): Either.Either<Duration.Duration, InvalidRequest> =>
  checked("clockTolerance", Checks.duration("clockTolerance", input, { zero: true }))

export const settings = <E, R>(options: Options<E, R>): Either.Either<Settings<E, R>, InvalidRequest> =>
  Either.gen(function* () {
    const { attempts = 3, onUncertain = "stop", settle = "2 minutes" } = options
    return {
      onStep: options.onStep,
      resends:
        (yield* checked("onUncertain", Checks.oneOf("onUncertain", onUncertain, ["stop", "resend"]))) === "resend",
      retry: options.retry ?? Schedule.stop,
      attempts: yield* checked("attempts", Checks.integer("attempts", attempts, { min: 1, max: 100 })),
      settle: yield* checked("settle", Checks.duration("settle", settle, { zero: true })),
      clockTolerance: yield* tolerance(options.clockTolerance)
    }
  })

interface Attempt {
  readonly request: Effect.Effect<Credential, CertifierError, CertifierClient>
  /** The step while it is unknown whether the request takes effect, and if that remains unknown. */
  readonly during: Option.Option<Step>
  /** The step if the request had no effect. */
  readonly before: Step
  readonly next: (credential: Credential) => Step
}

/**
 * One call of a step. The stored step is correct even if the caller is interrupted, because the interruption waits for the
 * call, which is bounded by the client's time limits, and for `onStep`.
 */
const attempt = <E, R>(
  { before, during, next, request }: Attempt,
  { onStep }: Settings<E, R>
): Effect.Effect<Either.Either<Step, CertifierError>, E, R | CertifierClient> =>
  Effect.gen(function* () {
    if (Option.isSome(during)) yield* onStep(during.value)
    const result = Either.map(yield* Effect.either(request), next)
    if (Either.isRight(result)) yield* onStep(result.right)
    else if (Option.isSome(during) && result.left.outcome !== "MaybeApplied") yield* onStep(before)
    return result
  }).pipe(Effect.uninterruptible)

/** The same, retried after failures that had no effect. */
const retried = <E, R>(input: Attempt, settings: Settings<E, R>) =>
  Effect.gen(function* () {
    const driver = yield* Schedule.driver(settings.retry)
    for (;;) {
      const result = yield* attempt(input, settings)
      if (Either.isRight(result) || result.left.outcome === "MaybeApplied") return result
      if (Either.isLeft(yield* Effect.either(driver.next(result.left)))) return result
    }
  })

const uncertain = (
  step: Step,
  reason: Reason,
  failures: ReadonlyArray<CertifierError>,
  found: ReadonlyArray<Credential> = []
) => new Uncertain({ step, reason, failures, found: found.map(({ id }) => id) })

const read = (
  id: CredentialId,
  { retry }: Pick<Settings<never, never>, "retry">
): Effect.Effect<Credential, CertifierError, CertifierClient> => Effect.retry(freshRead(Credentials.get(id)), retry)

/** At least the beginning of a successful response arrived: the request has taken effect, whatever its body. */
const isAccepted = (error: CertifierError): boolean => {
  if (!("status" in error)) return false
  const status = Predicate.isNumber(error.status) ? error.status : Option.getOrElse(error.status, () => 0)
  return status >= 200 && status < 300
}

const afterCreate = ({ id, publicId }: Credential, { send }: Create): Issue =>
  Issue.make({ credentialId: id, publicId, send })

const afterIssue = ({ credentialId, publicId, send }: Issue): Step =>
  send ? Send.make({ credentialId, publicId, attemptedAt: Option.none() }) : Done.make({ credentialId, publicId })

const create = Effect.fnUntraced(function* <E, R>(step: Create, settings: Settings<E, R>) {
  const failures: Array<CertifierError> = []
  let { attemptedAt } = step
  // Includes a request of an earlier run.
  for (let count = Option.isSome(attemptedAt) ? 1 : 0; ; count += 1) {
    if (Option.isSome(attemptedAt)) {
      const during: Create = { ...step, attemptedAt }
      const search = Effect.retry(Lookup.find(during, settings.clockTolerance), settings.retry)
      const lookup = yield* Effect.mapError(Lookup.settled(search, settings.settle), (error) =>
        uncertain(during, "NotRead", [...failures, error])
      )
      if (lookup._tag === "Ambiguous") return yield* uncertain(during, lookup._tag, failures, lookup.credentials)
      if (lookup._tag === "Found") {
        const next = afterCreate(lookup.credential, step)
        yield* settings.onStep(next)
        return next
      }
      if (count === settings.attempts || failures.slice(-1).some(isAccepted)) {
        return yield* uncertain(during, lookup._tag, failures)
      }
    }
    const now = yield* DateTime.now
    // The time of the first attempt, so that a search also finds a credential that an earlier attempt created late.
    attemptedAt = Option.orElseSome(attemptedAt, () => now)
    const result = yield* retried(
      {
        request: Credentials.create(step.fields),
        before: { ...step, attemptedAt: Option.none() },
        during: Option.some({ ...step, attemptedAt }),
        next: (credential) => afterCreate(credential, step)
      },
      settings
    )
    if (Either.isRight(result)) return result.right
    if (result.left.outcome !== "MaybeApplied") return yield* result.left
    failures.push(result.left)
  }
})

/** The credential was issued at some point. */
export const isIssued = (status: Credential["status"]) => status === "issued" || status === "expired"

const issue = Effect.fnUntraced(function* <E, R>(step: Issue, settings: Settings<E, R>) {
  const failures: Array<CertifierError> = []
  const next = afterIssue(step)
  for (let count = 1; ; count += 1) {
    const result = yield* retried(
      { request: Credentials.issue(step.credentialId), before: step, during: Option.none(), next: () => next },
      settings
    )
    if (Either.isRight(result)) return result.right
    const error = result.left
    const isUnknown = error.outcome === "MaybeApplied"
    // Issuing an issued credential is rejected with one of these errors.
    const canBeIssued = isUnknown || error._tag === "CertifierValidationError" || error._tag === "CertifierConflict"
    if (!canBeIssued) return yield* error
    failures.push(error)
    const { status } = yield* Effect.mapError(read(step.credentialId, settings), (readError) =>
      uncertain(step, "NotRead", [...failures, readError])
    )
    if (isIssued(status)) {
      yield* settings.onStep(next)
      return next
    }
    if (!isUnknown) return yield* error
    if (status !== "draft") return yield* uncertain(step, "Ambiguous", failures)
    if (count === settings.attempts) return yield* uncertain(step, "NotFound", failures)
    yield* Effect.sleep(Lookup.delay(count - 1))
  }
})

const send = Effect.fnUntraced(function* <E, R>(step: Send, settings: Settings<E, R>) {
  const failures: Array<CertifierError> = []
  let before = step
  for (let count = 0; ; count += 1) {
    const isUnknown = Option.isSome(before.attemptedAt)
    if (isUnknown && (!settings.resends || count === settings.attempts)) {
      return yield* uncertain(before, "NoDeliveryState", failures)
    }
    if (count > 0) yield* Effect.sleep(Lookup.delay(count - 1))
    const now = yield* DateTime.now
    const during: Send = { ...step, attemptedAt: Option.orElseSome(before.attemptedAt, () => now) }
    const result = yield* retried(
      {
        request: Credentials.send(step.credentialId),
        before,
        during: Option.some(during),
        next: () => Done.make({ credentialId: step.credentialId, publicId: step.publicId })
      },
      settings
    )
    if (Either.isRight(result)) return result.right
    failures.push(result.left)
    if (result.left.outcome === "MaybeApplied") before = during
    else return yield* isUnknown ? uncertain(before, "NoDeliveryState", failures) : result.left
  }
})

export const runStep = <E, R>(
  step: Step,
  settings: Settings<E, R>
): Effect.Effect<Step, CertifierError | Uncertain | E, CertifierClient | R> => {
  switch (step._tag) {
    case "Create":
      return create(step, settings)
    case "Issue":
      return issue(step, settings)
    case "Send":
      return send(step, settings)
    case "Done":
      return Effect.succeed(step)
  }
}

export const run = <E, R>(
  step: Step,
  settings: Settings<E, R>
): Effect.Effect<Done, CertifierError | Uncertain | E, CertifierClient | R> =>
  step._tag === "Done" ? Effect.succeed(step) : Effect.flatMap(runStep(step, settings), (next) => run(next, settings))
