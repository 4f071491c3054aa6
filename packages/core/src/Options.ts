/**
 * Checks of options, the same in all packages of this library. An invalid option is a `ConfigError` that names the option
 * and says what was expected; it never shows the value, which can be a secret in the wrong place.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as ConfigError from "effect/ConfigError"
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Option from "effect/Option"

/**
 * An option that was checked.
 *
 * @since 0.1.0
 * @category models
 */
export type Checked<A> = Either.Either<A, ConfigError.ConfigError>

/**
 * Refuses an option.
 *
 * @since 0.1.0
 * @category constructors
 */
export const invalid = (name: string, expected: string): Either.Either<never, ConfigError.ConfigError> =>
  Either.left(ConfigError.InvalidData([name], `Expected ${expected}`))

/** `effect` reads a negative number, NaN among them, as zero. */
const isNegative = (input: Duration.DurationInput | string): boolean =>
  typeof input === "string" ? input.trimStart().startsWith("-") : typeof input === "number" && !(input >= 0)

/**
 * A duration above zero, or of zero where `zero` says so, and of at most `days` (default 24, what a timer can wait for).
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
 * A whole number within bounds.
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
 * One of a few words.
 *
 * @since 0.1.0
 * @category combinators
 */
export const oneOf = <A extends string>(name: string, value: A, members: ReadonlyArray<A>): Checked<A> =>
  members.includes(value) ? Either.right(value) : invalid(name, `one of ${members.join(", ")}`)

/**
 * What an invalid option should have been.
 *
 * @since 0.1.0
 * @category combinators
 */
export const messageOf = (error: ConfigError.ConfigError): string =>
  error._op === "InvalidData" ? error.message : String(error)

/**
 * The options of a plain value, which has no error channel: an invalid one is a mistake in the program, so it is thrown as
 * an `IllegalArgumentException`, which names the constructor and the option.
 *
 * @since 0.1.0
 * @category combinators
 */
export const getOrThrow = <A>(constructor: string, checked: Checked<A>): A =>
  Either.getOrThrowWith(checked, (error) => {
    const name = error._op === "InvalidData" ? error.path.join(".") : "options"
    return new Cause.IllegalArgumentException(`${constructor}: invalid ${name}. ${messageOf(error)}`)
  })
