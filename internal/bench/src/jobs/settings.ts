import type { Store } from "./store.js"

/** The settings of a runner. */
export interface RunnerSettings {
  readonly store: Store
  readonly port: number
  readonly api: string
  /** Requests per second, of all runners together. */
  readonly limit: number
  /** The prefix of the keys in Redis; without it, the limit is that of this process. */
  readonly prefix?: string
  /** The number of groups that the job creates. */
  readonly items: number
}

export const jobId = "create"

/** The header that identifies the sending process. */
export const sender = "x-runner"

export const groupName = (n: number) => `Created ${n}`

/**
 * In milliseconds. The latency of two requests on loopback differs by less; the default, for requests over the internet, is
 * 250 ms.
 */
export const margin = 10
