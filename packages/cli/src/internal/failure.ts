import * as Data from "effect/Data"
import * as Predicate from "effect/Predicate"
import type { ExitCode } from "./exitCode.js"

/** An error as a person reads it: what happened, whether anything was changed, and what to type next. */
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

/** A command that can't be run as it was typed. */
export const usage = (problem: string, next?: string): CliFailure =>
  new CliFailure({ exit: "usage", problem, changed: nothingChanged, ...(next === undefined ? {} : { next }) })
