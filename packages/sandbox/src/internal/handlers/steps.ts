import type { Credential } from "@effect-certifier/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Either from "effect/Either"
import type { ErrorEnvelope } from "../../ErrorEnvelope.js"
import * as Credentials from "../credentials.js"
import type { Quirks } from "../../Quirk.js"
import { StepLimit } from "../steps.js"
import { Event } from "../workspace/event.js"
import type { State } from "../workspace/state.js"
import type { Change, Workspace } from "../workspace/workspace.js"
import * as Writes from "../workspace/write.js"

/** A credential after a step, and the events of the step. There are none if the step was done before. */
export interface Step {
  readonly credential: Credential.Credential
  readonly events: ReadonlyArray<Event>
}

/** A step of issuing a credential. */
export type NextStep = (credential: Credential.Credential) => Effect.Effect<Step, ErrorEnvelope>

type Result = Either.Either<Credential.Credential, ErrorEnvelope>

/** The change that stores a credential after some steps. */
const changeOf = (
  steps: readonly [Step, ...ReadonlyArray<Step>],
  failure: Option.Option<ErrorEnvelope>,
  quirks: Quirks
): Effect.Effect<Change<Result>> =>
  Effect.map(DateTime.now, (now) => {
    const last = steps.reduce<Credential.Credential>((_, { credential }) => credential, steps[0].credential)
    const credential = Credentials.at(last, now, quirks)
    const events = steps.flatMap(({ events }) => events)
    return {
      result: Option.match(failure, { onNone: () => Either.right(credential), onSome: Either.left }),
      writes: events.length === 0 ? [] : [Writes.put("credentials", credential)],
      events: [...events, ...(credential.status === last.status ? [] : [Event.CredentialExpired({ credential })])]
    }
  })

/**
 * Changes a credential in steps: all, or as many as a fault allows. If one of them fails, nothing is changed, unless `keeps` is
 * true, which keeps the changes of the previous steps.
 */
export const run = (
  workspace: Workspace,
  quirks: Quirks,
  first: (state: State) => Effect.Effect<Step, ErrorEnvelope>,
  next: ReadonlyArray<NextStep> = [],
  keeps = false
): Effect.Effect<Credential.Credential, ErrorEnvelope> =>
  workspace
    .modify((state) =>
      Effect.gen(function* () {
        const limit = yield* StepLimit
        const steps: [Step, ...Array<Step>] = [yield* first(state)]
        for (const step of next.slice(0, limit - 1)) {
          const result = yield* Effect.either(step(steps.at(-1)?.credential ?? steps[0].credential))
          if (Either.isRight(result)) steps.push(result.right)
          else if (keeps) return yield* changeOf(steps, Option.some(result.left), quirks)
          else return yield* Effect.fail(result.left)
        }
        return yield* changeOf(steps, Option.none(), quirks)
      })
    )
    .pipe(Effect.flatten)

export const issue =
  (quirks: Quirks): NextStep =>
  (credential) =>
    credential.status === "issued" && quirks.issueTwice === "accept"
      ? Effect.succeed({ credential, events: [] })
      : Effect.map(Credentials.issue(credential, quirks), (issued) => ({
          credential: issued,
          events: [Event.CredentialIssued({ credential: issued })]
        }))

export const send =
  (quirks: Quirks): NextStep =>
  (credential) =>
    Effect.as(Credentials.send(credential, quirks), { credential, events: [Event.CredentialSent({ credential })] })

/** Sends a credential if its recipient has an email address. */
export const sendIfPossible =
  (quirks: Quirks): NextStep =>
  (credential) =>
    Option.isNone(credential.recipient.email) ? Effect.succeed({ credential, events: [] }) : send(quirks)(credential)
