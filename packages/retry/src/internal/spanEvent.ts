import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** Adds an event to the current span, if there is one. */
export const spanEvent = (name: string, attributes: Record<string, unknown>): Effect.Effect<void> =>
  Effect.ignore(
    Effect.flatMap(Effect.zip(Effect.currentSpan, Clock.currentTimeNanos), ([span, now]) =>
      Effect.sync(() => span.event(name, now, attributes))
    )
  )
