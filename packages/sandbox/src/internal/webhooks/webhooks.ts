import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as Option from "effect/Option"
import type * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import { type Attempt, backOff, type Behavior, Delivery, mostAttempts } from "../../Delivery.js"
import type { Quirks } from "../../Quirk.js"
import type { Changes } from "../changes.js"
import * as Ids from "../ids.js"
import * as Keep from "../keep.js"
import type { Commit } from "../workspace/event.js"
import * as Letters from "../workspace/letters.js"
import type { State } from "../workspace/state.js"
import type { Consequence, Workspace } from "../workspace/workspace.js"
import { bodyOf, type News, newsOf } from "./event.js"
import { isReceived, type Receiver } from "./target.js"

/** The deliveries and their results. */
export interface Webhooks {
  readonly deliveries: Effect.Effect<ReadonlyArray<Delivery>>
  /** How many deliveries were dropped because there were too many. */
  readonly forgotten: Effect.Effect<number>
  /** Drops all deliveries; no further attempt is made for them. */
  readonly clear: Effect.Effect<void>
  /** Waits until no attempt is due. */
  readonly settled: Effect.Effect<ReadonlyArray<Delivery>>
  /** Makes an attempt immediately and waits for its result; none if no delivery has this number. */
  readonly redeliver: (number: number) => Effect.Effect<Option.Option<Delivery>>
  readonly behavior: Effect.Effect<Behavior>
  readonly setBehavior: (behavior: Partial<Behavior>) => Effect.Effect<Behavior>
  readonly targets: ReadonlyArray<string>
  /** Called with each change of the workspace. */
  readonly follow: (state: State, commit: Commit) => Effect.Effect<Consequence>
  /** Continues the deliveries of an earlier run. */
  readonly resume: Effect.Effect<void>
}

export interface Options {
  readonly receivers: ReadonlyArray<Receiver>
  readonly behavior: Behavior
  readonly random: Random.Random
  readonly keep: number
  readonly changes: Changes
  readonly quirks: Quirks
  readonly url: () => string
  readonly saved: ReadonlyArray<Delivery>
  readonly save: Workspace["save"]
}

/** The size limit of all kept bodies, in characters. */
const spaceOfBodies = 8 * 1024 * 1024

/** The number of attempts that are kept for each delivery. With manual redelivery there can be more than the service makes. */
const keptAttempts = 20

/** The time that an event waits for the next event to overtake it. */
const holding = Duration.seconds(1)

/** A delivery in progress. */
interface Job {
  delivery: Delivery
  readonly line: Line
  fiber: Fiber.RuntimeFiber<void> | undefined
  /** Whether it was dropped and is no longer saved. */
  isGone: boolean
}

/** The events for one receiver. Their first attempts run one at a time. */
interface Line {
  readonly receiver: Receiver
  readonly first: Effect.Semaphore
  /** An event that waits to be overtaken. */
  held: { readonly job: Job; readonly released: Deferred.Deferred<void> } | undefined
}

/** The line of deliveries whose target is no longer configured. Nothing is sent. */
const noLine: Line = {
  receiver: { name: "", post: () => Effect.dieMessage("The delivery has no target") },
  first: Effect.unsafeMakeSemaphore(1),
  held: undefined
}

const isDue = ({ nextAt, state }: Delivery, now: number): boolean =>
  state === "pending" && !Option.exists(nextAt, (at) => at.epochMillis > now)

