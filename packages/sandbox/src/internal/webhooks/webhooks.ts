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
import type { State } from "../workspace/state.js"
import { bodyOf, type News, newsOf } from "./event.js"
import { isReceived, type Receiver } from "./target.js"

/** What is delivered, and the results. */
export interface Webhooks {
  readonly deliveries: Effect.Effect<ReadonlyArray<Delivery>>
  /** How many deliveries were dropped because there were too many. */
  readonly forgotten: Effect.Effect<number>
  /** Drops all deliveries; no further attempt is made for them. */
  readonly clear: Effect.Effect<void>
  /** Waits until no attempt is due. */
  readonly settled: Effect.Effect<ReadonlyArray<Delivery>>
  /** Makes an attempt at once, and waits for its end; none if there is no delivery with this number. */
  readonly redeliver: (number: number) => Effect.Effect<Option.Option<Delivery>>
  readonly behavior: Effect.Effect<Behavior>
  readonly setBehavior: (behavior: Partial<Behavior>) => Effect.Effect<Behavior>
  readonly targets: ReadonlyArray<string>
  /** Follows a change of the workspace. */
  readonly follow: (state: State, commit: Commit) => Effect.Effect<void>
}

export interface Options {
  readonly receivers: ReadonlyArray<Receiver>
  readonly behavior: Behavior
  readonly random: Random.Random
  readonly keep: number
  readonly changes: Changes
  readonly quirks: Quirks
  readonly url: () => string
}

/** Of all bodies that are kept, in characters. */
const spaceOfBodies = 8 * 1024 * 1024

/** Of each delivery; by hand there can be more attempts than the service makes. */
const keptAttempts = 20

/** How long an event waits for the next one, to be overtaken. */
const holding = Duration.seconds(1)

/** A delivery while it happens. */
interface Job {
  delivery: Delivery
  readonly line: Line
  fiber: Fiber.RuntimeFiber<void> | undefined
}

/** The events for one receiver: the first attempts are made one after the other. */
interface Line {
  readonly receiver: Receiver
  readonly first: Effect.Semaphore
  /** An event that waits to be overtaken. */
  held: { readonly job: Job; readonly released: Deferred.Deferred<void> } | undefined
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
    let count = 0

    const change = (job: Job, fields: Partial<ConstructorParameters<typeof Delivery>[0]>) =>
      Effect.sync(() => {
        job.delivery = new Delivery({ ...job.delivery, ...fields })
        changes.announce()
      })

    const post = (job: Job): Effect.Effect<Attempt> =>
      Effect.tap(job.line.receiver.post(job.delivery), (attempt) =>
        change(job, { attempts: [...job.delivery.attempts, attempt].slice(-keptAttempts) })
      )

    const attempt = (job: Job): Effect.Effect<Attempt> =>
      Effect.zipRight(change(job, { nextAt: Option.none() }), post(job))

    /** Waits, visibly. The clock can be moved as soon as it is seen, and before the sleep begins. */
    const pause = (job: Job, duration: Duration.Duration, until: Effect.Effect<void> = Effect.never) =>
      Effect.gen(function* () {
        if (Duration.toMillis(duration) === 0) return
        const end = DateTime.addDuration(yield* DateTime.now, duration)
        yield* change(job, { nextAt: Option.some(end) })
        const rest = Effect.flatMap(Clock.currentTimeMillis, (now) => Effect.sleep(Math.max(0, end.epochMillis - now)))
        yield* Effect.race(rest, until)
      })

    /** Lets the next event pass, if there is one soon; or, as the next one, lets the one before it go on afterwards. */
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

    /** All attempts for one event. */
    const deliver = (job: Job): Effect.Effect<void> =>
      Effect.gen(function* () {
        yield* pause(job, behavior.delay)
        let latest = yield* overtaking(job, job.line.first.withPermits(1)(attempt(job)))
        for (let made = 1; !isReceived(latest) && made < mostAttempts; made++) {
          yield* pause(job, backOff(made, behavior.speed, quirks.webhookBackOff === "doubled" ? 2 : 3))
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

    /** In the background, with the clock of the caller. */
    const start = (effect: Effect.Effect<void>) => Effect.forkIn(Effect.interruptible(effect), scope)

    const enqueue = (line: Line, type: string, eventId: string, body: string) =>
      Effect.gen(function* () {
        const job: Job = {
          line,
          fiber: undefined,
          delivery: new Delivery({
            number: ++count,
            target: line.receiver.name,
            eventId,
            type,
            body,
            state: "pending",
            attempts: [],
            nextAt: Option.none()
          })
        }
        yield* stop(kept.add(job, body.length))
        job.fiber = yield* start(deliver(job))
        changes.announce()
      })

    const publish = (state: State, news: News) =>
      Effect.gen(function* () {
        const id = yield* Ids.make(random, quirks)
        const createdAt = DateTime.formatIso(yield* DateTime.now)
        const body = bodyOf(news, { id, createdAt }, behavior, { state, quirks, url: options.url })
        yield* Effect.forEach(lines, (line) => enqueue(line, news.type, id, body), { discard: true })
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
      clear: Effect.suspend(() => Effect.zipRight(stop(kept.clear()), Effect.sync(changes.announce))),
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
        lines.length === 0
          ? Effect.void
          : Effect.forEach(newsOf(events, quirks), (news) => publish(state, news), { discard: true })
    }
  })
