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
 * Calls back after a while of the clock; returns how to call that off. The default clock is called as it calls itself,
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
 * An ended fiber may stay in memory until the next full collection, with all that it refers to: Effect keeps the running ones
 * in a set, and V8 links the tables that such a set has outgrown to the next ones. So it refers to as little as possible.
 */
const forget = /* #__PURE__ */ Effect.updateFiberRefs(FiberRefs.empty)

/**
 * Runs an effect in a fiber of its own that starts at once, is interrupted by the time limit, and takes what was set in
 * it along when it ends. `Effect.timeoutFail` and `Effect.locally` do the same at several times the cost.
 *
 * It has a scope of its own, which is closed unless it succeeds: a success is to have nothing left to release.
 */
export const make =
  <E1>({ duration, onTimeout }: { readonly duration: Duration.Duration; readonly onTimeout: () => E1 }) =>
  <A, E>(self: Effect.Effect<A, E, Scope.Scope>): Effect.Effect<A, E | E1> =>
    Effect.flatMap(Effect.runtime(), (runtime) => {
      let fiber: Fiber.RuntimeFiber<void> | undefined
      let result: Effect.Effect<A, E | E1> | undefined
      // What `Effect.async` makes of a canceler does the same; but V8 comes to allocate a part of that in its old space, and
      // all that a call has made stays in memory with it until the next full collection.
      return Effect.acquireUseRelease(
        Scope.make(),
        (scope) =>
          Effect.async<A, E | E1>((resume) => {
            const started = Runtime.runFork(
              Runtime.make({
                context: Context.add(runtime.context, Scope.Scope, scope),
                fiberRefs: runtime.fiberRefs,
                // The limit also holds where the caller can't be interrupted: in finalizers and acquisitions.
                runtimeFlags: RuntimeFlags.enable(runtime.runtimeFlags, RuntimeFlags.Interruption)
              }),
              // Its failure is a result here; a fiber that fails would be logged.
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
