import * as Duration from "effect/Duration"
import { clock } from "../jobs/bar.js"

export interface Summary {
  readonly file: string
  readonly group: string
  readonly rows: number
  readonly send: boolean
  readonly requestsPerSecond: number
}

/** Requests per row: create, issue and, if it is mailed, send. */
const requests = (send: boolean) => (send ? 3 : 2)

export const duration = ({ requestsPerSecond, rows, send }: Summary): Duration.Duration =>
  Duration.seconds((rows * requests(send)) / requestsPerSecond)

const spoken = (time: Duration.Duration): string => {
  const minutes = Duration.toMinutes(time)
  if (minutes < 1) return "less than a minute"
  if (minutes < 90) return `about ${Math.round(minutes)} ${Math.round(minutes) === 1 ? "minute" : "minutes"}`
  return `about ${clock(time).replace(/:\d+$/, "")} hours`
}

/** The summary that is shown before the confirmation. */
export const text = (summary: Summary): string => {
  const { file, group, requestsPerSecond, rows, send } = summary
  return [
    `Group    ${group}`,
    `File     ${file}: ${rows} ${rows === 1 ? "person" : "people"}, no faults`,
    `Issues   ${rows} ${rows === 1 ? "credential" : "credentials"}`,
    `Mails    ${send ? rows : "none"}`,
    `Takes    ${spoken(duration(summary))}, at ${requestsPerSecond} requests a second`
  ].join("\n")
}
