import type * as Jobs from "@effect-certifier/jobs/Jobs"

/** One that is stored as running, and on which no process works, was interrupted: by Ctrl-C, a crash or a power cut. */
export const of = ({ phase }: Pick<Jobs.Job, "phase">, isWorking: boolean): Jobs.Phase | "interrupted" =>
  phase === "running" && !isWorking ? "interrupted" : phase
