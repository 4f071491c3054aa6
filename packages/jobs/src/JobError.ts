/**
 * What can go wrong with a job, as tagged errors. None of them holds an item's data, because errors are logged.
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
 * No job has this id.
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
 * A job of this id exists with another operation or with other items. Nothing was changed; submit under another id.
 *
 * @since 0.1.0
 * @category errors
 */
export class JobMismatch extends tagged<JobMismatch>()("JobMismatch", {
  job: Schema.String,
  problem: Schema.String
}) {
  override get message(): string {
    return `The job "${this.job}" exists and ${this.problem}. Submit under another id.`
  }
}

/**
 * Two items of a job have the same key, or an item is not valid. `seq` is its position in the stream, from 0. The job is
 * not started: submit corrected items under another id, or after `remove`.
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
 * What was requested is not possible in this state of the job, such as `remove` while it runs.
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
 * Nothing has moved for `millis` although there is work and no reason to wait. End the process and start it again: that is
 * always safe.
 *
 * @since 0.1.0
 * @category errors
 */
export class JobStalled extends tagged<JobStalled>()("JobStalled", { job: Schema.String, millis: Schema.Number }) {
  override get message(): string {
    return `The job "${this.job}" has stood still for ${Math.round(this.millis / 1000)} s. Restart this process.`
  }
}

/**
 * This runner has held none of the engine's locks for `millis`, so it has no part in the work. End the process and start it
 * again: that is always safe.
 *
 * @since 0.1.0
 * @category errors
 */
export class RunnerLost extends tagged<RunnerLost>()("RunnerLost", { address: Schema.String, millis: Schema.Number }) {
  override get message(): string {
    return `The runner ${this.address} has had no part in the work for ${Math.round(this.millis / 1000)} s. Restart this process.`
  }
}

/**
 * Another runner works on the same database, and this one was started with `rateLimit: "single"`: together they would exceed
 * the limit. Give the client of each `RedisRateLimiter` and set `rateLimit: "shared"`, or run one.
 *
 * @since 0.1.0
 * @category errors
 */
export class RateLimitNotShared extends tagged<RateLimitNotShared>()("RateLimitNotShared", { other: Schema.String }) {
  override get message(): string {
    return `The runner ${this.other} works on the same database. Give the client of each runner RedisRateLimiter, and set rateLimit to "shared".`
  }
}

/**
 * Another process has opened this file, or the file can't be opened.
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
 * An item that ended without an error of the client: its stored data does not fit the operation, the operation died, or
 * what its call did can't be found out.
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
  Undecodable: "the stored item does not fit the schema of the operation; was it changed since the job was submitted?",
  Defect: "the operation died; this is a bug in its declaration",
  Ambiguous: "an earlier call may have taken effect, and what was found fits more than one item",
  Unknowable: "an earlier call may have taken effect, and the API does not report it",
  NotFound: "each call may have taken effect, and nothing was found",
  ResultNotEncodable: "the call has succeeded, and its result does not fit the schema of the operation"
} as const

/**
 * How an item can end, as it is stored.
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
