import { CalendarDate, Credential, type Design, type Group } from "@effect-certifier/core"
import * as Array from "effect/Array"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Random from "effect/Random"
import type { ErrorEnvelope } from "../ErrorEnvelope.js"
import * as Api from "./api.js"
import * as Ids from "./ids.js"
import * as Urls from "./pages/urls.js"
import type { Given } from "./quirks/given.js"
import type { Quirks } from "../Quirk.js"
import type { State } from "./workspace/state.js"

type Fields = ConstructorParameters<typeof Credential.Credential>[0]

/** An error whose kind depends on a quirk. */
const refuseAs = (kind: "invalid" | "conflict", message: string) =>
  Api.failWith(kind === "invalid" ? "validation_error" : "conflict", message)

/** The keys of attributes that the workspace does not have. */
const unknownAttributes = (state: State, given: Readonly<Record<string, string>> = {}): ReadonlyArray<string> =>
  Object.keys(given).filter((key) => !state.attributes.has(key))

/** Fails if a request has attributes that the workspace does not have. */
export const checkAttributes = (
  state: State,
  given: Readonly<Record<string, string>> | undefined
): Effect.Effect<void, ErrorEnvelope> => {
  const [unknown] = unknownAttributes(state, given)
  return unknown === undefined
    ? Effect.void
    : Api.failWith("validation_error", `The attribute [${unknown}] does not exist in the workspace`)
}

const checkDates = (
  issueDate: Option.Option<CalendarDate.CalendarDate>,
  expiryDate: Option.Option<CalendarDate.CalendarDate>,
  quirks: Quirks
): Effect.Effect<void, ErrorEnvelope> => {
  return quirks.expiryBeforeIssue === "refuse" &&
    Option.exists(Option.all([issueDate, expiryDate]), ([from, to]) => to < from)
    ? Api.failWith("validation_error", "expiryDate is before issueDate")
    : Effect.void
}

/** Fails if a request sets an expiry date that the plan of the workspace does not include. */
const checkPlan = (expiryDate: string | null | undefined, quirks: Quirks): Effect.Effect<void, ErrorEnvelope> =>
  typeof expiryDate === "string" && quirks.expiryDatePlan === "payment-required"
    ? Api.failWith("payment_required")
    : Effect.void

/** The date one year later. February 29 becomes March 1. */
const yearAfter = (date: CalendarDate.CalendarDate): CalendarDate.CalendarDate => {
  const [year, month, day] = date.split("-").map(Number)
  return CalendarDate.fromDateTime(DateTime.unsafeMake(Date.UTC((year ?? 0) + 1, (month ?? 1) - 1, day)))
}

const zones = { utc: 0, ahead: 14, behind: -12 }

/** Creates a draft, without the attributes that the workspace does not have. */
export const create = (
  random: Random.Random,
  state: State,
  fields: Credential.Create,
  given: Given,
  quirks: Quirks
): Effect.Effect<Credential.Credential, ErrorEnvelope> =>
  Effect.gen(function* () {
    if (quirks.credentialQuota === "no-drafts") return yield* Api.failWith("payment_required")
    const now = yield* DateTime.now
    const today = CalendarDate.fromDateTime(DateTime.add(now, { hours: zones[quirks.issueDateDefault] }))
    const issued = fields.issueDate ?? today
    const issueDate = Option.some(issued)
    const expiryDate = Option.orElse(Option.fromNullable(given.expiryDate ?? fields.expiryDate), () =>
      quirks.groupExpiry === "never" || given.neverExpires === true ? Option.none() : Option.some(yearAfter(issued))
    )
    yield* checkPlan(fields.expiryDate, quirks)
    yield* checkDates(issueDate, expiryDate, quirks)
    const { email, id } = fields.recipient
    const name = given.recipientName ?? fields.recipient.name
    const unknown = unknownAttributes(state, fields.customAttributes)
    return new Credential.Credential({
      id: Credential.CredentialId.make(yield* Ids.make(random, quirks, (id) => state.credentials.has(id))),
      publicId: yield* Ids.makePublicId(random, (id) => state.credentials.lookUp("publicId", id).size > 0),
      groupId: fields.groupId,
      status: "draft",
      recipient: {
        id: Option.some(id ?? Credential.RecipientId.make(yield* Ids.make(random, quirks))),
        name,
        email: Option.fromNullable(email)
      },
      issueDate,
      expiryDate,
      attributes: { "recipient.name": name },
      customAttributes: Object.fromEntries(
        Object.entries(fields.customAttributes ?? {}).filter(([key]) => !unknown.includes(key))
      ),
      createdAt: now,
      updatedAt: now
    })
  })

/** Changes fields and advances `updatedAt`, even if the clock has not moved. */
export const change = (
  credential: Credential.Credential,
  now: DateTime.Utc,
  fields: Partial<Fields>
): Credential.Credential =>
  new Credential.Credential({
    ...credential,
    ...fields,
    updatedAt: DateTime.max(now, DateTime.add(credential.updatedAt, { millis: 1 }))
  })

const day = 86_400_000

/** The time at which a credential expires, in milliseconds since 1970. */
export const expiresAt = ({ expiryDate, status }: Credential.Credential, quirks: Quirks): number =>
  status === "issued" && Option.isSome(expiryDate)
    ? Date.parse(expiryDate.value) + (quirks.expiryInstant === "end-of-day" ? day : 0)
    : Infinity

