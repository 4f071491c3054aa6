import { CalendarDate, Credential, type Design, type Group } from "@effect-certifier/core"
import * as Array from "effect/Array"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Hash from "effect/Hash"
import * as Option from "effect/Option"
import type * as Random from "effect/Random"
import type { ErrorEnvelope } from "../ErrorEnvelope.js"
import * as Api from "./api.js"
import * as Ids from "./ids.js"
import type { State } from "./workspace/state.js"

const invalid = (message: string) => Api.failWith("validation_error", message)

/** Nothing is stored with an attribute that the workspace does not have. */
const checkAttributes = (
  state: State,
  given: Readonly<Record<string, string>> = {}
): Effect.Effect<void, ErrorEnvelope> => {
  const unknown = Object.keys(given).find((key) => !state.attributes.has(key))
  return unknown === undefined ? Effect.void : invalid(`The attribute [${unknown}] does not exist in the workspace`)
}

const checkDates = (
  issueDate: Option.Option<CalendarDate.CalendarDate>,
  expiryDate: Option.Option<CalendarDate.CalendarDate>
): Effect.Effect<void, ErrorEnvelope> =>
  Option.exists(Option.all([issueDate, expiryDate]), ([from, to]) => to < from)
    ? invalid("expiryDate is before issueDate")
    : Effect.void

/** A new draft. */
export const create = (
  random: Random.Random,
  state: State,
  fields: Credential.Create
): Effect.Effect<Credential.Credential, ErrorEnvelope> =>
  Effect.gen(function* () {
    yield* checkAttributes(state, fields.customAttributes)
    const now = yield* DateTime.now
    const issueDate = Option.some(fields.issueDate ?? CalendarDate.fromDateTime(now))
    const expiryDate = Option.fromNullable(fields.expiryDate)
    yield* checkDates(issueDate, expiryDate)
    const { email, id, name } = fields.recipient
    return new Credential.Credential({
      id: Credential.CredentialId.make(yield* Ids.make(random, (id) => state.credentials.has(id))),
      publicId: yield* Ids.makePublicId(random, (id) => state.credentials.lookUp("publicId", id).size > 0),
      groupId: fields.groupId,
      status: "draft",
      recipient: {
        id: Option.some(id ?? Credential.RecipientId.make(yield* Ids.make(random))),
        name,
        email: Option.fromNullable(email)
      },
      issueDate,
      expiryDate,
      attributes: { "recipient.name": name },
      customAttributes: fields.customAttributes ?? {},
      createdAt: now,
      updatedAt: now
    })
  })

type Fields = ConstructorParameters<typeof Credential.Credential>[0]

/** Changes fields, and advances `updatedAt` even if the clock has not moved. */
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

/**
 * Sets the given fields and keeps the others; custom attributes are merged by key. A new name of the recipient is in the
 * attributes only, and `recipient.name` stays: so it was seen on the real service.
 */
export const update = (
  state: State,
  credential: Credential.Credential,
  { customAttributes, expiryDate, issueDate, recipient }: Credential.Update
): Effect.Effect<Credential.Credential, ErrorEnvelope> =>
  Effect.gen(function* () {
    yield* checkAttributes(state, customAttributes)
    const dates = {
      issueDate: Option.orElse(Option.fromNullable(issueDate), () => credential.issueDate),
      expiryDate: expiryDate === undefined ? credential.expiryDate : Option.fromNullable(expiryDate)
    }
    yield* checkDates(dates.issueDate, dates.expiryDate)
    return change(credential, yield* DateTime.now, {
      ...dates,
      // Whether it still is expired follows from its date, see `at`.
      status: credential.status === "expired" ? "issued" : credential.status,
      recipient: {
        ...credential.recipient,
        email: Option.orElse(Option.fromNullable(recipient?.email), () => credential.recipient.email)
      },
      attributes:
        recipient === undefined
          ? credential.attributes
          : { ...credential.attributes, "recipient.name": recipient.name },
      customAttributes: { ...credential.customAttributes, ...customAttributes }
    })
  })

/** Only a draft can be issued. */
export const issue = (credential: Credential.Credential): Effect.Effect<Credential.Credential, ErrorEnvelope> =>
  credential.status === "draft"
    ? Effect.map(DateTime.now, (now) => change(credential, now, { status: "issued" }))
    : invalid(`The credential is ${credential.status}; only a draft can be issued`)

/** Whether a mail could be sent; nothing is. */
export const send = (credential: Credential.Credential): Effect.Effect<Credential.Credential, ErrorEnvelope> => {
  if (credential.status !== "issued") {
    return invalid(`The credential is ${credential.status}; only an issued one can be sent`)
  }
  return Option.isNone(credential.recipient.email)
    ? invalid("The recipient has no email address")
    : Effect.succeed(credential)
}

/** A credential as it is at a moment: issued ones expire when their date has passed in UTC. */
export const at = (credential: Credential.Credential, now: DateTime.DateTime): Credential.Credential =>
  credential.status === "issued" && !Credential.isUsable(credential, DateTime.toUtc(now))
    ? new Credential.Credential({ ...credential, status: "expired" })
    : credential

const designIdsOf = (group: Group.Group): ReadonlyArray<Design.DesignId> =>
  Option.getOrElse(group.designIds, () => Array.getSomes([group.certificateDesignId, group.badgeDesignId]))

/** The designs of a credential in the order of its group; the URL of a preview follows from what it shows. */
export const designs = (
  credential: Credential.Credential,
  group: Group.Group,
  known: State["designs"]
): ReadonlyArray<Credential.CredentialDesign> =>
  designIdsOf(group).map((id) => {
    const design = known.get(id)
    const shown = JSON.stringify([credential.attributes, credential.customAttributes, group.name, design?.updatedAt])
    const digest = (Hash.string(shown) >>> 0).toString(36)
    return new Credential.CredentialDesign({
      id,
      name: design?.name ?? id,
      previews: [
        { format: "png", url: `https://cdn.example.com/w1/credentials/${credential.id}/designs/${id}/${digest}.png` }
      ]
    })
  })
