import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as FaultSyntax from "../../FaultSyntax.js"
import * as Validation from "../validation.js"
import type { Sources } from "./sources.js"

/** The result of an action, to show to the user. A refused action changes nothing. */
export interface Outcome {
  readonly isDone: boolean
  readonly message: string
}

const done = (message: string): Outcome => ({ isDone: true, message })

const refused = (message: string): Outcome => ({ isDone: false, message })

/** The durations by which the clock can be moved. */
export const steps: Readonly<Record<string, Duration.DurationInput>> = {
  "1 minute": "1 minute",
  "1 hour": "1 hour",
  "80 minutes": "80 minutes",
  "1 day": "1 day",
  "1 week": "1 week",
  "1 year": "365 days"
}

const outcomeOf = (effect: Effect.Effect<void, { readonly message: string }>, message: string) =>
  Effect.match(effect, { onFailure: (error) => refused(error.message), onSuccess: () => done(message) })

type Action = (sources: Sources, form: URLSearchParams) => Effect.Effect<Outcome>

const decodeRule = Schema.decode(FaultSyntax.RuleFromString)

/** The forms of the console by the last part of their path. */
const actions: Readonly<Record<string, Action>> = {
  fault: ({ pendingFaults }, form) =>
    decodeRule(form.get("fault") ?? "").pipe(
      Effect.flatMap((rule) => Effect.as(pendingFaults.add([rule]), done("The fault is pending."))),
      Effect.catchAll((error) => Effect.succeed(refused(Validation.describe(error))))
    ),
  "clear-faults": ({ pendingFaults }) => Effect.as(pendingFaults.clear, done("The pending faults were removed.")),
  clock: ({ time }, form) => {
    const name = form.get("by") ?? ""
    const by = Object.hasOwn(steps, name) ? steps[name] : undefined
    return by === undefined
      ? Effect.succeed(refused("The clock can't be moved by this amount."))
      : Effect.as(time.advance(Duration.decode(by)), done(`The clock was moved by ${name}.`))
  },
  redeliver: ({ webhooks }, form) =>
    Effect.map(
      webhooks.redeliver(Number(form.get("number"))),
      Option.match({
        onNone: () => refused("There is no such delivery."),
        onSome: ({ attempts, number }) => {
          const status = Option.flatMap(Option.fromNullable(attempts.at(-1)), ({ status }) => status)
          return done(`Delivery ${number}: ${Option.match(status, { onNone: () => "no response", onSome: String })}.`)
        }
      })
    ),
  bounce: ({ mails }, form) => {
    const address = (form.get("address") ?? "").trim()
    return address === "" || address.length > 320
      ? Effect.succeed(refused("An email address is required."))
      : Effect.as(mails.bounce(address, true), done("Mails to this address now bounce."))
  },
  snapshot: ({ store }, form) => outcomeOf(store.snapshot((form.get("name") ?? "").trim()), "The snapshot is saved."),
  restore: ({ store }, form) => outcomeOf(store.restore((form.get("name") ?? "").trim()), "The snapshot is restored.")
}

/** Runs the action of a form; none if the action is unknown. */
export const run = (name: string, sources: Sources, form: URLSearchParams): Option.Option<Effect.Effect<Outcome>> =>
  Option.map(Option.fromNullable(Object.hasOwn(actions, name) ? actions[name] : undefined), (action) =>
    Effect.tap(action(sources, form), () => Effect.sync(sources.changes.announce))
  )
