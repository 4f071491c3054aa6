import { Options as CheckedOptions } from "@effect-certifier/core"
import type * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { Behavior } from "../Delivery.js"
import type * as Outbox from "../Outbox.js"
import type { InvalidOptions } from "../SandboxError.js"
import type { Quirks } from "../Quirk.js"
import type * as Outward from "./outward.js"
import * as Validation from "./validation.js"
import type { Recorder } from "./recorder.js"
import * as Wait from "./wait.js"
import { behaviorOf } from "./webhooks/event.js"
import * as Target from "./webhooks/target.js"

const Changes = Schema.partialWith(Behavior, { exact: true })

const checkChanges = Validation.validate(Schema.Struct({ webhookBehavior: Changes }))

const checkMove = Validation.validate(Schema.Struct({ by: Schema.typeSchema(Wait.Long) }))

const checkBehavior = (given: Partial<Behavior> = {}): Effect.Effect<Partial<Behavior>, InvalidOptions> =>
  Effect.map(checkChanges({ webhookBehavior: given }), ({ webhookBehavior }) => webhookBehavior)

const keep = (name: string, value = 1000) => CheckedOptions.integer(name, value, { min: 1, max: 100_000 })

const checkUrl = (url: string | URL | undefined): Either.Either<string | undefined, ConfigError.ConfigError> => {
  if (url === undefined) return Either.right(url)
  const isValid = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
  return isValid
    ? Either.right(String(url).replace(/\/+$/, ""))
    : CheckedOptions.invalid("publicUrl", "a URL of http or https")
}

/** Checks the options. `url` is called after the sandbox's own URL is known. */
export const check = (
  options: Outbox.Options,
  url: () => string,
  quirks: Quirks
): Effect.Effect<
  Omit<Outward.Options, "controlToken" | "letters" | "time">,
  InvalidOptions | ConfigError.ConfigError
> =>
  Effect.gen(function* () {
    const behavior = yield* checkBehavior(options.webhookBehavior)
    const publicUrl = yield* checkUrl(options.publicUrl)
    return {
      receivers: yield* Target.check(options.webhooks ?? [], quirks),
      behavior: { ...behaviorOf(quirks), ...behavior },
      keepMails: yield* keep("keepMails", options.keepMails),
      keepDeliveries: yield* keep("keepDeliveries", options.keepDeliveries),
      url: () => publicUrl ?? url()
    }
  })

/** The operations of the outbox, with the sandbox's clock. */
export const make = (
  { changes, mails, time, webhooks }: Outward.Outward,
  { forgotten: requests }: Recorder
): Outbox.Outbox => ({
  mails: mails.mails,
  clearMails: mails.clear,
  bounce: (address, bounces = true) => mails.bounce(address, bounces),
  deliveries: webhooks.deliveries,
  awaitDeliveries: time.within(webhooks.settled),
  redeliver: (number) => time.within(webhooks.redeliver(number)),
  clearDeliveries: webhooks.clear,
  changeWebhooks: (behavior) => Effect.flatMap(checkBehavior(behavior), webhooks.setBehavior),
  forgotten: Effect.all({ requests, mails: mails.forgotten, deliveries: webhooks.forgotten }),
  moveClock: (by) =>
    Effect.flatMap(checkMove({ by: Wait.fromInput(by) }), (move) =>
      Effect.zipRight(time.advance(move.by), Effect.sync(changes.announce))
    )
})
