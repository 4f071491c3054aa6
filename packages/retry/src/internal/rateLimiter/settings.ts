import * as ConfigError from "effect/ConfigError"
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Option from "effect/Option"

/** The longest delay of a JavaScript timer. */
const longest = Duration.millis(2 ** 31 - 1)

/** `effect` reads a negative number, NaN among them, as zero. */
const isNegative = (input: Duration.DurationInput): boolean =>
  typeof input === "string" ? input.trimStart().startsWith("-") : typeof input === "number" && !(input >= 0)

const invalid = (name: string, expected: string) => Either.left(ConfigError.InvalidData([name], `Expected ${expected}`))

/** Checks a time and converts it to milliseconds. */
export const time = (
  name: string,
  input: Duration.DurationInput,
  options: { readonly zero: boolean }
): Either.Either<number, ConfigError.ConfigError> =>
  Duration.decodeUnknown(input).pipe(
    Option.filter((value) => !isNegative(input) && Duration.lessThanOrEqualTo(value, longest)),
    Option.filter((value) => options.zero || Duration.greaterThan(value, Duration.zero)),
    Option.match({
      onNone: () =>
        invalid(
          name,
          `a duration ${options.zero ? "of zero or more" : "above zero"} and of at most 24 days, such as '1 second'`
        ),
      onSome: (value) => Either.right(Duration.toMillis(value))
    })
  )

export const maximumLimit = 100_000

export const limit = (name: string, value: number): Either.Either<number, ConfigError.ConfigError> =>
  Number.isSafeInteger(value) && value >= 1 && value <= maximumLimit
    ? Either.right(value)
    : invalid(name, `a whole number from 1 to ${maximumLimit}`)

export const oneOf = <A extends string>(
  name: string,
  value: A,
  members: ReadonlyArray<A>
): Either.Either<A, ConfigError.ConfigError> =>
  members.includes(value) ? Either.right(value) : invalid(name, `one of ${members.join(", ")}`)

export const defaults = {
  limit: 3,
  window: "1 second",
  margin: "1 second",
  maxWait: "5 minutes"
} as const

interface Options {
  readonly limit?: number | undefined
  readonly window?: Duration.DurationInput | undefined
  readonly margin?: Duration.DurationInput | undefined
  readonly maxWait?: Duration.DurationInput | undefined
  readonly coolDown?: Duration.DurationInput | undefined
}

/** The options that all rate limiters share; times in milliseconds. */
export const settings = (options: Options) =>
  Either.all({
    limit: limit("limit", options.limit ?? defaults.limit),
    window: time("window", options.window ?? defaults.window, { zero: false }),
    margin: time("margin", options.margin ?? defaults.margin, { zero: true }),
    maxWait: time("maxWait", options.maxWait ?? defaults.maxWait, { zero: true }),
    coolDown: time("coolDown", options.coolDown ?? options.window ?? defaults.window, { zero: false })
  })
