/**
 * Encrypts the stored data of items: the items themselves, their steps, results and errors. The ids of jobs, the names of
 * operations, states and times remain readable, and keys are stored as an HMAC.
 *
 * @since 0.1.0
 */
export * as JobEncryption from "./JobEncryption.js"

/**
 * The tagged errors of jobs. They contain no data of items, because errors are logged.
 *
 * @since 0.1.0
 */
export * as JobError from "./JobError.js"

/**
 * Operations of jobs: the schemas of an item and of its stored result, a key, the call, and a search for the effect of an earlier
 * call.
 *
 * @since 0.1.0
 */
export * as JobOperation from "./JobOperation.js"

/**
 * Runs jobs: registers two workflows with a `WorkflowEngine`, starts submitted jobs, and detects jobs without progress.
 *
 * @since 0.1.0
 */
export * as JobRunner from "./JobRunner.js"

/**
 * Functions to submit, follow and control jobs. They need only a `SqlClient`, so a dashboard or a script needs no port and no
 * engine. A runner (`JobRunner`) with the same database does the work.
 *
 * @since 0.1.0
 */
export * as Jobs from "./Jobs.js"
