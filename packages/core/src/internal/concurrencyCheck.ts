import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as CertifierError from "../CertifierError.js"
import { Group } from "../Group.js"
import type * as Groups from "../Groups.js"
import { declaration } from "../Operation.js"
import * as UpdateStatus from "../UpdateStatus.js"
import { BufferedResponse } from "./call/bufferedResponse.js"
import { type Attempt, type AttemptTransform, isCallOf } from "./call/transform.js"
import { nestedRead } from "./freshRead.js"

/** What is known of an update. */
interface Note {
  readonly before: Group
  outcome: CertifierError.Outcome
  failure: Option.Option<CertifierError.CertifierError>
}

/** The response that an update would have had. */
const responseWith = (request: HttpClientRequest.HttpClientRequest, group: Group) => {
  const text = JSON.stringify(Schema.encodeSync(Group)(group))
  const response = HttpClientResponse.fromWeb(
    request,
    new Response(text, { headers: { "content-type": "application/json" } })
  )
  return new BufferedResponse(response, response.headers, new TextEncoder().encode(text), text)
}

export interface Options {
  readonly get: typeof Groups.get
  readonly update: typeof Groups.update
  /** The group that an update is based on, if it is known. */
  readonly before: Option.Option<Group>
  /** Whether `before` was read just now, so that it need not be read again before the first attempt. */
  readonly isFresh: boolean
}

/**
 * Attempts to update a group that read the group first: before the first attempt to know it, and before a retry to see
 * whether it has changed. Innermost of all transforms, so that it does not matter which policy retries, and that a wait for
 * a rate limit is over before the group is read.
 *
 * One transform is the memory of one `withConcurrencyCheck`. Updates are identified by their group and their fields.
 */
export const make = ({ before, get, isFresh, update }: Options): AttemptTransform => {
  const notes = new Map<string, Note>()

  const noted = (note: Note, attempt: Attempt): Attempt =>
    Effect.tapError(
      Effect.suspend(() => {
        // While it is in flight, and for good if it is interrupted.
        note.outcome = "MaybeApplied"
        return attempt
      }),
      (error) =>
        Effect.sync(() => {
          note.outcome = error.outcome
          note.failure = Option.some(error)
        })
    )

  return (call) => {
    if (!isCallOf(call, update)) return undefined
    const { path, payload } = call.input
    const read = (request: HttpClientRequest.HttpClientRequest) => nestedRead(call.inner.call(get, path.id), request)
    const key = `${path.id} ${JSON.stringify(payload)}`

    const verifyAndSend = Effect.fnUntraced(function* (
      note: Note,
      attempt: Attempt,
      request: HttpClientRequest.HttpClientRequest
    ) {
      // A failed read is on its own span; the caller needs to know about the update.
      const now = yield* Effect.mapError(read(request), (error) => Option.getOrElse(note.failure, () => error))
      const status = yield* UpdateStatus.compare(note.before, payload, now)
      yield* Effect.annotateCurrentSpan("certifier.update_status", status._tag)
      const { idempotent, name } = declaration(update)
      return yield* UpdateStatus.$match(status, {
        Applied: () => {
          const response = responseWith(request, now)
          call.values.set(response, { value: now })
          return Effect.succeed(response)
        },
        NotApplied: () => noted(note, attempt),
        Changed: () =>
          new CertifierError.ConcurrentModification({
            operation: name,
            idempotent,
            before: note.before,
            current: now,
            outcome: note.outcome
          })
      })
    })

    return (attempt, request) =>
      Effect.gen(function* () {
        const given = Option.filter(before, (group) => group.id === path.id)
        const known = notes.get(key)
        const note = known ?? {
          before: Option.isSome(given) ? given.value : yield* read(request),
          outcome: "NotSent",
          failure: Option.none()
        }
        notes.set(key, note)
        const isCurrent = known === undefined && (isFresh || Option.isNone(given))
        const response = yield* isCurrent ? noted(note, attempt) : verifyAndSend(note, attempt, request)
        notes.delete(key)
        return response
      })
  }
}
