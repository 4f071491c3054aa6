import * as Context from "effect/Context"

/** The number of steps of issuing that a request runs: all, unless a fault stops it between two of them. */
export class StepLimit extends Context.Reference<StepLimit>()("@effect-certifier/sandbox/StepLimit", {
  defaultValue: () => Infinity
}) {}

/** The number of steps up to and including each one. */
export const stepsUntil = { Created: 1, Issued: 2, Sent: 3 } as const