/** The state of a credential at a given time. */
export const at = (credential: Credential.Credential, now: DateTime.Utc, quirks: Quirks): Credential.Credential =>
  expiresAt(credential, quirks) <= now.epochMillis
    ? new Credential.Credential({ ...credential, status: "expired" })
    : credential

/** The recipient and the attributes after an update. */
const renamed = (
  credential: Credential.Credential,
  recipient: Credential.Update["recipient"],
  given: Given,
  quirks: Quirks
) => {
  if (recipient === undefined) return {}
  const name = given.recipientName ?? recipient.name
  return {
    recipient: {
      ...credential.recipient,
      name: quirks.rename === "everywhere" ? name : credential.recipient.name,
      email: Option.orElse(Option.fromNullable(recipient.email), () => credential.recipient.email)
    },
    attributes: { ...credential.attributes, "recipient.name": name }
  }
}

/** Sets the given fields and keeps the others. */
export const update = (
  state: State,
  credential: Credential.Credential,
  fields: Credential.Update,
  given: Given,
  quirks: Quirks
): Effect.Effect<Credential.Credential, ErrorEnvelope> =>
  Effect.gen(function* () {
    const { customAttributes, issueDate, recipient } = fields
    const expiryDate = given.expiryDate ?? fields.expiryDate
    if (quirks.updateIssued === "conflict" && credential.status !== "draft") {
      return yield* Api.failWith("conflict", `The credential is ${credential.status}; only a draft can be updated`)
    }
    if (quirks.recipientIdOnUpdate === "required" && recipient !== undefined && recipient.id === undefined) {
      return yield* Api.failWith("validation_error", "recipient.id is missing")
    }
    yield* checkAttributes(state, customAttributes)
    const dates = {
      issueDate: Option.orElse(Option.fromNullable(issueDate), () => credential.issueDate),
      expiryDate: expiryDate === undefined ? credential.expiryDate : Option.fromNullable(expiryDate)
    }
    yield* checkPlan(expiryDate, quirks)
    yield* checkDates(dates.issueDate, dates.expiryDate, quirks)
    const now = yield* DateTime.now
    const updated = change(credential, now, {
      ...dates,
      ...renamed(credential, recipient, given, quirks),
      customAttributes:
        customAttributes !== undefined && quirks.customAttributesUpdate === "replace"
          ? customAttributes
          : { ...credential.customAttributes, ...customAttributes }
    })
    if (updated.status !== "expired" || quirks.renewal === "expired") return updated
    const renewed = new Credential.Credential({ ...updated, status: "issued" })
    return at(renewed, now, quirks)
  })

/** Issues a draft, and rejects any other credential. */
export const issue = (
  credential: Credential.Credential,
  quirks: Quirks
): Effect.Effect<Credential.Credential, ErrorEnvelope> => {
  const { status } = credential
  if (status !== "draft") {
    return refuseAs(
      quirks.issueTwice === "conflict" ? "conflict" : "invalid",
      `The credential is ${status}; only a draft can be issued`
    )
  }
  return quirks.credentialQuota === "open"
    ? Effect.map(DateTime.now, (now) => change(credential, now, { status: "issued" }))
    : Api.failWith("payment_required")
}

/** Fails if a credential can't be sent. */
export const send = (
  { recipient, status }: Credential.Credential,
  quirks: Quirks
): Effect.Effect<void, ErrorEnvelope> => {
  if (status !== "issued") {
    return refuseAs(quirks.sendRefused, `The credential is ${status}; only an issued one can be sent`)
  }
  if (Option.isNone(recipient.email)) return refuseAs(quirks.sendRefused, "The recipient has no email address")
  return quirks.mailPlan === "included" ? Effect.void : Api.failWith("payment_required")
}

const designIdsOf = (group: Group.Group): ReadonlyArray<Design.DesignId> =>
  Option.getOrElse(group.designIds, () => Array.getSomes([group.certificateDesignId, group.badgeDesignId]))

/** The rendering time of previews, if a quirk delays them, in milliseconds. */
const renderingTime = 2000

/** The designs of a credential in the order of its group. The URL of a preview depends on what the preview shows. */
export const designs = (
  credential: Credential.Credential,
  { groups, designs }: State,
  now: DateTime.Utc,
  { quirks: { previews }, url }: { readonly quirks: Quirks; readonly url: () => string }
): ReadonlyArray<Credential.CredentialDesign> => {
  const group = groups.get(credential.groupId)
  const isRendering = now.epochMillis < credential.updatedAt.epochMillis + renderingTime
  if (group === undefined || (previews === "missing" && isRendering)) return []
  return designIdsOf(group).map((id) => {
    const design = designs.get(id)
    const { customAttributes, issueDate } = credential
    const name = Credential.recipientName(credential)
    const shown = [name, customAttributes, issueDate, group.name, design?.type, design?.updatedAt]
    return new Credential.CredentialDesign({
      id,
      name: design?.name ?? id,
      previews:
        previews === "pending" && isRendering
          ? []
          : [{ format: "png", url: Urls.credential(credential.id, id, shown, url()) }]
    })
  })
}
