import type * as Jobs from "@effect-certifier/jobs/Jobs"

/** A job that is stored as running but has no process was interrupted, by Ctrl-C, a crash or a power cut. */
export const of = ({ phase }: Pick<Jobs.Job, "phase">, isWorking: boolean): Jobs.Phase | "interrupted" =>
  phase === "running" && !isWorking ? "interrupted" : phase
