/**
 * The tagged errors of jobs. They contain no data of items, because errors are logged.
 *
 * @since 0.1.0
 */
import * as CertifierError from "@effect-certifier/core/CertifierError"
import * as Issuance from "@effect-certifier/core/Issuance"
import * as Schema from "effect/Schema"

const tagged =
  <Self>() =>
  <const Name extends string, Fields extends Schema.Struct.Fields>(name: Name, fields: Fields) =>
    Schema.TaggedError<Self>(`@effect-certifier/jobs/JobError/${name}`)(name, fields)

/**
 * There is no job with this id.
 *
 * @since 0.1.0
 * @category errors
 */
export class JobNotFound extends tagged<JobNotFound>()("JobNotFound", { job: Schema.String }) {
  override get message(): string {
    return `There is no job "${this.job}".`
  }
}

/**
 * A job with this id has another operation or other items, or the id is invalid. Nothing was changed: use another id.
 *
 * @since 0.1.0
 * @category errors
 */
export class JobMismatch extends tagged<JobMismatch>()("JobMismatch", {
  job: Schema.String,
  problem: Schema.String
}) {
  override get message(): string {
    return `The job "${this.job}" ${this.problem}. Use another id.`
  }
}

/**
 * Two items of a job have the same key, or an item is invalid. `seq` is its position in the stream, from 0. The job is not started:
 * submit corrected items with another id, or after `remove`.
 *
 * @since 0.1.0
 * @category errors
 */
export class InvalidItem extends tagged<InvalidItem>()("InvalidItem", {
  job: Schema.String,
  seq: Schema.Int,
  problem: Schema.String
}) {
  override get message(): string {
    return `Item ${this.seq} of job "${this.job}" ${this.problem}.`
  }
}

/**
 * The requested change is not possible in this state of the job, such as `remove` while it runs.
 *
 * @since 0.1.0
 * @category errors
 */
export class JobState extends tagged<JobState>()("JobState", {
  job: Schema.String,
  state: Schema.String,
  expected: Schema.String
}) {
  override get message(): string {
    return `The job "${this.job}" is ${this.state}, expected ${this.expected}.`
  }
}

/**
 * The job has made no progress for `millis`, although there is work. Restart the process, which is always safe.
 *
 * @since 0.1.0
 * @category errors
 */
export class JobStalled extends tagged<JobStalled>()("JobStalled", { job: Schema.String, millis: Schema.Number }) {
  override get message(): string {
    return `The job "${this.job}" has made no progress for ${Math.round(this.millis / 1000)} s. Restart this process.`
  }
}

/**
 * This runner has held none of the engine's locks for `millis`, so it takes no part in the work. Restart the process, which is always
 * safe.
 *
 * @since 0.1.0
 * @category errors
 */
export class RunnerLost extends tagged<RunnerLost>()("RunnerLost", { address: Schema.String, millis: Schema.Number }) {
  override get message(): string {
    return `The runner ${this.address} has held no locks of the engine for ${Math.round(this.millis / 1000)} s. Restart this process.`
  }
}

/**
 * Another runner uses the same database, and this one was started with `rateLimit: "single"`: together they would exceed the limit.
 * Use `RedisRateLimiter` in the client of each runner and set `rateLimit: "shared"`, or run only one runner.
 *
 * @since 0.1.0
 * @category errors
 */
export class RateLimitNotShared extends tagged<RateLimitNotShared>()("RateLimitNotShared", { other: Schema.String }) {
  override get message(): string {
    return `The runner ${this.other} uses the same database. Use RedisRateLimiter in the client of each runner, and set rateLimit to "shared".`
  }
}

/**
 * Another process uses the file, or the file can't be opened.
 *
 * @since 0.1.0
 * @category errors
 */
export class StoreInUse extends tagged<StoreInUse>()("StoreInUse", { file: Schema.String, problem: Schema.String }) {
  override get message(): string {
    return `${this.file} ${this.problem}.`
  }
}

/**
 * An item failed without an error of the client: its stored data can't be decoded, the operation died, or the effect of its call
 * can't be determined.
 *
 * @since 0.1.0
 * @category errors
 */
export class ItemProblem extends tagged<ItemProblem>()("ItemProblem", {
  operation: Schema.String,
  reason: Schema.Literal("Undecodable", "Defect", "Ambiguous", "Unknowable", "NotFound", "ResultNotEncodable"),
  outcome: CertifierError.Outcome
}) {
  override get message(): string {
    return `${this.operation}: ${texts[this.reason]}`
  }
}

const texts = {
  Undecodable:
    "the stored item does not match the schema of the operation; has the schema changed since the job was submitted?",
  Defect: "the operation died; this is a bug in its declaration",
  Ambiguous: "an earlier call may have taken effect, and the search did not find exactly one match",
  Unknowable: "an earlier call may have taken effect, and the API does not report it",
  NotFound: "each call may have taken effect, and the search found no match",
  ResultNotEncodable: "the call succeeded, but its result does not match the schema of the operation"
} as const

/**
 * The errors that can be stored for an item.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Failure = /* #__PURE__ */ Schema.Union(CertifierError.CertifierError, Issuance.Uncertain, ItemProblem)

/**
 * @since 0.1.0
 * @category models
 */
export type Failure = CertifierError.CertifierError | Issuance.Uncertain | ItemProblem
