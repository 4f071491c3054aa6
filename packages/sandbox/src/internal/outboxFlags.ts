import * as Options from "@effect/cli/Options"
import { Options as CheckedOptions } from "@effect-certifier/core"
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Wait from "./wait.js"
import type * as Outbox from "../Outbox.js"

/** The ways to deliver events, by their names on the command line. */
const ways = {
  doubled: { doubled: true },
  "out-of-order": { outOfOrder: true },
  reordered: { reordered: true },
  bare: { bare: true }
} as const

/** The flags for webhooks, public URLs and access control. */
export const options = {
  webhook: Options.text("webhook").pipe(
    Options.withPseudoName("URL"),
    Options.withDescription("A URL that receives the events of webhooks. Can be repeated"),
    Options.repeated
  ),
  // `Options.redacted` can't be repeated: it rejects a second value.
  webhookSecret: Options.text("webhook-secret").pipe(
    Options.withPseudoName("SECRET"),
    Options.withDescription(
      "The secret of the webhook, or one for each. Default: the environment variable CERTIFIER_WEBHOOK_SECRET, which other users of this machine can't see"
    ),
    Options.repeated,
    Options.map((secrets) => secrets.map((secret) => Redacted.make(secret)))
  ),
  webhookWay: Options.choice("webhook-way", ["doubled", "out-of-order", "reordered", "bare"]).pipe(
    Options.withDescription(
      "Delivers events differently than documented: twice, in another order, with the members of the JSON in another order, or without the whole objects. Can be repeated"
    ),
    Options.repeated
  ),
  webhookDelay: Options.text("webhook-delay").pipe(
    Options.withPseudoName("DURATION"),
    Options.withDescription(
      "The time between a change and the first attempt to deliver its event, such as '2 seconds'"
    ),
    Options.optional
  ),
  webhookSpeed: Options.float("webhook-speed").pipe(
    Options.withPseudoName("FACTOR"),
    Options.withDescription(
      "How many times faster than documented events are redelivered: with 4800, the first 80 minutes become one second"
    ),
    Options.optional
  ),
  publicUrl: Options.text("public-url").pipe(
    Options.withPseudoName("URL"),
    Options.withDescription("The URL under which others reach the sandbox, for links and images"),
    Options.optional
  ),
  controlToken: Options.redacted("control-token").pipe(
    Options.withPseudoName("TOKEN"),
    Options.withFallbackConfig(Config.redacted("CERTIFIER_SANDBOX_CONTROL_TOKEN")),
    Options.withDescription(
      "The token that the control endpoints and the console require. Default: none if only this machine can connect, otherwise a random one that is printed at the start"
    ),
    Options.optional
  )
}

/** Flags by the options of the sandbox that they set. */
export const flags: Readonly<Record<string, string>> = {
  publicUrl: "--public-url",
  "webhooks.url": "--webhook",
  "webhooks.secret": "--webhook-secret",
  controlToken: "--control-token"
}

interface Given {
  readonly webhook: ReadonlyArray<string>
  readonly webhookSecret: ReadonlyArray<Redacted.Redacted>
  readonly webhookWay: ReadonlyArray<keyof typeof ways>
  readonly webhookDelay: Option.Option<string>
  readonly webhookSpeed: Option.Option<number>
  readonly publicUrl: Option.Option<string>
}

/** The options of the sandbox. Each webhook has its own secret, or all share one. */
export const toOptions = (
  given: Given,
  ownSecret: Option.Option<Redacted.Redacted>
): Either.Either<Outbox.Options, ConfigError.ConfigError> =>
  Either.gen(function* () {
    const secrets = given.webhookSecret.length > 0 ? given.webhookSecret : Option.toArray(ownSecret)
    if (given.webhookSecret.length > 1 && secrets.length !== given.webhook.length) {
      return yield* CheckedOptions.invalid("--webhook-secret", "one secret, or one for each --webhook")
    }
    const webhooks = given.webhook.map((url, index) => {
      const secret = secrets[index] ?? secrets[0]
      return secret === undefined
        ? CheckedOptions.invalid("--webhook-secret", "a secret for --webhook")
        : Either.right({ url, secret })
    })
    return {
      webhooks: yield* Either.all(webhooks),
      webhookBehavior: Object.assign(
        {},
        ...given.webhookWay.map((way) => ways[way]),
        Option.match(given.webhookDelay, { onNone: () => ({}), onSome: (delay) => ({ delay: Wait.fromInput(delay) }) }),
        Option.match(given.webhookSpeed, { onNone: () => ({}), onSome: (speed) => ({ speed }) })
      ),
      publicUrl: Option.getOrUndefined(given.publicUrl)
    }
  })
