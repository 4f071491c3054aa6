/** A Certifier on loopback, in this process: the sandbox, and the requests of each process. */
import { Sandbox } from "@effect-certifier/sandbox"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { sender } from "./settings.js"

export interface Call {
  /** Unix time in milliseconds. */
  readonly at: number
  readonly pid: number
  readonly isAccepted: boolean
  /** The position of the item whose group the request creates. */
  readonly item: number
}

export const make = (rateLimit: Sandbox.Options["rateLimit"]) =>
  Effect.map(Sandbox.serve({ groups: [], keepRequests: 100_000, rateLimit }), (sandbox) => ({
    url: sandbox.url,
    /** The requests that create a group, oldest first. */
    calls: Effect.map(sandbox.requests, (requests) =>
      requests
        .filter(({ method }) => method === "POST")
        .map(({ at, body, headers, problem }): Call => {
          return {
            at: DateTime.toEpochMillis(at),
            pid: Number(headers[sender]),
            isAccepted: Option.isNone(problem),
            item: Number(/"Created (\d+)"/.exec(body)?.[1])
          }
        })
    ),
    /** Names of groups that exist more than once. */
    repeated: Effect.map(sandbox.groups, (groups) => groups.length - new Set(groups.map(({ name }) => name)).size),
    groups: Effect.map(sandbox.groups, (groups) => groups.length)
  }))
