import * as Data from "effect/Data"
import * as Predicate from "effect/Predicate"
import type { ExitCode } from "./exitCode.js"

/** A readable error: the problem, what was changed, and the next step. */
export class CliFailure extends Data.TaggedError("CliFailure")<{
  readonly exit: ExitCode
  readonly problem: string
  readonly changed?: string
  readonly next?: string
}> {
  override get message(): string {
    return [this.problem, this.changed, this.next].filter(Predicate.isNotUndefined).join("\n")
  }
}

export const nothingChanged = "Nothing was changed."

/** The arguments of the command are invalid. */
export const usage = (problem: string, next?: string): CliFailure =>
  new CliFailure({ exit: "usage", problem, changed: nothingChanged, ...(next === undefined ? {} : { next }) })
