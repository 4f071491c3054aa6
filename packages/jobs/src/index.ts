/**
 * Encrypts what a job stores of its items: the items themselves, their steps, results and errors. The ids of jobs, the names of
 * operations, states and times stay readable, and keys are stored as an HMAC.
 *
 * @since 0.1.0
 */
export * as JobEncryption from "./JobEncryption.js"

/**
 * What can go wrong with a job, as tagged errors. None of them holds an item's data, because errors are logged.
 *
 * @since 0.1.0
 */
export * as JobError from "./JobError.js"

/**
 * What a job does with each of its items, as data: the schemas of an item and of what is kept of its result, a key, how to
 * send it, and how to find out what an earlier call has done.
 *
 * @since 0.1.0
 */
export * as JobOperation from "./JobOperation.js"

/**
 * Runs jobs: registers the two workflows with a `WorkflowEngine`, starts each job that is submitted, and watches that it moves.
 *
 * @since 0.1.0
 */
export * as JobRunner from "./JobRunner.js"

/**
 * Jobs: submit one, follow it, and act on it. All of this needs a `SqlClient` only, so that a dashboard or a script needs no port
 * and no engine; a runner (`JobRunner`) that has the same database does the work.
 *
 * @since 0.1.0
 */
export * as Jobs from "./Jobs.js"
