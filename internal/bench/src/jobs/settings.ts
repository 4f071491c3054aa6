import type { Store } from "./store.js"

/** What a runner is started with. */
export interface RunnerSettings {
  readonly store: Store
  readonly port: number
  readonly api: string
  /** Requests a second, of all runners together. */
  readonly limit: number
  /** Of the keys in Redis; without it, the limit is this process's own. */
  readonly prefix?: string
  /** How many groups the job creates. */
  readonly items: number
}

export const jobId = "create"

/** Each request says which process has sent it. */
export const sender = "x-runner"

export const groupName = (n: number) => `Created ${n}`

/**
 * In milliseconds. Two requests on loopback differ by less in how long they take; the default, for requests over the internet, is
 * 250 ms.
 */
export const margin = 20
