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

/** The state of an update. */
interface Note {
  readonly before: Group
  outcome: CertifierError.Outcome
  failure: Option.Option<CertifierError.CertifierError>
}

/** The response to an update that was already applied. */
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
  /** Whether `before` was just read, so that the first attempt need not read it again. */
  readonly isFresh: boolean
}

/**
 * Reads the group before each attempt of an update: before the first one to learn its state, and before a retry to detect
 * changes. It is the innermost transform, so it applies to every retry policy, and reads the group after any wait for a rate
 * limit.
 *
 * One transform holds the state of one `withConcurrencyCheck`. Updates are identified by group and fields.
 */
export const make = ({ before, get, isFresh, update }: Options): AttemptTransform => {
  const notes = new Map<string, Note>()

  const noted = (note: Note, attempt: Attempt): Attempt =>
    Effect.tapError(
      Effect.suspend(() => {
        // Until the attempt ends, and permanently if it is interrupted.
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
      // The failure of the read is recorded on its own span; the caller gets the failure of the update.
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
