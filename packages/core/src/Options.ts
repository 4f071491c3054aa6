/**
 * The validation of options, shared by all packages of this library. An invalid option is a `ConfigError` that names the option
 * and what was expected. It never contains the value, which can be a misplaced secret.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as ConfigError from "effect/ConfigError"
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Option from "effect/Option"

/**
 * A validated option.
 *
 * @since 0.1.0
 * @category models
 */
export type Checked<A> = Either.Either<A, ConfigError.ConfigError>

/**
 * Rejects an option.
 *
 * @since 0.1.0
 * @category constructors
 */
export const invalid = (name: string, expected: string): Either.Either<never, ConfigError.ConfigError> =>
  Either.left(ConfigError.InvalidData([name], `Expected ${expected}`))

/** `Duration.decode` converts negative numbers and NaN to zero. */
const isNegative = (input: Duration.DurationInput | string): boolean =>
  typeof input === "string" ? input.trimStart().startsWith("-") : typeof input === "number" && !(input >= 0)

/**
 * A duration above zero, or from zero if `zero` is true, and of at most `days` (default 24, the limit of a timer).
 *
 * @since 0.1.0
 * @category combinators
 */
export const duration = (
  name: string,
  input: Duration.DurationInput | string,
  options?: { readonly zero?: boolean; readonly days?: number }
): Checked<Duration.Duration> => {
  const { days = 24, zero = false } = options ?? {}
  return Duration.decodeUnknown(input).pipe(
    Option.filter((value) => !isNegative(input) && Duration.lessThanOrEqualTo(value, Duration.days(days))),
    Option.filter((value) => zero || Duration.greaterThan(value, Duration.zero)),
    Option.match({
      onNone: () =>
        invalid(
          name,
          `a duration ${zero ? "of zero or more" : "above zero"} and of at most ${days} day${days === 1 ? "" : "s"}`
        ),
      onSome: Either.right
    })
  )
}

/**
 * A whole number from `min` to `max`.
 *
 * @since 0.1.0
 * @category combinators
 */
export const integer = (
  name: string,
  value: number,
  { max = Number.MAX_SAFE_INTEGER, min }: { readonly min: number; readonly max?: number }
): Checked<number> =>
  Number.isSafeInteger(value) && value >= min && value <= max
    ? Either.right(value)
    : invalid(
        name,
        max === Number.MAX_SAFE_INTEGER ? `a whole number of at least ${min}` : `a whole number from ${min} to ${max}`
      )

/**
 * A finite number of at least `min`.
 *
 * @since 0.1.0
 * @category combinators
 */
export const number = (name: string, value: number, { min }: { readonly min: number }): Checked<number> =>
  Number.isFinite(value) && value >= min ? Either.right(value) : invalid(name, `a number of at least ${min}`)

/**
 * One of several literals.
 *
 * @since 0.1.0
 * @category combinators
 */
export const oneOf = <A extends string>(name: string, value: A, members: ReadonlyArray<A>): Checked<A> =>
  members.includes(value) ? Either.right(value) : invalid(name, `one of ${members.join(", ")}`)

/**
 * The expectation that an invalid option violates.
 *
 * @since 0.1.0
 * @category combinators
 */
export const messageOf = (error: ConfigError.ConfigError): string =>
  error._op === "InvalidData" ? error.message : String(error)

/**
 * Validates the options of a constructor that has no error channel. An invalid option is a defect of the program, and thrown as
 * an `IllegalArgumentException` that names the constructor and the option.
 *
 * @since 0.1.0
 * @category combinators
 */
export const getOrThrow = <A>(constructor: string, checked: Checked<A>): A =>
  Either.getOrThrowWith(checked, (error) => {
    const name = error._op === "InvalidData" ? error.path.join(".") : "options"
    return new Cause.IllegalArgumentException(`${constructor}: invalid ${name}. ${messageOf(error)}`)
  })
