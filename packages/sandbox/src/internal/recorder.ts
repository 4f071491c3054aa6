import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as PubSub from "effect/PubSub"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { RecordedRequest } from "../RecordedRequest.js"
import { type IncomingRequest, pathOf, queryOf } from "./message.js"
import * as Redaction from "./redaction.js"
import * as Text from "./text.js"

export interface Recorder {
  readonly record: (
    incoming: IncomingRequest,
    outcome: { status: Option.Option<number>; problem: Option.Option<string>; faulted: boolean }
  ) => Effect.Effect<void>
  readonly requests: Effect.Effect<ReadonlyArray<RecordedRequest>>
  readonly stream: Stream.Stream<RecordedRequest>
  readonly clear: Effect.Effect<void>
  /** How many were dropped because there were too many. */
  readonly forgotten: Effect.Effect<number>
}

/** The limits of each text, in characters. A body is truncated only if the recorded ones have used up `bodies`. */
const limits = { body: 16 * 1024, problem: 1024, header: 8 * 1024, url: 8 * 1024, bodies: 8 * 1024 * 1024 }

/** A secret must be masked before it is truncated, so texts are masked up to this far beyond their limits. */
const margin = 64 * 1024

/** The beginning of a body. Decodes no more bytes than needed. */
const decodeBody = (body: Uint8Array, limit: number): string =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(body.subarray(0, 3 * limit + margin))

export const make = (keep: number): Effect.Effect<Recorder, never, Scope.Scope> =>
  Effect.gen(function* () {
    const published = yield* Effect.acquireRelease(PubSub.sliding<RecordedRequest>(keep), PubSub.shutdown)
    const kept: Array<RecordedRequest> = []
    let count = 0
    /** The length of all bodies in `kept`. */
    let used = 0
    let forgotten = 0
    return {
      record: (incoming, outcome) =>
        Effect.flatMap(DateTime.now, (at) => {
          const credentials = incoming.headers["authorization"]
          const secret = Option.filter(
            Option.map(Option.fromNullable(credentials), Redaction.secretOf),
            (text) => text !== ""
          )
          const mask = Redaction.tokenIn(Option.getOrUndefined(secret))
          const keepText = (text: string, limit: number) => Text.copy(mask(text).slice(0, limit))
          const url = incoming.url.slice(0, limits.url + margin)
          const bodyLimit = Math.max(limits.body, limits.bodies - used)
          const request = new RecordedRequest({
            number: ++count,
            at,
            method: incoming.method,
            path: keepText(Redaction.userinfo(pathOf(url)), limits.url),
            query: keepText(Redaction.query(queryOf(incoming.url).slice(0, limits.url + margin)), limits.url),
            headers: Object.fromEntries(
              Object.entries(incoming.headers).map(([name, value]) => [
                name,
                keepText(Redaction.header(name, value.slice(0, limits.header + margin)), limits.header)
              ])
            ),
            body: keepText(decodeBody(incoming.body, bodyLimit), bodyLimit),
            fingerprint: Option.map(secret, Redaction.fingerprintOf),
            ...outcome,
            problem: Option.map(outcome.problem, (problem) => keepText(problem, limits.problem))
          })
          kept.push(request)
          used += request.body.length
          if (kept.length > keep) {
            used -= kept.shift()?.body.length ?? 0
            forgotten++
          }
          return PubSub.publish(published, request)
        }),
      requests: Effect.sync(() => [...kept]),
      // Subscribes first, so that no request is lost. A request that is both kept and published is emitted once.
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
      clear: Effect.sync(() => {
        kept.length = 0
        used = 0
      }),
      forgotten: Effect.sync(() => forgotten)
    }
  })
