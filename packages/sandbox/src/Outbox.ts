/**
 * What leaves the sandbox: mails, which are kept instead of sent, and events, which are delivered to the configured webhooks.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Delivery from "./Delivery.js"
import type * as Mail from "./Mail.js"
import type { InvalidOptions } from "./SandboxError.js"

/**
 * Options of what leaves a sandbox.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The receivers of events. Default: none. */
  readonly webhooks?: ReadonlyArray<Delivery.Target> | undefined
  /** How events are delivered. Default: `Delivery.standard`. */
  readonly webhookBehavior?: Partial<Delivery.Behavior> | undefined
  /**
   * How many mails are kept, 1 to 100 000, and together at most 8 388 608 characters; the oldest are dropped. Default 1000.
   */
  readonly keepMails?: number | undefined
  /**
   * How many deliveries are kept, 1 to 100 000, and together at most 8 388 608 characters of bodies; the oldest are dropped,
   * and not delivered again. Default 1000.
   */
  readonly keepDeliveries?: number | undefined
  /** The URL under which others reach the sandbox, for links and images. Default: the sandbox's `url`. */
  readonly publicUrl?: string | URL | undefined
}

/**
 * How many requests, mails and deliveries were dropped because a limit was reached.
 *
 * @since 0.1.0
 * @category models
 */
export interface Forgotten {
  readonly requests: number
  readonly mails: number
  readonly deliveries: number
}

/**
 * The operations on what leaves a sandbox.
 *
 * @since 0.1.0
 * @category models
 */
export interface Outbox {
  /** The mails that would have been sent, oldest first. */
  readonly mails: Effect.Effect<ReadonlyArray<Mail.Mail>>
  /** Removes the mails. */
  readonly clearMails: Effect.Effect<void>
  /**
   * Sets whether mails to an address bounce from now on. The API does not return this, `bounced` of a mail does, as the
   * service's dashboard would. Case is ignored.
   */
  readonly bounce: (address: string, bounces?: boolean) => Effect.Effect<void>
  /** What is delivered to webhooks, oldest first. */
  readonly deliveries: Effect.Effect<ReadonlyArray<Delivery.Delivery>>
  /**
   * Waits until no attempt is due, then returns the deliveries: each has been delivered, has failed for the last time, or
   * waits for the time of its next attempt.
   */
  readonly awaitDeliveries: Effect.Effect<ReadonlyArray<Delivery.Delivery>>
  /** Makes an attempt now, whatever the results of earlier attempts; none if no delivery has this number. */
  readonly redeliver: (number: number) => Effect.Effect<Option.Option<Delivery.Delivery>>
  /** Removes the deliveries. Pending ones are not delivered. */
  readonly clearDeliveries: Effect.Effect<void>
  /** Changes how events are delivered from now on. */
  readonly changeWebhooks: (behavior: Partial<Delivery.Behavior>) => Effect.Effect<Delivery.Behavior, InvalidOptions>
  /** How many recorded requests, mails and deliveries were dropped. */
  readonly forgotten: Effect.Effect<Forgotten>
  /**
   * Moves the sandbox's clock forward, relative to the caller's: credentials expire, the rate limit recovers, and attempts
   * that become due are made.
   */
  readonly moveClock: (by: Duration.DurationInput) => Effect.Effect<void, InvalidOptions>
}
