import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** JavaScript's timers fire at once for 2^31 ms (about 24.8 days) and more. */
export const Bounded = Schema.DurationFromSelf.pipe(
  Schema.betweenDuration(0, "24 hours", {
    description: "a duration of at most 24 hours",
    message: () => "is not a duration of at most 24 hours",
    arbitrary: () => (fc) => fc.integer({ min: 0, max: 60_000 }).map(Duration.millis)
  })
)

/** The duration of an option. An invalid one becomes a duration that is out of bounds. */
export const fromInput = (input: unknown): Duration.Duration =>
  Option.getOrElse(Duration.decodeUnknown(input), () => Duration.infinity)

const fromJson = (bounded: typeof Bounded) =>
  Schema.transform(Schema.Union(Schema.Number, Schema.String), bounded, {
    strict: true,
    decode: (input) => (typeof input === "number" && !(input >= 0) ? Duration.infinity : fromInput(input)),
    encode: Duration.toMillis
  })

/** A duration in JSON: milliseconds, or a string such as `2 seconds`. */
export const Wait = fromJson(Bounded)

/** The same, up to ten years, for moving a clock. */
export const Long = fromJson(
  Schema.DurationFromSelf.pipe(
    Schema.betweenDuration(0, "3653 days", { message: () => "is not a duration of at most 3653 days" })
  )
)
