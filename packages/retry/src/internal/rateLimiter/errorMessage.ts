import * as Predicate from "effect/Predicate"

/** Checks the shape, because an `Error` of another realm is not an instance of this realm's class. */
export const messageOf = (error: unknown): string =>
  Predicate.hasProperty(error, "message") && Predicate.isString(error.message) ? error.message : "unknown error"
