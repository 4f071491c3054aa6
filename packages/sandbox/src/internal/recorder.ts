import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as PubSub from "effect/PubSub"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { createHash } from "node:crypto"
import { RecordedRequest } from "../RecordedRequest.js"
import { type IncomingRequest, pathOf, queryOf } from "./message.js"

export interface Recorder {
  readonly record: (
    incoming: IncomingRequest,
    outcome: { status: Option.Option<number>; faulted: boolean }
  ) => Effect.Effect<void>
  readonly requests: Effect.Effect<ReadonlyArray<RecordedRequest>>
  readonly stream: Stream.Stream<RecordedRequest>
  readonly clear: Effect.Effect<void>
}

const limits = { body: 16 * 1024, header: 8 * 1024, url: 8 * 1024 }

const fingerprintOf = (secret: string): string => createHash("sha256").update(secret).digest("hex").slice(0, 8)

/** Headers that always hold credentials. */
const secrets = /^(authorization|proxy-authorization|cookie|x-api-key)$/

/** The credentials without their scheme (`Bearer`), if there is one. */
const secretOf = (credentials: string): string =>
  /^\s*[\w-]+\s+(.*\S)\s*$/s.exec(credentials)?.[1] ?? credentials.trim()

export const make = (keep: number): Effect.Effect<Recorder, never, Scope.Scope> =>
  Effect.gen(function* () {
    const published = yield* Effect.acquireRelease(PubSub.sliding<RecordedRequest>(keep), PubSub.shutdown)
    const kept: Array<RecordedRequest> = []
    let count = 0
    return {
      record: (incoming, outcome) =>
        Effect.flatMap(DateTime.now, (at) => {
          const credentials = incoming.headers["authorization"]
          const secret = Option.filter(Option.map(Option.fromNullable(credentials), secretOf), (text) => text !== "")
          const redact = (text: string, limit: number) =>
            Option.match(secret, {
              onNone: () => text,
              onSome: (secret) => text.replaceAll(secret, `<${fingerprintOf(secret)}>`)
            }).slice(0, limit)
          const request = new RecordedRequest({
            number: ++count,
            at,
            method: incoming.method,
            path: redact(pathOf(incoming.url), limits.url),
            query: redact(queryOf(incoming.url), limits.url),
            headers: Object.fromEntries(
              Object.entries(incoming.headers).map(([name, value]) => [
                name,
                redact(
                  secrets.test(name) ? value.replace(secretOf(value), (all) => `<${fingerprintOf(all)}>`) : value,
                  limits.header
                )
              ])
            ),
            body: redact(new TextDecoder().decode(incoming.body), limits.body),
            fingerprint: Option.map(secret, fingerprintOf),
            ...outcome
          })
          kept.push(request)
          if (kept.length > keep) kept.shift()
          return PubSub.publish(published, request)
        }),
      requests: Effect.sync(() => [...kept]),
      // Subscribes first, so that no request is lost; one that is both kept and published is emitted once.
      stream: Stream.unwrapScoped(
        Effect.map(PubSub.subscribe(published), (queue) => {
          const before = [...kept]
          const last = count
          return Stream.concat(
            Stream.fromIterable(before),
            Stream.filter(Stream.fromQueue(queue), (request) => request.number > last)
          )
        })
      ),
      clear: Effect.sync(() => void kept.splice(0))
    }
  })
