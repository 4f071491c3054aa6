import { Schema } from "effect"
import { Sizes } from "./work.js"

/** Where a process dies by itself, as no observer from outside could time it. */
export const Own = Schema.Literal("before intent", "after intent", "before outcome", "before start")

export type Own = typeof Own.Type

/** What a worker is started with, as JSON in its only argument. */
export const Settings = Schema.Struct({
  store: Schema.Union(
    Schema.Struct({ file: Schema.String }),
    Schema.Struct({ database: Schema.String, port: Schema.Int })
  ),
  api: Schema.String,
  /** The port of a Redis that holds the rate limit of all workers; without it, each has its own. */
  redis: Schema.NullOr(Schema.Int),
  /** Requests a second. */
  limit: Schema.Int,
  sizes: Sizes,
  /** Milliseconds until what an earlier life has sent is looked up. */
  settle: Schema.Int,
  /** Whether jobs that are paused go on. */
  resumes: Schema.Boolean,
  death: Schema.NullOr(Schema.Struct({ point: Own, passes: Schema.Int }))
})

export type Settings = typeof Settings.Type

/** Items of a process with jobs of one chunk: four of each. */
export const inFlight = 16

export const lockExpiration = "5 seconds"

/** The exit code of a worker one of whose jobs is paused. */
export const pausedCode = 3
