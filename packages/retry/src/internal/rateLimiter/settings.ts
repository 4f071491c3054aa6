import * as Check from "@effect-certifier/core/Options"
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"

/** Checks a time and converts it to milliseconds. */
export const time = (
  name: string,
  input: Duration.DurationInput,
  options?: { readonly zero: boolean }
): Check.Checked<number> => Either.map(Check.duration(name, input, options), Duration.toMillis)

export const defaults = {
  limit: 3,
  window: "1 second",
  margin: "1 second",
  maxWait: "5 minutes",
  maxCoolDown: "5 minutes"
} as const

interface Options {
  readonly limit?: number | undefined
  readonly window?: Duration.DurationInput | undefined
  readonly margin?: Duration.DurationInput | undefined
  readonly maxWait?: Duration.DurationInput | undefined
  readonly coolDown?: Duration.DurationInput | undefined
  readonly maxCoolDown?: Duration.DurationInput | undefined
}

/** The options that all rate limiters share; times in milliseconds. */
export const settings = (options: Options) => {
  const checked = Either.all({
    limit: Check.integer("limit", options.limit ?? defaults.limit, { min: 1, max: 100_000 }),
    window: time("window", options.window ?? defaults.window),
    margin: time("margin", options.margin ?? defaults.margin, { zero: true }),
    maxWait: time("maxWait", options.maxWait ?? defaults.maxWait, { zero: true }),
    coolDown: time("coolDown", options.coolDown ?? options.window ?? defaults.window),
    maxCoolDown: time("maxCoolDown", options.maxCoolDown ?? defaults.maxCoolDown)
  })
  // `maxCoolDown` only limits pauses that a response requests.
  return Either.map(checked, (all) => ({ ...all, maxCoolDown: Math.max(all.maxCoolDown, all.coolDown) }))
}
