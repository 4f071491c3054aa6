import { Options as CheckedOptions } from "@effect-certifier/core"
import type * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { randomBytes } from "node:crypto"
import * as Fault from "../Fault.js"
import * as Quirk from "../Quirk.js"
import * as RateLimit from "../RateLimit.js"
import type { ServerOptions } from "../Sandbox.js"
import type { InvalidOptions } from "../SandboxError.js"
import * as Validation from "./validation.js"

const checkRules = Validation.validate(Schema.Struct({ faults: Schema.Array(Fault.Rule) }))

export const checkFaults = (
  faults: ReadonlyArray<Fault.Fault | Fault.Rule> = []
): Effect.Effect<ReadonlyArray<Fault.Rule>, InvalidOptions> =>
  Effect.map(
    checkRules({ faults: faults.map((fault) => ("fault" in fault ? fault : { fault })) }),
    (checked) => checked.faults
  )

export const checkKeepRequests = (value = 1000): Either.Either<number, ConfigError.ConfigError> =>
  CheckedOptions.integer("keepRequests", value, { min: 1, max: 100_000 })

const checkOverrides = Validation.validate(Schema.Struct({ quirks: Quirk.Overrides }))

export const checkQuirks = (quirks: Partial<Quirk.Quirks> = {}): Effect.Effect<Quirk.Quirks, InvalidOptions> =>
  Effect.map(checkOverrides({ quirks }), (checked) => ({ ...Quirk.defaults, ...checked.quirks }))

export const checkRule = Validation.validate(Fault.Rule)

/** The number of intervals in a burst. */
const bursts = { second: 1, one: 0, "ten-seconds": 10 } as const

const forms = { seconds: "Seconds", date: "Date", absent: "Absent" } as const

export const checkRateLimit = (options: RateLimit.Options = {}, quirks: Quirk.Quirks) =>
  Either.gen(function* () {
    const { standard } = RateLimit
    const bounds = { min: 1, max: 1_000_000 }
    const limit = yield* CheckedOptions.integer("rateLimit.limit", options.limit ?? standard.limit, bounds)
    return {
      limit,
      interval: yield* CheckedOptions.duration("rateLimit.interval", options.interval ?? standard.interval, {
        days: 1
      }),
      burst: yield* CheckedOptions.integer(
        "rateLimit.burst",
        options.burst ?? Math.max(1, limit * bursts[quirks.rateLimitBurst]),
        bounds
      ),
      retryAfter: yield* CheckedOptions.oneOf(
        "rateLimit.retryAfter",
        options.retryAfter ?? forms[quirks.retryAfter],
        RateLimit.RetryAfter.literals
      )
    }
  })

/** Hosts that only this machine can reach. */
const ownHost = /^(localhost|127(\.\d{1,3}){3}|::1)$/i

const controlTokenOf = (host: string, given: Redacted.Redacted | undefined) => {
  if (given === undefined) {
    return Either.right(ownHost.test(host) ? undefined : Redacted.make(randomBytes(18).toString("base64url")))
  }
  return /^[\w.~-]{8,256}$/.test(Redacted.value(given))
    ? Either.right(given)
    : CheckedOptions.invalid("controlToken", "8 to 256 letters, digits and -._~")
}

export const checkServer = ({
  controlToken,
  data,
  host = "127.0.0.1",
  port = 0,
  requestTimeout = "30 seconds"
}: ServerOptions) =>
  Either.gen(function* () {
    if (data === "") return yield* CheckedOptions.invalid("data", "the path of a file")
    if (host.trim() === "") return yield* CheckedOptions.invalid("host", "an address or the name of a host")
    return {
      port: yield* CheckedOptions.integer("port", port, { min: 0, max: 65_535 }),
      host,
      controlToken: yield* controlTokenOf(host, controlToken),
      requestTimeout: yield* CheckedOptions.duration("requestTimeout", requestTimeout, { days: 1 })
    }
  })
