import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberRefs from "effect/FiberRefs"
import * as Runtime from "effect/Runtime"
import * as RuntimeFlags from "effect/RuntimeFlags"
import * as Scope from "effect/Scope"

/**
 * Schedules a callback on the clock, and returns a function that cancels it. The default clock is bypassed in favour of its own
 * timer, without a fiber, because every attempt needs a timer and almost none fires.
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
 * An ended fiber may stay in memory, with everything it references, until the next full garbage collection: Effect keeps
 * running fibers in a set, and V8 links the outgrown tables of a set to the new ones. So it references as little as possible.
 */
const forget = /* #__PURE__ */ Effect.updateFiberRefs(FiberRefs.empty)

/**
 * Runs an effect in a separate fiber, which starts immediately, is interrupted by the time limit, and discards its fiber refs
 * when it ends. `Effect.timeoutFail` and `Effect.locally` do the same at several times the cost.
 *
 * Its scope is closed unless it succeeds: a success must have nothing left to release.
 */
export const make =
  <E1>({ duration, onTimeout }: { readonly duration: Duration.Duration; readonly onTimeout: () => E1 }) =>
  <A, E>(self: Effect.Effect<A, E, Scope.Scope>): Effect.Effect<A, E | E1> =>
    Effect.flatMap(Effect.runtime(), (runtime) => {
      let fiber: Fiber.RuntimeFiber<void> | undefined
      let result: Effect.Effect<A, E | E1> | undefined
      // A canceler of `Effect.async` does the same, but V8 ends up allocating a part of it in its old space, which retains all
      // objects of the call until the next full garbage collection.
      return Effect.acquireUseRelease(
        Scope.make(),
        (scope) =>
          Effect.async<A, E | E1>((resume) => {
            const started = Runtime.runFork(
              Runtime.make({
                context: Context.add(runtime.context, Scope.Scope, scope),
                fiberRefs: runtime.fiberRefs,
                // The limit also applies in uninterruptible regions, such as finalizers and acquisitions.
                runtimeFlags: RuntimeFlags.enable(runtime.runtimeFlags, RuntimeFlags.Interruption)
              }),
              // A failure is returned as a value, because a failing fiber would be logged.
              Effect.flatMap(Effect.exit(self), (exit) => {
                result ??= exit
                return forget
              })
            )
            fiber = started
            const cancel = schedule(runtime, duration, () => {
              result ??= Effect.fail(onTimeout())
              started.unsafeInterruptAsFork(started.id())
            })
            started.addObserver(() => {
              cancel()
              resume(result ?? Effect.interrupt)
            })
          }),
        (scope, exit) =>
          fiber && Exit.isFailure(exit)
            ? Effect.zipRight(Fiber.interrupt(fiber), Scope.close(scope, exit))
            : Effect.void
      )
    })
