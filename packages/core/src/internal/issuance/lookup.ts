import * as Array from "effect/Array"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as CalendarDate from "../../CalendarDate.js"
import type { CertifierError } from "../../CertifierError.js"
import type { Credential } from "../../Credential.js"
import * as Credentials from "../../Credentials.js"
import * as Search from "../../Search.js"
import { freshRead } from "../freshRead.js"
import type { CertifierClient } from "../service.js"
import type { Create } from "./step.js"

/**
 * What one search for a created credential has found.
 *
 * - `Found`: one draft, and nothing else that it could be.
 * - `NotFound`: nothing. A search can lag behind, and a request in flight can be applied later.
 * - `Ambiguous`: several, or one that is no longer a draft: someone else has gone on with it.
 *
 * @since 0.1.0
 * @category models
 */
export type Lookup = Data.TaggedEnum<{
  Found: { readonly credential: Credential }
  NotFound: {}
  Ambiguous: { readonly credentials: Array.NonEmptyReadonlyArray<Credential> }
}>

/**
 * @since 0.1.0
 * @category constructors
 */
export const Lookup = /* #__PURE__ */ Data.taggedEnum<Lookup>()

const folded = (text: string): string => text.toLowerCase()

/** As the caller writes the address, and as a service writes it that knows no case. */
const spellings = (email: string): readonly [string, ...ReadonlyArray<string>] =>
  folded(email) === email ? [email] : [email, folded(email)]

/**
 * Days and not moments, because only dates are documented; and one day more, because it is not documented in which time zone
 * a day begins.
 */
const queryOf = ({ groupId, recipient }: Create["fields"], since: DateTime.Utc): Search.Query => ({
  filter: Search.all(
    Search.groupId.equals(groupId),
    recipient.email === undefined
      ? Search.recipientName.equals(recipient.name)
      : Search.recipientEmail.in(spellings(recipient.email)),
    Search.createdAt.gte(CalendarDate.fromDateTime(DateTime.subtract(since, { days: 1 })))
  ),
  sort: { property: "createdAt", order: "desc" }
})

/** Whether a credential can be the one of this step, whatever the service takes the filter to mean. */
const canBe =
  ({ fields, reference }: Create, since: DateTime.Utc) =>
  (credential: Credential): boolean => {
    const { email, name } = fields.recipient
    const isOfRecipient =
      email === undefined
        ? credential.recipient.name === name
        : Option.exists(credential.recipient.email, (other) => folded(other) === folded(email))
    return (
      credential.groupId === fields.groupId &&
      isOfRecipient &&
      Option.match(reference, {
        onNone: () => DateTime.greaterThanOrEqualTo(credential.createdAt, since),
        onSome: (key) => credential.customAttributes[key]?.trim() === fields.customAttributes?.[key]?.trim()
      })
    )
  }

export const find = (
  step: Create,
  clockTolerance: Duration.Duration
): Effect.Effect<Lookup, CertifierError, CertifierClient> =>
  Effect.gen(function* () {
    const start = Option.isSome(step.attemptedAt) ? step.attemptedAt.value : yield* DateTime.now
    const since = DateTime.subtractDuration(start, clockTolerance)
    const found = yield* Credentials.search(queryOf(step.fields, since), { maxPages: 10 }).pipe(
      Stream.filter(canBe(step, since)),
      Stream.runCollect,
      freshRead
    )
    const credentials = Chunk.toReadonlyArray(found)
    if (!Array.isNonEmptyReadonlyArray(credentials)) return Lookup.NotFound()
    const [credential] = credentials
    return credentials.length === 1 && credential.status === "draft"
      ? Lookup.Found({ credential })
      : Lookup.Ambiguous({ credentials })
  })

/** The delays between readings, and between requests: a second, then twice as long each time, up to 15 seconds. */
export const delay = (count: number): Duration.Duration => Duration.seconds(Math.min(2 ** count, 15))

/** Searches until something is found; finds nothing only if a search that began when `settle` had passed did not. */
export const settled = <E, R>(
  search: Effect.Effect<Lookup, E, R>,
  settle: Duration.Duration
): Effect.Effect<Lookup, E, R> =>
  Effect.gen(function* () {
    const now = Effect.map(Clock.currentTimeNanos, Duration.nanos)
    const end = Duration.sum(yield* now, settle)
    for (let count = 0; ; count += 1) {
      const begun = yield* now
      const lookup = yield* search
      if (lookup._tag !== "NotFound" || Duration.greaterThanOrEqualTo(begun, end)) return lookup
      yield* Effect.sleep(Duration.min(delay(count), Duration.subtract(end, begun)))
    }
  })