export const make = (options: Options): Effect.Effect<Webhooks, never, Scope.Scope> =>
  Effect.map(Effect.scope, (scope) => {
    const { changes, quirks, random } = options
    const kept = Keep.make<Job>(options.keep, spaceOfBodies)
    const lines = options.receivers.map((receiver): Line => {
      return { receiver, first: Effect.unsafeMakeSemaphore(1), held: undefined }
    })
    let behavior = options.behavior
    let count = options.saved.at(-1)?.number ?? 0
    let dropped: ReadonlyArray<Job> = []

    const change = (job: Job, fields: Partial<ConstructorParameters<typeof Delivery>[0]>) =>
      Effect.suspend(() => {
        job.delivery = new Delivery({ ...job.delivery, ...fields })
        changes.announce()
        return job.isGone ? Effect.void : options.save([Letters.putDelivery(job.delivery)])
      })

    const post = (job: Job): Effect.Effect<Attempt> =>
      Effect.tap(job.line.receiver.post(job.delivery), (attempt) =>
        change(job, { attempts: [...job.delivery.attempts, attempt].slice(-keptAttempts) })
      )

    const attempt = (job: Job): Effect.Effect<Attempt> =>
      Effect.zipRight(change(job, { nextAt: Option.none() }), post(job))

    /** Stores the end of the wait before it sleeps, so that the clock can be moved as soon as the wait is visible. */
    const pauseUntil = (job: Job, end: DateTime.Utc, until: Effect.Effect<void> = Effect.never) =>
      Effect.gen(function* () {
        if (DateTime.lessThanOrEqualTo(end, yield* DateTime.now)) return
        yield* change(job, { nextAt: Option.some(end) })
        const rest = Effect.flatMap(Clock.currentTimeMillis, (now) => Effect.sleep(Math.max(0, end.epochMillis - now)))
        yield* Effect.race(rest, until)
      })

    const pause = (job: Job, duration: Duration.Duration, until?: Effect.Effect<void>) =>
      Effect.flatMap(DateTime.now, (now) => pauseUntil(job, DateTime.addDuration(now, duration), until))

    /** Waits for the next event to overtake this one, or, if another event waits for this one, releases it afterwards. */
    const overtaking = <A>(job: Job, first: Effect.Effect<A>): Effect.Effect<A> =>
      Effect.suspend(() => {
        const { line } = job
        const { held } = line
        if (held !== undefined) {
          line.held = undefined
          const release = Effect.zipRight(
            change(held.job, { nextAt: Option.none() }),
            Deferred.succeed(held.released, undefined)
          )
          return Effect.ensuring(first, release)
        }
        if (!behavior.outOfOrder) return first
        const released = Deferred.unsafeMake<void>(FiberId.none)
        line.held = { job, released }
        const forget = Effect.sync(() => {
          if (line.held?.job === job) line.held = undefined
        })
        return pause(job, holding, Deferred.await(released)).pipe(Effect.zipRight(forget), Effect.zipRight(first))
      })

    const firstAttempt = (job: Job): Effect.Effect<Attempt> =>
      Effect.zipRight(pause(job, behavior.delay), overtaking(job, job.line.first.withPermits(1)(attempt(job))))

    /** Waits for the time of the next attempt, which may have been set by an earlier run. */
    const pauseAfter = (job: Job, made: number): Effect.Effect<void> =>
      Option.match(job.delivery.nextAt, {
        onNone: () => pause(job, backOff(made, behavior.speed, quirks.webhookBackOff === "doubled" ? 2 : 3)),
        onSome: (at) => pauseUntil(job, at)
      })

    /** Makes all attempts for one event, or those that an earlier run has not made. */
    const deliver = (job: Job): Effect.Effect<void> =>
      Effect.gen(function* () {
        let latest = job.delivery.attempts.at(-1) ?? (yield* firstAttempt(job))
        for (let made = job.delivery.attempts.length; !isReceived(latest) && made < mostAttempts; made++) {
          yield* pauseAfter(job, made)
          latest = yield* attempt(job)
        }
        if (!isReceived(latest)) return yield* change(job, { state: "failed" })
        if (behavior.doubled) yield* attempt(job)
        yield* change(job, { state: "delivered" })
      })

    const stop = (jobs: ReadonlyArray<Job>) =>
      Effect.forEach(jobs, ({ fiber }) => (fiber === undefined ? Effect.void : Fiber.interruptFork(fiber)), {
        discard: true
      })

    /** Runs an effect in the background, with the caller's clock. */
    const start = (effect: Effect.Effect<void>) => Effect.forkIn(Effect.interruptible(effect), scope)

    const keep = (job: Job): ReadonlyArray<Job> => {
      const excess = kept.add(job, job.delivery.body.length)
      excess.forEach((other) => {
        other.isGone = true
      })
      return excess
    }

    const enqueue = (job: Job) =>
      Effect.gen(function* () {
        count = job.delivery.number
        const excess = keep(job)
        dropped = [...dropped, ...excess]
        yield* stop(excess)
        job.fiber = yield* start(deliver(job))
        changes.announce()
      })

    /** A delivery for each target. The first one has this number. */
    const jobsOf = (state: State, news: News, number: number): Effect.Effect<ReadonlyArray<Job>> =>
      Effect.gen(function* () {
        const eventId = yield* Ids.make(random, quirks)
        const createdAt = DateTime.formatIso(yield* DateTime.now)
        const { type } = news
        const body = bodyOf(news, { id: eventId, createdAt }, behavior, { state, quirks, url: options.url })
        return lines.map((line, index) => ({
          line,
          fiber: undefined,
          isGone: false,
          delivery: new Delivery({
            number: number + index,
            target: line.receiver.name,
            eventId,
            type,
            body,
            state: "pending",
            attempts: [],
            nextAt: Option.none()
          })
        }))
      })

    const removals = (jobs: ReadonlyArray<Job>) =>
      jobs.map(({ delivery: { number } }) => Letters.remove("deliveries", number))

    /** Restores a delivery of an earlier run. If its target is no longer configured, it has failed in this run. */
    const restore = (delivery: Delivery) =>
      Effect.gen(function* () {
        const line = lines.find(({ receiver }) => receiver.name === delivery.target)
        const isStuck = line === undefined && delivery.state === "pending"
        const job: Job = {
          line: line ?? noLine,
          fiber: undefined,
          isGone: false,
          delivery: isStuck ? new Delivery({ ...delivery, state: "failed", nextAt: Option.none() }) : delivery
        }
        dropped = [...dropped, ...keep(job)]
        if (job.delivery.state === "pending") job.fiber = yield* start(deliver(job))
      })

    const deliveries = Effect.sync(() => kept.values().map(({ delivery }) => delivery))

    const settled: Effect.Effect<ReadonlyArray<Delivery>> = Effect.suspend(() => {
      const version = changes.version()
      return Effect.flatMap(Effect.all([deliveries, Clock.currentTimeMillis]), ([all, now]) =>
        all.some((delivery) => isDue(delivery, now))
          ? Effect.zipRight(changes.after(version), settled)
          : Effect.succeed(all)
      )
    })

    const again = (job: Job): Effect.Effect<Delivery> =>
      Effect.gen(function* () {
        if (job.line === noLine) return job.delivery
        if (isReceived(yield* post(job))) {
          yield* stop([job])
          yield* change(job, { state: "delivered", nextAt: Option.none() })
        }
        return job.delivery
      })

    return {
      deliveries,
      settled,
      forgotten: Effect.sync(kept.forgotten),
      clear: Effect.suspend(() => {
        const cleared = kept.clear()
        cleared.forEach((job) => {
          job.isGone = true
        })
        return stop(cleared).pipe(
          Effect.zipRight(options.save(removals([...dropped, ...cleared]))),
          Effect.zipRight(Effect.sync(changes.announce))
        )
      }),
      resume: Effect.forEach(options.saved, restore, { discard: true }),
      redeliver: (number) =>
        Effect.suspend(() => {
          const job = kept.values().find(({ delivery }) => delivery.number === number)
          return job === undefined ? Effect.succeedNone : Effect.asSome(again(job))
        }),
      behavior: Effect.sync(() => behavior),
      setBehavior: (given) =>
        Effect.sync(() => {
          behavior = { ...behavior, ...given }
          changes.announce()
          return behavior
        }),
      targets: lines.map(({ receiver }) => receiver.name),
      follow: (state, { events }) =>
        Effect.gen(function* () {
          const all = lines.length === 0 ? [] : newsOf(events, quirks)
          const jobs = (yield* Effect.forEach(all, (news, index) =>
            jobsOf(state, news, count + 1 + index * lines.length)
          )).flat()
          const removed = jobs.length === 0 ? [] : dropped
          return {
            letters: [...removals(removed), ...jobs.map(({ delivery }) => Letters.putDelivery(delivery))],
            complete: Effect.suspend(() => {
              dropped = dropped.filter((job) => !removed.includes(job))
              return Effect.forEach(jobs, enqueue, { discard: true })
            })
          }
        })
    }
  })
