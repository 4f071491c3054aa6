import * as Context from "effect/Context"
import type * as Option from "effect/Option"

/** The service that a command uses, and its rate limit. */
export class Target extends Context.Tag("@effect-certifier/cli/Target")<
  Target,
  {
    /** `None` is Certifier. */
    readonly baseUrl: Option.Option<string>
    readonly isSandbox: boolean
    readonly requestsPerSecond: number
    /** Whether other processes share the rate limit through Redis. */
    readonly isShared: boolean
  }
>() {}
