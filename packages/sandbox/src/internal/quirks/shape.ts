import { Attribute } from "@effect-certifier/core"
import * as Predicate from "effect/Predicate"
import * as Urls from "../pages/urls.js"
import type { State } from "../workspace/state.js"
import type { Quirks } from "../../Quirk.js"

/** A JSON object of a response. */
type Json = Readonly<Record<string, unknown>>

interface Context {
  readonly quirks: Quirks
  readonly state: State
  /** The URL of the sandbox, for images. */
  readonly url: () => string
}

type Shape = (json: Json, context: Context) => Json

const without = (json: Json, ...names: ReadonlyArray<string>): Json =>
  Object.fromEntries(Object.entries(json).filter(([name]) => !names.includes(name)))

/** Fields without a value: `documented` are `null` by default. */
const withEmpty = (
  json: Json,
  { quirks }: Context,
  fields: ReadonlyArray<string>,
  documented: ReadonlyArray<string>
) => {
  const names = { documented, absent: [], null: fields }[quirks.emptyFields]
  return {
    ...json,
    ...Object.fromEntries(names.filter((name) => json[name] === undefined).map((name) => [name, null]))
  }
}

const extra: Shape = (json, { quirks }) =>
  quirks.extraFields === "none"
    ? json
    : { ...json, workspaceId: "01k0wsp00000000000000000w1", tags: [], settings: null }

const designsOf: Shape = (json, { quirks, state }) => {
  const { badgeDesignId, certificateDesignId, designIds } = json
  const legacy = [certificateDesignId, badgeDesignId].filter(Predicate.isString)
  const all = Array.isArray(designIds) ? designIds.filter(Predicate.isString) : legacy
  const first = (type: string) => all.find((id) => state.designs.get(id)?.type === type)
  const older = {
    certificateDesignId: certificateDesignId ?? first("certificate"),
    badgeDesignId: badgeDesignId ?? first("badge")
  }
  const rest = without(json, "designIds", "certificateDesignId", "badgeDesignId")
  switch (quirks.groupShape) {
    case "as-given":
      return json
    case "list":
      return { ...rest, designIds: all }
    case "legacy":
      return { ...rest, ...older }
    case "both":
      return { ...rest, designIds: all, ...older }
  }
}

const group: Shape = (json, context) =>
  extra(
    withEmpty(designsOf(json, context), context, ["learningEventUrl", "certificateDesignId", "badgeDesignId"], []),
    context
  )

const design: Shape = (json, context) => {
  const previewUrl =
    context.quirks.designPreview === "null" ? null : (json["previewUrl"] ?? Urls.design(json, context.url()))
  return extra({ ...json, previewUrl }, context)
}

const recipient: Shape = (json, context) => {
  const shaped = withEmpty(json, context, ["id", "email"], [])
  return context.quirks.recipientIds === "present" ? shaped : without(shaped, "id")
}

/** The custom attributes of the workspace without a value in a credential. */
const unset = ({ quirks, state }: Context): Json =>
  quirks.unsetAttributes === "absent"
    ? {}
    : Object.fromEntries(
        state.attributes
          .values()
          .filter(({ isDefault }) => !isDefault)
          .map((attribute) => [Attribute.key(attribute), null])
      )

const credential: Shape = (json, context) => {
  const { credentialMaps, issueDates } = context.quirks
  const shaped = {
    ...json,
    ...(Predicate.isRecord(json["recipient"]) ? { recipient: recipient(json["recipient"], context) } : {}),
    ...(Predicate.isRecord(json["customAttributes"])
      ? { customAttributes: { ...unset(context), ...json["customAttributes"] } }
      : {}),
    ...(issueDates === "null-in-drafts" && json["status"] === "draft" ? { issueDate: null } : {})
  }
  const kept = credentialMaps === "present" ? shaped : without(shaped, "attributes", "customAttributes")
  return extra(withEmpty(kept, context, ["issueDate", "expiryDate"], ["expiryDate"]), context)
}

const attribute: Shape = (json, context) => {
  const isBare =
    context.quirks.attributeTags === "bare" && json["isDefault"] !== true && typeof json["tag"] === "string"
  const shaped = isBare ? { ...json, tag: String(json["tag"]).replace(/^custom\./, "") } : json
  if (context.quirks.attributeFields === "all") return extra(shaped, context)
  return Object.fromEntries(Object.entries(shaped).filter(([name]) => /^(tag|name|isDefault)$/.test(name)))
}

/** The shape of the objects that each operation returns: a single one, a page or an array. */
const shapes: { readonly [operation: string]: Shape } = {
  listGroupsPage: group,
  createGroup: group,
  getGroup: group,
  updateGroup: group,
  listDesignsPage: design,
  getDesign: design,
  listCredentialsPage: credential,
  createCredential: credential,
  getCredential: credential,
  updateCredential: credential,
  searchCredentialsPage: credential,
  issueCredential: credential,
  sendCredential: credential,
  createIssueSendCredential: credential,
  scheduleCredential: credential,
  listCredentialDesigns: extra,
  listInteractionsPage: extra,
  createInteraction: extra,
  listAttributesPage: attribute,
  listEmailTemplatesPage: extra
}

/** The cursors of a page. Quirks decide how a missing one is represented. */
const pagination = (links: Json, { quirks }: Context): Json => {
  const entries = Object.entries(links)
  switch (quirks.pageEnds) {
    case "null":
      return links
    case "absent":
      return Object.fromEntries(entries.filter(([, cursor]) => cursor !== null))
    case "empty":
      return Object.fromEntries(entries.map(([name, cursor]) => [name, cursor ?? ""]))
  }
}

const shapeAll = (items: ReadonlyArray<unknown>, shape: Shape, context: Context) =>
  items.map((item) => (Predicate.isRecord(item) ? shape(item, context) : item))

/** Applies the quirks to the body of a success. */
export const body = (operation: string, json: unknown, context: Context): unknown => {
  const shape = shapes[operation] ?? extra
  if (Array.isArray(json)) return shapeAll(json, shape, context)
  if (!Predicate.isRecord(json)) return json
  const { data, pagination: links } = json
  if (!Array.isArray(data) || !Predicate.isRecord(links)) return shape(json, context)
  const items = shapeAll(data, shape, context)
  const isArray =
    (operation === "listAttributesPage" && context.quirks.attributesShape === "array") ||
    (operation === "listEmailTemplatesPage" && context.quirks.emailTemplatesShape === "array")
  return isArray ? items : { ...json, data: items, pagination: pagination(links, context) }
}
