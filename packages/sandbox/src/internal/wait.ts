import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** A timer of JavaScript fires at once for 2^31 ms, about 24.8 days, and more. */
export const Bounded = Schema.DurationFromSelf.pipe(
  Schema.betweenDuration(0, "24 hours", {
    description: "a duration of at most 24 hours",
    message: () => "is not a duration of at most 24 hours",
    arbitrary: () => (fc) => fc.integer({ min: 0, max: 60_000 }).map(Duration.millis)
  })
)

/** A duration as options have it; what is none becomes one that is out of bounds. */
export const fromInput = (input: unknown): Duration.Duration =>
  Option.getOrElse(Duration.decodeUnknown(input), () => Duration.infinity)

/** A duration on the wire: milliseconds, or a text such as `2 seconds`. */
export const Wait = Schema.transform(Schema.Union(Schema.Number, Schema.String), Bounded, {
  strict: true,
  decode: (input) => (typeof input === "number" && !(input >= 0) ? Duration.infinity : fromInput(input)),
  encode: Duration.toMillis
})
