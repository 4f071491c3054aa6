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
import { BufferedResponse } from "./bufferedResponse.js"

/** What is known of an update. */
interface Note {
  readonly before: Group
  outcome: CertifierError.Outcome
  failure: Option.Option<CertifierError.CertifierError>
}

/** The memory of one `withReconcile`: an update is told from others by where it goes and what it says. */
export interface Guard {
  /** The group that an update was made of, if it is known. */
  readonly before: Option.Option<Group>
  /** Whether `before` was read right now, so that there is no need to look at it again before the first sending. */
  readonly isFresh: boolean
  readonly notes: Map<string, Note>
}

export const make = (before: Option.Option<Group>, { isFresh }: { readonly isFresh: boolean }): Guard => ({
  before,
  isFresh,
  notes: new Map()
})

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
  const headers = { "content-type": "application/json" }
  const response = HttpClientResponse.fromWeb(request, new Response(text, { status: 200, headers }))
  return new BufferedResponse(response, response.headers, new TextEncoder().encode(text), text)
}

type Send = Effect.Effect<HttpClientResponse.HttpClientResponse, CertifierError.CertifierError>

/**
 * Attempts to update a group that, inside of `withReconcile`, read the group before each sending: the first time to know
 * it, then to see whether it is still the same. It is the innermost of all, so that it does not matter which policy sends
 * again, and that a wait for a rate limit is over before the group is read.
 */
export const protect = (
  read: (id: string) => Effect.Effect<Group, CertifierError.CertifierError>,
  operation: string
): ((client: AttemptClient) => AttemptClient) => {
  const noted = (note: Note, send: Send): Send =>
    Effect.tapError(
      Effect.suspend(() => {
        // As long as it is on its way, and for ever if it is interrupted.
        note.outcome = "MaybeApplied"
        return send
      }),
      (error) =>
        Effect.sync(() => {
          note.outcome = error.outcome
          note.failure = Option.some(error)
        })
    )

  const lookAndSend = Effect.fnUntraced(function* (
    note: Note,
    request: HttpClientRequest.HttpClientRequest,
    send: Send
  ) {
    // Of a reading that failed the caller learns by its span; what counts is what is known of the update.
    const now = yield* Effect.mapError(read(idOf(request)), (error) => Option.getOrElse(note.failure, () => error))
    const patch = yield* Effect.orDie(decodePatch(textOf(request)))
    const found = yield* Reconciliation.compare(note.before, patch, now)
    yield* Effect.annotateCurrentSpan("certifier.reconciliation", found._tag)
    return yield* Reconciliation.$match(found, {
      Applied: () => Effect.succeed(answerWith(request, now)),
      NotApplied: () => noted(note, send),
      Changed: () =>
        new CertifierError.GroupChanged({ operation, before: note.before, current: now, outcome: note.outcome })
    })
  })

  const guarded = Effect.fnUntraced(function* (
    { before, isFresh, notes }: Guard,
    request: HttpClientRequest.HttpClientRequest,
    send: Send
  ) {
    const key = `${request.url} ${textOf(request)}`
    const given = Option.filter(before, (group) => group.id === idOf(request))
    const known = notes.get(key)
    const note = known ?? {
      before: Option.isSome(given) ? given.value : yield* read(idOf(request)),
      outcome: "NotSent",
      failure: Option.none()
    }
    notes.set(key, note)
    const isCurrent = known === undefined && (isFresh || Option.isNone(given))
    const response = yield* isCurrent ? noted(note, send) : lookAndSend(note, request, send)
    notes.delete(key)
    return response
  })

  return (client) =>
    HttpClient.transform(client, (send, request) =>
      Effect.flatMap(
        FiberRef.get(currentGuard),
        Option.match({ onNone: () => send, onSome: (guard) => guarded(guard, request, send) })
      )
    )
}
