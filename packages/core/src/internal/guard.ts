import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import { globalValue } from "effect/GlobalValue"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as CertifierError from "../CertifierError.js"
import { Group } from "../Group.js"
import { GroupPatch } from "../GroupPatch.js"
import * as Reconciliation from "../Reconciliation.js"
import type { AttemptClient } from "./attempt.js"
import * as BufferedResponse from "./bufferedResponse.js"

/** What is known of an update that was sent and has not succeeded yet. */
interface Note {
  readonly before: Group
  failure: Option.Option<CertifierError.CertifierError>
}

/** The memory of one `withReconcile`: an update is told from others by where it goes and what it says. */
export interface Guard {
  readonly before: Option.Option<Group>
  readonly notes: Map<string, Note>
}

export const make = (before: Option.Option<Group>): Guard => ({ before, notes: new Map() })

export const currentGuard = globalValue("@effect-certifier/core/CertifierClient/currentGuard", () =>
  FiberRef.unsafeMake(Option.none<Guard>())
)

const decodePatch = Schema.decodeUnknown(Schema.parseJson(Schema.encodedSchema(GroupPatch)))

const textOf = ({ body }: HttpClientRequest.HttpClientRequest): string =>
  body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : ""

/** The last segment of the path. An id needs no decoding: its schema lets only unreserved characters through. */
const idOf = ({ url }: HttpClientRequest.HttpClientRequest): string => url.slice(url.lastIndexOf("/") + 1)

/** The answer that the update would have had. */
const answerWith = (request: HttpClientRequest.HttpClientRequest, group: Group) => {
  const text = JSON.stringify(Schema.encodeSync(Group)(group))
  const response = new Response(text, { status: 200, headers: { "content-type": "application/json" } })
  return BufferedResponse.make(HttpClientResponse.fromWeb(request, response), new TextEncoder().encode(text), text)
}

/**
 * Attempts to update a group that, inside of `withReconcile`, read the group first: once to know it, and again before an
 * update is sent again. It is the innermost of all, so that it does not matter which policy sends again.
 */
export const protect =
  (read: (id: string) => Effect.Effect<Group, CertifierError.CertifierError>, operation: string) =>
  (client: AttemptClient): AttemptClient => {
    const sendAgain = Effect.fnUntraced(function* (
      note: Note,
      request: HttpClientRequest.HttpClientRequest,
      send: Effect.Effect<HttpClientResponse.HttpClientResponse, CertifierError.CertifierError>
    ) {
      // Of a reading that failed the caller learns by its span; what counts is what is known of the update.
      const now = yield* Effect.mapError(read(idOf(request)), (error) => Option.getOrElse(note.failure, () => error))
      const patch = yield* Effect.orDie(decodePatch(textOf(request)))
      const found = yield* Reconciliation.compare(note.before, patch, now)
      yield* Effect.annotateCurrentSpan("certifier.reconciliation", found._tag)
      return yield* Reconciliation.$match(found, {
        Applied: () => Effect.succeed(answerWith(request, now)),
        NotApplied: () => send,
        Changed: () =>
          new CertifierError.GroupChanged({
            operation,
            before: note.before,
            current: now,
            outcome: Option.match(note.failure, { onNone: () => "MaybeApplied", onSome: (error) => error.outcome })
          })
      })
    })

    return HttpClient.transform(client, (send, request) =>
      Effect.flatMap(
        FiberRef.get(currentGuard),
        Option.match({
          onNone: () => send,
          onSome: ({ before, notes }) => {
            const key = `${request.url} ${textOf(request)}`
            const noted = (note: Note, attempt: typeof send) =>
              Effect.tapBoth(attempt, {
                onFailure: (error) => Effect.sync(() => void (note.failure = Option.some(error))),
                onSuccess: () => Effect.sync(() => notes.delete(key))
              })
            return Effect.suspend(() => {
              const known = notes.get(key)
              if (known !== undefined) return noted(known, sendAgain(known, request, send))
              const id = idOf(request)
              return Effect.flatMap(
                Effect.orElse(
                  Option.filter(before, (group) => group.id === id),
                  () => read(id)
                ),
                (before) => {
                  const note: Note = { before, failure: Option.none() }
                  notes.set(key, note)
                  return noted(note, send)
                }
              )
            })
          }
        })
      )
    )
  }
