import * as Context from "effect/Context"

/** How many steps of issuing are carried out of a request: all, unless a fault stops it between two of them. */
export class StepLimit extends Context.Reference<StepLimit>()("@effect-certifier/sandbox/StepLimit", {
  defaultValue: () => Infinity
}) {}

/** How many steps of issuing are carried out up to one. */
export const stepsUntil = { Created: 1, Issued: 2, Sent: 3 } as const
