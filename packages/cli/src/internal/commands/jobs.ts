import * as Options from "@effect/cli/Options"
import * as Leaf from "../leaf.js"
import * as Flags from "./flags.js"

const actions = () => import("../actions/jobs.js")

const running = () => import("../actions/jobsRun.js")

const { database, yes } = Flags

const job = Flags.arg("JOB", "The id of a job, as certifier jobs list shows it")

const list = Leaf.local(
  "list",
  { database },
  {
    description: "Lists the jobs, newest first, also while one is running.",
    examples: ["certifier jobs list", "certifier jobs list --json"]
  },
  async () => (await actions()).list
)

const show = Leaf.local(
  "show",
  {
    job,
    follow: Options.boolean("follow").pipe(Options.withDescription("Shows its progress until it ends or pauses")),
    database
  },
  {
    description: "Shows the progress of a job, also while it is running.",
    examples: ["certifier jobs show import-0123456789ab --follow"]
  },
  async () => (await actions()).show
)

const pause = Leaf.local(
  "pause",
  { job, database },
  {
    description: "Pauses a running job. Requests in flight are completed, and no more are sent.",
    examples: ["certifier jobs pause import-0123456789ab"]
  },
  async () => (await actions()).pause
)

const cancel = Leaf.local(
  "cancel",
  { job, database },
  {
    description: "Cancels a job. Requests in flight are completed, and no more are sent.",
    examples: ["certifier jobs cancel import-0123456789ab"]
  },
  async () => (await actions()).cancel
)

const report = Leaf.local(
  "report",
  { job, output: Flags.text("output", "FILE", "Where to write it; default: standard output"), database },
  {
    description: "Writes the result of each row of a job, as CSV.",
    examples: ["certifier jobs report import-0123456789ab --output people.report.csv"]
  },
  async () => (await actions()).report
)

const remove = Leaf.local(
  "remove",
  { job, yes, database },
  {
    description: "Deletes the stored data of a job that is not running. Credentials stay unchanged.",
    examples: ["certifier jobs remove import-0123456789ab"]
  },
  async () => (await actions()).remove
)

const resume = Leaf.calling(
  "resume",
  { job, database },
  {
    description: "Resumes a job that was interrupted, paused or cancelled.",
    examples: ["certifier jobs resume import-0123456789ab"]
  },
  async () => (await running()).resume,
  async () => (await running()).checkDatabase
)

const retry = Leaf.calling(
  "retry",
  {
    job,
    failed: Options.boolean("failed").pipe(
      Options.withDescription("Retries the failed items: nothing was mailed for them")
    ),
    unknown: Options.boolean("unknown").pipe(
      Options.withDescription("Retries items with an unknown outcome: a person can receive a second mail")
    ),
    yes,
    database
  },
  {
    description: "Retries the failed items of a job, or those with an unknown outcome.",
    examples: ["certifier jobs retry import-0123456789ab --failed"]
  },
  async () => (await running()).retry,
  async () => (await running()).checkDatabase
)

const worker = Leaf.calling(
  "worker",
  {
    database,
    host: Flags.text("host", "ADDRESS", "The address at which other workers reach this one; default: 127.0.0.1"),
    port: Options.integer("port").pipe(
      Options.withPseudoName("PORT"),
      Options.withDescription("The port at which other workers reach this one; default: 34431"),
      Options.withDefault(34_431)
    )
  },
  {
    description:
      "Runs the jobs of a PostgreSQL database until it is stopped. Run only one worker, or set the same " +
      "CERTIFIER_REDIS_URL for all workers, so that they share the rate limit.",
    examples: ["certifier jobs worker --database postgres://certifier@db:5432/certifier"]
  },
  async () => (await running()).worker,
  async () => (await running()).checkWorker
)

export const jobs = Leaf.parent(
  "jobs",
  {
    description: "Imports, which can be resumed after an interruption.",
    examples: ["certifier jobs list", "certifier jobs resume import-0123456789ab"]
  },
  [list, show, pause, resume, cancel, retry, report, remove, worker]
)
