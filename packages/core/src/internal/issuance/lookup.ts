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
 * The result of one search for a created credential.
 *
 * - `Found`: exactly one draft, and no other candidate.
 * - `NotFound`: no candidate. The search index can lag, and a request in flight can be applied later.
 * - `Ambiguous`: several candidates, or one that another writer has already processed (no longer a draft), or one without a
 *   value for `reference`.
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

/** The server may normalize a text differently from how it was sent. */
const normalized = (text: string): string => text.normalize().trim().replaceAll(/\s+/g, " ").toLowerCase()

/** The address as specified, with its domain in lower case, and all in lower case, because the server may ignore case. */
const spellings = (email: string): readonly [string, ...ReadonlyArray<string>] => {
  const domain = email.lastIndexOf("@")
  const others = [email.slice(0, domain) + email.slice(domain).toLowerCase(), email.toLowerCase()]
  return [email, ...new Set(others.filter((other) => other !== email))]
}

/** The longest part of a name with a unique normal form: ASCII, and no letter that is followed by a combining mark. */
const partOf = (name: string): string =>
  (name.match(/[!-~]+(?!\p{M})/gu) ?? [name.trim()]).reduce((longest, part) =>
    part.length > longest.length ? part : longest
  )

/**
 * Dates instead of instants, because only dates are documented; with one extra day, because their time zone is not documented.
 */
const queryOf = ({ groupId, recipient }: Create["fields"], since: DateTime.Utc): Search.Query => ({
  filter: Search.all(
    Search.groupId.equals(groupId),
    recipient.email === undefined
      ? Search.recipientName.contains(partOf(recipient.name))
      : Search.recipientEmail.in(spellings(recipient.email)),
    Search.createdAt.gte(CalendarDate.fromDateTime(DateTime.subtract(since, { days: 1 })))
  ),
  sort: { property: "createdAt", order: "desc" }
})

/** The credentials that this step can have created, checked again in case the server interprets the filter differently. */
const ownOf = (
  { fields: { customAttributes, groupId, recipient }, reference }: Create,
  since: DateTime.Utc,
  found: ReadonlyArray<Credential>
) => {
  const { email, name } = recipient
  const isRecipient = (other: Credential["recipient"]) =>
    email === undefined
      ? normalized(other.name) === normalized(name)
      : Option.exists(other.email, (address) => normalized(address) === normalized(email))
  const ofRecipient = found.filter((one) => one.groupId === groupId && isRecipient(one.recipient))
  const recent = ofRecipient.filter(({ createdAt }) => DateTime.greaterThanOrEqualTo(createdAt, since))
  if (Option.isNone(reference)) return { certain: recent, doubtful: [] }
  const key = reference.value
  const expected = normalized(customAttributes?.[key] ?? "")
  return {
    certain: ofRecipient.filter((one) => normalized(one.customAttributes[key] ?? "") === expected),
    doubtful: recent.filter((one) => one.customAttributes[key] === undefined)
  }
}

export const find = (
  step: Create,
  clockTolerance: Duration.Duration
): Effect.Effect<Lookup, CertifierError, CertifierClient> =>
  Effect.gen(function* () {
    const start = Option.isSome(step.attemptedAt) ? step.attemptedAt.value : yield* DateTime.now
    const since = DateTime.subtractDuration(start, clockTolerance)
    const found = yield* freshRead(Stream.runCollect(Credentials.search(queryOf(step.fields, since), { maxPages: 10 })))
    const { certain, doubtful } = ownOf(step, since, Chunk.toReadonlyArray(found))
    const [credential] = certain
    if (credential?.status === "draft" && certain.length === 1) return Lookup.Found({ credential })
    const credentials = Array.isNonEmptyReadonlyArray(certain) ? certain : doubtful
    return Array.isNonEmptyReadonlyArray(credentials) ? Lookup.Ambiguous({ credentials }) : Lookup.NotFound()
  })

/** The delays between reads and between requests: 1 second, doubled each time, up to 15 seconds. */
export const delay = (count: number): Duration.Duration => Duration.seconds(Math.min(2 ** count, 15))

/** Searches until something is found. `NotFound` only if a search that started after `settle` finds nothing. */
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
