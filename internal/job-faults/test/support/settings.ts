import { Schema } from "effect"
import { Sizes } from "./work.js"

/** The points at which a process kills itself, because an observer from outside could not time it. */
export const Own = Schema.Literal("before intent", "after intent", "before outcome", "before start")

export type Own = typeof Own.Type

/** The settings of a worker, as JSON in its only argument. */
export const Settings = Schema.Struct({
  store: Schema.Union(
    Schema.Struct({ file: Schema.String }),
    Schema.Struct({ database: Schema.String, port: Schema.Int })
  ),
  api: Schema.String,
  /** The port of the Redis with the rate limit of all workers; without it, each has its own. */
  redis: Schema.NullOr(Schema.Int),
  /** Requests per second. */
  limit: Schema.Int,
  sizes: Sizes,
  /** Milliseconds until the outcome of an earlier process's call is determined. */
  settle: Schema.Int,
  /** Whether paused jobs are resumed. */
  resumes: Schema.Boolean,
  /** Milliseconds without progress after which the process fails; without it, the default of `JobRunner`. */
  stalledAfter: Schema.optionalWith(Schema.Int, { exact: true }),
  death: Schema.NullOr(Schema.Struct({ point: Own, passes: Schema.Int }))
})

export type Settings = typeof Settings.Type

/** The items in flight of a process: four of each job, because the jobs have one chunk. */
export const inFlight = 16

export const lockExpiration = "5 seconds"

/** The exit code of a worker with a paused job. */
export const pausedCode = 3
