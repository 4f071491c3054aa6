import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberRefs from "effect/FiberRefs"
import * as Runtime from "effect/Runtime"

/**
 * Calls back after a while of the clock; returns how to call that off. The default clock is asked as it asks itself,
 * without a fiber: a timer is what every attempt needs and next to none of them uses.
 */
const schedule = (runtime: Runtime.Runtime<never>, duration: Duration.Duration, task: () => void): (() => void) => {
  const services = FiberRefs.getOrDefault(runtime.fiberRefs, DefaultServices.currentServices)
  if (Context.get(services, Clock.Clock) === Context.get(DefaultServices.liveServices, Clock.Clock)) {
    const timer = setTimeout(task, Duration.toMillis(duration))
    return () => clearTimeout(timer)
  }
  return Runtime.runCallback(runtime, Effect.zipRight(Clock.sleep(duration), Effect.sync(task)))
}

/**
 * Runs an effect in a fiber of its own that starts at once, is interrupted by the time limit, and takes what was set in
 * it along when it ends. `Effect.timeoutFail` and `Effect.locally` do the same at several times the cost.
 */
export const make =
  <E1>({ duration, onTimeout }: { readonly duration: Duration.Duration; readonly onTimeout: () => E1 }) =>
  <A, E>(self: Effect.Effect<A, E>): Effect.Effect<A, E | E1> =>
    Effect.flatMap(Effect.runtime(), (runtime) => {
      // Its failure is an answer to us; a fiber that fails would be logged.
      const fiber = Runtime.runFork(runtime, Effect.exit(self))
      const exit = fiber.unsafePoll()
      if (exit !== null) return Exit.flatten(exit)
      return Effect.async<A, E | E1>((resume) => {
        let isLate = false
        const cancel = schedule(runtime, duration, () => {
          isLate = true
          fiber.unsafeInterruptAsFork(fiber.id())
        })
        fiber.addObserver((end) => {
          cancel()
          resume(isLate && Exit.isInterrupted(end) ? Effect.fail(onTimeout()) : Exit.flatten(end))
        })
        return Fiber.interrupt(fiber)
      })
    })
