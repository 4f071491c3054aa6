import * as Predicate from "effect/Predicate"

/** By its shape: an `Error` of another realm or another copy is not an instance of ours. */
export const messageOf = (error: unknown): string =>
  Predicate.hasProperty(error, "message") && Predicate.isString(error.message) ? error.message : "unknown error"
