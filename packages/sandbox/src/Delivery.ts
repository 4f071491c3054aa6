/**
 * Webhooks: the targets of events, how events are delivered, and the results.
 *
 * @since 0.1.0
 */
import type { HttpApp } from "@effect/platform"
import * as Duration from "effect/Duration"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Wait from "./internal/wait.js"

/**
 * A receiver of events: a URL, or an app that is called without a socket, such as core's `Webhook.handler`. The sandbox
 * calls no other URLs and does not follow redirects.
 *
 * @since 0.1.0
 * @category models
 */
export type Target =
  | {
      /** Of `http` or `https`, without a user name and a password. */
      readonly url: string | URL
      /** The secret with which bodies are signed. */
      readonly secret: Redacted.Redacted
    }
  | {
      readonly app: HttpApp.Default<unknown>
      /** The secret with which bodies are signed. */
      readonly secret: Redacted.Redacted
    }

/**
 * How events are delivered to all targets. The order of events is not documented, so a receiver must not rely on it. All
 * fields are optional in the options of a sandbox.
 *
 * - `doubled`: each event is delivered a second time after it was received.
 * - `outOfOrder`: two events within a second are swapped.
 * - `delay`: the time between a change and the first attempt.
 * - `reordered`: the members of the JSON are in reverse order. The signature is that of these bytes.
 * - `bare`: `data` contains only the `resource`, as in the vendor's example; otherwise also the whole objects, as seen on the
 *   live service.
 * - `speed`: how many times faster than documented an event is redelivered. With 4800, the first 80 minutes become one second.
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
 * The default: in order, once, without delay, with the whole objects.
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
 * The maximum number of attempts to deliver an event: seven, in 3.5 days.
 *
 * @since 0.1.0
 * @category models
 */
export const mostAttempts = 7

/**
 * The time between a failed attempt and the next one: 80 minutes after the first, then twice as long each time, or `factor`
 * times as long. The seventh attempt is 3.5 days after the first: the vendor documents these two numbers, not the steps.
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
 * An event and its target. It is `delivered` once a response was 2xx, `failed` if the last attempt had no such response, and
 * `pending` until then.
 *
 * @since 0.1.0
 * @category models
 */
export class Delivery extends Schema.Class<Delivery>("@effect-certifier/sandbox/Delivery")({
  /** 1 for the first delivery, and so on. */
  number: Schema.Int,
  /** The target's URL without its query, or `app` and its number among the targets. */
  target: Schema.String,
  eventId: Schema.String,
  /** Such as `credential.issued`. */
  type: Schema.String,
  /** The body, the same in each attempt. */
  body: Schema.String,
  state: Schema.Literal("pending", "delivered", "failed"),
  /** Oldest first; at most the latest 20. */
  attempts: Schema.Array(Attempt),
  /** The time of the next attempt, by the sandbox's `Clock`. */
  nextAt: Schema.optionalWith(Schema.DateTimeUtc, { as: "Option", exact: true })
}) {}
