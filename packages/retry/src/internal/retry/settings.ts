import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"

/**
 * Checks of options. A policy is a plain value and its constructor has no error channel, so an invalid option throws, as in
 * `effect` itself: it is a bug in the program.
 */
const invalid = (where: string, name: string, value: unknown, expected: string): never => {
  throw new Cause.IllegalArgumentException(`${where}: ${name} is ${String(value)}, expected ${expected}`)
}

/** Two waits of this length fit into one JavaScript timer, whose maximum is 2^31 - 1 ms (24.8 days). */
const longest = Duration.days(12)

export const duration = (where: string, name: string, input: Duration.DurationInput): Duration.Duration =>
  Duration.decodeUnknown(input).pipe(
    // `effect` reads a negative number and NaN as zero, so zero is rejected as well.
    Option.filter((value) => Duration.greaterThan(value, Duration.zero) && Duration.lessThanOrEqualTo(value, longest)),
    Option.getOrElse(() => invalid(where, name, input, "a duration above zero and of at most 12 days"))
  )

export const attempts = (where: string, name: string, value: number): number =>
  Number.isSafeInteger(value) && value >= 1 ? value : invalid(where, name, value, "a whole number of at least 1")

export const atLeast = (where: string, name: string, value: number, least: number): number =>
  Number.isFinite(value) && value >= least ? value : invalid(where, name, value, `a finite number of at least ${least}`)

export const oneOf = <A extends string>(where: string, name: string, value: A, members: ReadonlyArray<A>): A =>
  members.includes(value) ? value : invalid(where, name, value, `one of ${members.join(", ")}`)
