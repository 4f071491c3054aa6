/**
 * Webhooks: what the sandbox delivers to whom, and what came of it.
 *
 * @since 0.1.0
 */
import type { HttpApp } from "@effect/platform"
import * as Duration from "effect/Duration"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Wait from "./internal/wait.js"

/**
 * Who receives the events: a URL, or an app that is called without a socket, such as core's `Webhook.handler`. The sandbox
 * calls no other URL than these, and follows no redirect.
 *
 * @since 0.1.0
 * @category models
 */
export type Target =
  | {
      /** Of `http` or `https`, without a user name and a password. */
      readonly url: string | URL
      /** What the bodies are signed with. */
      readonly secret: Redacted.Redacted
    }
  | {
      readonly app: HttpApp.Default<unknown>
      /** What the bodies are signed with. */
      readonly secret: Redacted.Redacted
    }

/**
 * How events are delivered, for all targets. The documented service delivers in order most of the time, and says that a
 * receiver must not rely on it. Each field is optional in what is passed to the sandbox.
 *
 * - `doubled`: each event is delivered again after it was received.
 * - `outOfOrder`: two events that follow each other within a second change places.
 * - `delay`: the time between a change and the first attempt.
 * - `reordered`: the members of the JSON are in the opposite order. The signature is that of these bytes.
 * - `bare`: `data` has only the `resource`, as in the vendor's example; otherwise the whole objects too, as it was seen live.
 * - `speed`: how many times faster than documented an event is delivered again. 4800 makes the first 80 minutes one second.
 *
 * @since 0.1.0
 * @category models
 */
export const Behavior = Schema.Struct({
  doubled: Schema.Boolean,
  outOfOrder: Schema.Boolean,
  delay: Wait.Wait,
  reordered: Schema.Boolean,
  bare: Schema.Boolean,
  speed: Schema.Number.pipe(Schema.between(0.001, 1_000_000))
})

/**
 * @since 0.1.0
 * @category models
 */
export type Behavior = typeof Behavior.Type

/**
 * As it is documented: in order, once, at once, with the whole objects.
 *
 * @since 0.1.0
 * @category models
 */
export const standard: Behavior = {
  doubled: false,
  outOfOrder: false,
  delay: Duration.zero,
  reordered: false,
  bare: false,
  speed: 1
}

/**
 * How often an event is delivered at most: seven times in 3.5 days.
 *
 * @since 0.1.0
 * @category models
 */
export const mostAttempts = 7

/**
 * The time between an attempt that failed and the next one: 80 minutes after the first, then twice as long each time, or
 * `factor` times. The seventh attempt is 3.5 days after the first: these two numbers are known, the steps between them are not.
 *
 * @since 0.1.0
 * @category models
 */
export const backOff = (attempt: number, speed = 1, factor: 2 | 3 = 2): Duration.Duration =>
  Duration.millis(((302_400_000 / ((factor ** 6 - 1) / (factor - 1))) * factor ** (attempt - 1)) / speed)

/**
 * One request to a target.
 *
 * @since 0.1.0
 * @category models
 */
export class Attempt extends Schema.Class<Attempt>("@effect-certifier/sandbox/Attempt")({
  at: Schema.DateTimeUtc,
  /** The status of the response; none if there was no response. */
  status: Schema.optionalWith(Schema.Int, { as: "Option", exact: true }),
  /** Why there was no response, such as `ECONNREFUSED`. */
  problem: Schema.optionalWith(Schema.String, { as: "Option", exact: true })
}) {}

/**
 * An event on its way to a target. It is `delivered` once a response was 2xx, `failed` after the last attempt without one,
 * and `pending` until then.
 *
 * @since 0.1.0
 * @category models
 */
export class Delivery extends Schema.Class<Delivery>("@effect-certifier/sandbox/Delivery")({
  /** 1 for the first delivery, and so on. */
  number: Schema.Int,
  /** The target's URL without its query, or `app` and its place among the targets. */
  target: Schema.String,
  eventId: Schema.String,
  /** Such as `credential.issued`. */
  type: Schema.String,
  /** What is delivered, in each attempt the same. */
  body: Schema.String,
  state: Schema.Literal("pending", "delivered", "failed"),
  /** Oldest first; at most the latest 20. */
  attempts: Schema.Array(Attempt),
  /** When the next attempt is made, by the sandbox's `Clock`. */
  nextAt: Schema.optionalWith(Schema.DateTimeUtc, { as: "Option", exact: true })
}) {}
