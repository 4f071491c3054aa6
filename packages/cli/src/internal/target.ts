import * as Context from "effect/Context"
import type * as Option from "effect/Option"

/** Which service a command talks to, and how fast. */
export class Target extends Context.Tag("@effect-certifier/cli/Target")<
  Target,
  {
    /** Another than Certifier's own. */
    readonly baseUrl: Option.Option<string>
    readonly isSandbox: boolean
    readonly requestsPerSecond: number
    /** Whether other processes share that rate, over Redis. */
    readonly isShared: boolean
  }
>() {}
