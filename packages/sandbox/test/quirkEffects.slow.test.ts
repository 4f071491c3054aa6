import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { Effect, Redacted, Schema, TestClock } from "effect"
import { type Delivery, Fixture, Quirk, type RateLimit, Sandbox } from "../src/index.js"
import { good, id as group, type RequestInput, sendTo, without } from "./support/request.js"

/** The result of `JSON.parse`. Each row knows the form of its response. */
type Json = ReturnType<typeof JSON.parse>

interface Response {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly json: Json
  /** The events that webhooks have received. */
  readonly events: ReadonlyArray<{ readonly headers: Readonly<Record<string, string>>; readonly json: Json }>
  readonly deliveries: ReadonlyArray<Delivery.Delivery>
}

interface Row {
  readonly quirk: Quirk.Name
  /** Sent in sequence. A number is a pause in milliseconds. */
  readonly requests: ReadonlyArray<RequestInput | number | ((json: Json) => RequestInput)>
  /** The observed part of the last response. */
  readonly see: (response: Response) => unknown
  /** The expected observation for each value. */
  readonly shows: Readonly<Record<string, unknown>>
  readonly rateLimit?: RateLimit.Options
  /** The status that the receiver of webhooks responds with, if it responds; default 200. */
  readonly receiver?: number | "nothing"
}

const credential = Fixture.credentialJson.id
const draft = "01k0crd00000000000000000c2"
const path = `/v1/credentials/${credential}`
const page = `/credentials/${Fixture.credentialJson.publicId}`

const send = (method: RequestInput["method"], path: string, body?: unknown): RequestInput => ({
  method,
  path,
  headers: good,
  ...(body === undefined ? {} : { body: JSON.stringify(body) })
})

const groupBody = { name: "New", designIds: ["01k0dsn00000000000000000d1"] }
const patchGroup = (body: unknown) => send("PATCH", `/v1/groups/${group}`, body)
const recipient = { name: "Eve Example", email: "eve@example.com" }
const create = (body: object = {}) => send("POST", "/v1/credentials", { groupId: group, recipient, ...body })
const atOnce = (body: object = {}) =>
  send("POST", "/v1/credentials/create-issue-send", { groupId: group, recipient, ...body })
const search = (body: unknown) => send("POST", "/v1/credentials/search", body)
const get = (path: string) => send("GET", path)

const status = ({ status }: Response) => status
const json =
  (of: (json: Json) => unknown) =>
  ({ json }: Response) =>
    of(json)
const ids = json(({ data }) => data.map(({ id }: Json) => id.slice(-2)).join(" "))
const names = json(({ data }) => data.map(({ recipient }: Json) => recipient.name.split(" ")[0]).join(" "))
const count = json(({ data }) => data.length)
const both = (response: Response) => [response.status, response.json?.error?.code ?? response.json?.status]
const total = [get("/v1/credentials")]

/** Requests of lists, for tests of the rate limit. */
const lists = (count: number): ReadonlyArray<RequestInput> => Array.from({ length: count }, () => get("/v1/groups"))
const interact = (body: object = {}) =>
  send("POST", "/v1/credential-interactions", {
    credentialId: credential,
    eventType: "credential_viewed",
    triggeredBy: "guest",
    triggeredAt: "2026-01-15T09:00:00.000Z",
    ...body
  })
const types = ({ events }: Response) => events.map(({ json }) => json.type.replace("credential.", "")).join(" ")
const attempts = ({ deliveries }: Response) => deliveries.map(({ attempts }) => attempts.length)

const refusal = [400, "validation_error"]

const rows: ReadonlyArray<Row> = [
  {
    quirk: "checkOrder",
    rateLimit: { limit: 1 },
    requests: [{ method: "GET", path: "/v1/groups", headers: without(good, "certifier-version") }, get("/v1/groups")],
    see: status,
    shows: { "limit-first": 429, "version-first": 200 }
  },
  {
    quirk: "objectOrder",
    requests: [send("PATCH", "/v1/groups/nothing", { name: 1 })],
    see: status,
    shows: { "form-first": 400, "object-first": 404 }
  },
  {
    quirk: "objectOrder",
    requests: [send("POST", "/v1/credentials/nothing/send", {})],
    see: status,
    shows: { "form-first": 400, "object-first": 404 }
  },
  {
    quirk: "rateLimitScope",
    rateLimit: { limit: 1 },
    requests: [get("/v1/groups"), { ...get("/v1/groups"), headers: { ...good, authorization: "Bearer another" } }],
    see: status,
    shows: { workspace: 429, token: 200, address: 429 }
  },
  // In process all requests have the same address. The tests of the rate limit use two.
  {
    quirk: "rateLimitScope",
    rateLimit: { limit: 1 },
    requests: lists(2),
    see: status,
    shows: { workspace: 429, token: 429, address: 429 }
  },
  {
    quirk: "rateLimitWindow",
    rateLimit: { limit: 2 },
    requests: [get("/v1/groups"), 900, get("/v1/groups"), get("/v1/groups"), 100, ...lists(2)],
    see: status,
    shows: { moving: 429, fixed: 200 }
  },
  {
    quirk: "rateLimitBurst",
    rateLimit: { limit: 3 },
    requests: lists(3),
    see: status,
    shows: { second: 200, one: 429, "ten-seconds": 200 }
  },
  {
    quirk: "rateLimitBurst",
    rateLimit: { limit: 3 },
    requests: lists(30),
    see: status,
    shows: { second: 429, one: 429, "ten-seconds": 200 }
  },
  {
    quirk: "retryAfter",
    rateLimit: { limit: 1 },
    requests: lists(2),
    see: ({ headers }) => headers["retry-after"],
    shows: { seconds: "1", date: "Thu, 15 Jan 2026 09:30:01 GMT", absent: undefined }
  },
  {
    quirk: "requestId",
    requests: [get("/v1/groups")],
    see: ({ headers }) => headers["x-request-id"]?.length,
    shows: { absent: undefined, present: 26 }
  },
  {
    quirk: "idFormat",
    requests: [send("POST", "/v1/groups", groupBody)],
    see: json(({ id }) => [id.length, id.slice(0, 8)]),
    shows: { ulid: [26, "01kf0fv2"], hex: [24, "6968b398"] }
  },
  {
    quirk: "unknownParameters",
    requests: [get("/v1/credentials?groupId=x")],
    see: ({ json, status }) => json.error?.message ?? status,
    shows: { ignore: 200, refuse: "groupId is not a parameter of this operation" }
  },
  {
    quirk: "deleteTwice",
    requests: [send("DELETE", path), send("DELETE", path)],
    see: status,
    shows: { "not-found": 404, accept: 204 }
  },
  {
    quirk: "deleteTwice",
    requests: [send("DELETE", "/v1/groups/nothing")],
    see: status,
    shows: { "not-found": 404, accept: 204 }
  },
  {
    quirk: "unauthorizedMessage",
    requests: [{ method: "GET", path: "/v1/groups", headers: {} }],
    see: json(({ error }) => error.message),
    shows: { documented: "A valid authentication token was not provided with the request", gateway: "Unauthorized" }
  },
  { quirk: "unknownFields", requests: [patchGroup({ nmae: "x" })], see: status, shows: { refuse: 400, ignore: 200 } },
  { quirk: "createdStatus", requests: [create()], see: status, shows: { "201": 201, "200": 200 } },
  { quirk: "otherStatus", requests: [search({})], see: status, shows: { "200": 200, "201": 201, "202": 202 } },
  { quirk: "otherStatus", requests: [patchGroup({})], see: status, shows: { "200": 200, "201": 200, "202": 202 } },
  {
    quirk: "otherStatus",
    requests: [get("/v1/groups")],
    see: status,
    shows: { "200": 200, "201": 200, "202": 200 }
  },
  { quirk: "deletedStatus", requests: [send("DELETE", path)], see: status, shows: { "204": 204, "200": 200 } },
  {
    quirk: "pageEnds",
    requests: [get("/v1/groups")],
    see: json(({ pagination }) => pagination),
    shows: { null: { prev: null, next: null }, absent: {}, empty: { prev: "", next: "" } }
  },
  {
    quirk: "badLimit",
    requests: [get("/v1/designs?limit=0")],
    see: ({ json, status }) => json.data?.length ?? status,
    shows: { refuse: 400, clamp: 1 }
  },
  {
    quirk: "badLimit",
    requests: [search({ limit: 1000 })],
    see: ({ json, status }) => json.data?.length ?? status,
    shows: { refuse: 400, clamp: 2 }
  },
  {
    quirk: "cursors",
    requests: [get("/v1/designs?limit=1")],
    see: json(({ pagination }) => Buffer.from(pagination.next, "base64url").toString()),
    shows: { position: `["after",0,4]`, offset: "1" }
  },
  {
    quirk: "cursorLife",
    requests: [get("/v1/designs?limit=1"), 60_000, (json) => get(`/v1/designs?cursor=${json.pagination.next}`)],
    see: status,
    shows: { unlimited: 200, minute: 200 }
  },
  {
    quirk: "cursorLife",
    requests: [get("/v1/designs?limit=1"), 60_001, (json) => get(`/v1/designs?cursor=${json.pagination.next}`)],
    see: status,
    shows: { unlimited: 200, minute: 400 }
  },
  {
    quirk: "unknownCursor",
    requests: [get("/v1/designs?cursor=nothing")],
    see: ({ json, status }) => json.data?.length ?? status,
    shows: { refuse: 400, "first-page": 4 }
  },
  { quirk: "listOrder", requests: total, see: ids, shows: { "newest-first": "c2 c1", "oldest-first": "c1 c2" } },
  {
    quirk: "listOrder",
    requests: [send("POST", "/v1/groups", groupBody), get("/v1/groups")],
    see: json(({ data }) => data[0].name),
    shows: { "oldest-first": "Financial Markets", "newest-first": "New" }
  },
  {
    quirk: "emptyFields",
    requests: [send("POST", "/v1/groups", groupBody)],
    see: json((group) => "learningEventUrl" in group),
    shows: { documented: false, absent: false, null: true }
  },
  {
    quirk: "emptyFields",
    requests: [get(path)],
    see: json((credential) => "expiryDate" in credential),
    shows: { documented: true, absent: false, null: true }
  },
  {
    quirk: "extraFields",
    requests: [get(path)],
    see: json((credential) => "workspaceId" in credential),
    shows: { none: false, some: true }
  },
  {
    quirk: "extraFields",
    requests: [get("/v1/groups/nothing")],
    see: json(({ error }) => "details" in error),
    shows: { none: false, some: true }
  },
  {
    quirk: "unknownCredential",
    requests: [interact({ credentialId: "nothing" })],
    see: status,
    shows: { "not-found": 404, invalid: 400 }
  },
  { quirk: "interactionPlan", requests: [interact()], see: status, shows: { included: 201, "payment-required": 402 } },
  {
    quirk: "futureInteractions",
    requests: [
      send("POST", "/v1/credential-interactions", {
        credentialId: credential,
        eventType: "credential_viewed",
        triggeredBy: "guest",
        triggeredAt: "2026-01-15T09:30:00.001Z"
      })
    ],
    see: status,
    shows: { accept: 201, refuse: 400 }
  },
  {
    quirk: "attributesShape",
    requests: [get("/v1/attributes")],
    see: json(Array.isArray),
    shows: { array: true, page: false }
  },
  {
    quirk: "attributeTags",
    requests: [get("/v1/attributes")],
    see: json((attributes) => attributes.at(-1).tag),
    shows: { bare: "mentor", prefixed: "custom.mentor" }
  },
  {
    quirk: "attributeFields",
    requests: [get("/v1/attributes")],
    see: json((attributes) => "id" in attributes.at(-1)),
    shows: { all: true, few: false }
  },
  {
    quirk: "emailTemplatesShape",
    requests: [get("/v1/email-templates")],
    see: json(Array.isArray),
    shows: { page: false, array: true }
  },

  {
    quirk: "groupPlan",
    requests: [send("POST", "/v1/groups", groupBody)],
    see: status,
    shows: { included: 201, "no-more": 402, "read-only": 402 }
  },
  {
    quirk: "groupPlan",
    requests: [patchGroup({ name: "New" })],
    see: status,
    shows: { included: 200, "no-more": 200, "read-only": 402 }
  },
  {
    quirk: "groupExpiry",
    requests: [create()],
    see: json(({ expiryDate }) => expiryDate),
    shows: { never: null, "one-year": "2027-01-15" }
  },
  {
    quirk: "nameLength",
    requests: [patchGroup({ name: "x".repeat(256) })],
    see: status,
    shows: { any: 200, "255": 400 }
  },
  {
    quirk: "repeatedNames",
    requests: [send("POST", "/v1/groups", { ...groupBody, name: "Financial Markets" })],
    see: status,
    shows: { accept: 201, conflict: 409 }
  },
  {
    quirk: "newGroupDesigns",
    requests: [send("POST", "/v1/groups", { name: "New" })],
    see: status,
    shows: { optional: 201, required: 400 }
  },
  {
    quirk: "emptyDesigns",
    requests: [patchGroup({ designIds: [] })],
    see: ({ json, status }) => json.designIds ?? status,
    shows: { refuse: 400, accept: [] }
  },
  {
    quirk: "repeatedDesigns",
    requests: [patchGroup({ designIds: ["01k0dsn00000000000000000d1", "01k0dsn00000000000000000d1"] })],
    see: ({ json, status }) => json.designIds?.length ?? status,
    shows: { accept: 2, refuse: 400, once: 1 }
  },
  {
    quirk: "mixedDesigns",
    requests: [patchGroup({ designIds: ["01k0dsn00000000000000000d1"], badgeDesignId: "01k0dsn00000000000000000d2" })],
    see: ({ json, status }) => json.badgeDesignId ?? status,
    shows: { refuse: 400, accept: Fixture.groupJson.badgeDesignId }
  },
  {
    quirk: "unknownDesign",
    requests: [patchGroup({ designIds: ["nothing"] })],
    see: status,
    shows: { "not-found": 404, invalid: 400, accept: 200 }
  },
  {
    quirk: "nullUrl",
    requests: [patchGroup({ learningEventUrl: null })],
    see: ({ json, status }) => [status, "learningEventUrl" in json],
    shows: { refuse: [400, false], clear: [200, false] }
  },
  {
    quirk: "groupShape",
    requests: [patchGroup({ designIds: ["01k0dsn00000000000000000d2", "01k0dsn00000000000000000d1"] })],
    see: json((group) => ["designIds", "badgeDesignId"].filter((name) => name in group)),
    shows: {
      "as-given": ["designIds", "badgeDesignId"],
      list: ["designIds"],
      legacy: ["badgeDesignId"],
      both: ["designIds", "badgeDesignId"]
    }
  },
  {
    quirk: "groupShape",
    requests: [send("POST", "/v1/groups", { name: "New", badgeDesignId: "01k0dsn00000000000000000d2" })],
    see: json(({ designIds }) => designIds),
    shows: {
      "as-given": undefined,
      list: ["01k0dsn00000000000000000d2"],
      legacy: undefined,
      both: ["01k0dsn00000000000000000d2"]
    }
  },
  {
    quirk: "deleteUsedGroup",
    requests: [send("DELETE", `/v1/groups/${group}`)],
    see: status,
    shows: { conflict: 409, invalid: 400, forbidden: 403, accept: 204 }
  },
  {
    quirk: "designPreview",
    requests: [get("/v1/designs/01k0dsn00000000000000000d1")],
    see: json(({ previewUrl }) => previewUrl === null),
    shows: { present: false, null: true }
  },

  {
    quirk: "unknownGroup",
    requests: [create({ groupId: "nothing" })],
    see: status,
    shows: { "not-found": 404, invalid: 400 }
  },
  {
    quirk: "emptyName",
    requests: [create({ recipient: { name: " " } })],
    see: ({ json, status }) => json.attributes?.["recipient.name"] ?? status,
    shows: { refuse: 400, accept: " " }
  },
  {
    quirk: "recipientIds",
    requests: [get(path)],
    see: json(({ recipient }) => "id" in recipient),
    shows: { present: true, absent: false }
  },
  {
    quirk: "issueDateDefault",
    requests: [12 * 3_600_000, create()],
    see: json(({ issueDate }) => issueDate),
    shows: { utc: "2026-01-15", ahead: "2026-01-16", behind: "2026-01-15" }
  },
  {
    quirk: "issueDateDefault",
    requests: [create()],
    see: json(({ issueDate }) => issueDate),
    shows: { utc: "2026-01-15", ahead: "2026-01-15", behind: "2026-01-14" }
  },
  {
    quirk: "issueDates",
    requests: [create()],
    see: json(({ issueDate }) => issueDate),
    shows: { present: "2026-01-15", "null-in-drafts": null }
  },
  { quirk: "nullExpiry", requests: [create({ expiryDate: null })], see: status, shows: { refuse: 400, accept: 201 } },
  {
    quirk: "expiryBeforeIssue",
    requests: [create({ issueDate: "2026-02-01", expiryDate: "2026-01-20" })],
    see: ({ json, status }) => json.expiryDate ?? status,
    shows: { refuse: 400, accept: "2026-01-20" }
  },
  {
    quirk: "expiryDatePlan",
    requests: [create({ expiryDate: "2027-01-01" })],
    see: both,
    shows: { included: [201, "draft"], "payment-required": [402, "payment_required"] }
  },
  {
    quirk: "credentialQuota",
    requests: [send("POST", `/v1/credentials/${draft}/issue`)],
    see: both,
    shows: {
      open: [200, "issued"],
      "used-up": [402, "payment_required"],
      "no-drafts": [402, "payment_required"]
    }
  },
  {
    quirk: "credentialQuota",
    requests: [create()],
    see: status,
    shows: { open: 201, "used-up": 201, "no-drafts": 402 }
  },
  {
    quirk: "mailPlan",
    requests: [send("POST", `${path}/send`, { deliveryMethod: "email" })],
    see: status,
    shows: { included: 200, "payment-required": 402 }
  },
  {
    quirk: "unknownAttribute",
    requests: [create({ customAttributes: { "custom.tutor": "Kim" } })],
    see: both,
    shows: { refuse: refusal, "refuse-late": refusal }
  },
  {
    quirk: "unknownAttribute",
    requests: [create({ customAttributes: { "custom.tutor": "Kim" } }), ...total],
    see: count,
    shows: { refuse: 2, "refuse-late": 3 }
  },
  {
    quirk: "credentialMaps",
    requests: [get(path)],
    see: json((credential) => "attributes" in credential || "customAttributes" in credential),
    shows: { present: true, absent: false }
  },
  {
    quirk: "unsetAttributes",
    requests: [get(path)],
    see: json(({ customAttributes }) => customAttributes),
    shows: {
      absent: { "custom.mentor": "Lin Example" },
      null: { "custom.mentor": "Lin Example", "custom.course": null, "custom.grade": null }
    }
  },
  {
    quirk: "issueResponse",
    requests: [send("POST", `/v1/credentials/${draft}/issue`)],
    see: both,
    shows: { issued: [200, "issued"], draft: [200, "draft"] }
  },
  {
    quirk: "issueResponse",
    requests: [send("POST", `/v1/credentials/${draft}/issue`), get(`/v1/credentials/${draft}`)],
    see: both,
    shows: { issued: [200, "issued"], draft: [200, "issued"] }
  },
  {
    quirk: "issueTwice",
    requests: [send("POST", `${path}/issue`)],
    see: both,
    shows: { invalid: refusal, conflict: [409, "conflict"], accept: [200, "issued"] }
  },
  {
    quirk: "sendRefused",
    requests: [send("POST", `/v1/credentials/${draft}/send`, { deliveryMethod: "email" })],
    see: both,
    shows: { invalid: refusal, conflict: [409, "conflict"] }
  },
  {
    quirk: "sendWithoutMethod",
    requests: [send("POST", `${path}/send`, {})],
    see: status,
    shows: { refuse: 400, email: 200, any: 200 }
  },
  {
    quirk: "sendWithoutMethod",
    requests: [send("POST", `${path}/send`, { deliveryMethod: "sms" })],
    see: status,
    shows: { refuse: 400, email: 400, any: 200 }
  },
  {
    quirk: "deletedPage",
    requests: [get(page), send("DELETE", path), get(page)],
    see: status,
    shows: { "not-found": 404, shown: 200 }
  },
  {
    quirk: "createIssueSend",
    requests: [atOnce({ recipient: { name: "Eve Example" } }), ...total],
    see: json(({ data }) => data[0].status),
    shows: { atomic: "draft", steps: "issued" }
  },
  {
    quirk: "createIssueSend",
    requests: [atOnce({ recipient: { name: "Eve Example" } }), ...total],
    see: count,
    shows: { atomic: 2, steps: 3 }
  },
  {
    quirk: "createIssueSendWithoutEmail",
    requests: [atOnce({ recipient: { name: "Eve Example" } })],
    see: both,
    shows: { refuse: refusal, issue: [201, "issued"] }
  },
  { quirk: "updateIssued", requests: [send("PATCH", path, {})], see: status, shows: { accept: 200, conflict: 409 } },
  { quirk: "deleteIssued", requests: [send("DELETE", path)], see: status, shows: { accept: 204, conflict: 409 } },
  {
    quirk: "expiryInstant",
    requests: [send("PATCH", path, { expiryDate: "2026-01-16" }), 24 * 3_600_000, get(path)],
    see: both,
    shows: { "end-of-day": [200, "issued"], "start-of-day": [200, "expired"] }
  },
  {
    quirk: "renewal",
    requests: [
      send("PATCH", path, { expiryDate: "2026-01-16" }),
      72 * 3_600_000,
      get(path),
      send("PATCH", path, { expiryDate: null })
    ],
    see: both,
    shows: { issued: [200, "issued"], expired: [200, "expired"] }
  },
  {
    quirk: "customAttributesUpdate",
    requests: [send("PATCH", path, { customAttributes: { "custom.grade": "A" } })],
    see: json(({ customAttributes }) => customAttributes),
    shows: { merge: { "custom.mentor": "Lin Example", "custom.grade": "A" }, replace: { "custom.grade": "A" } }
  },
  {
    quirk: "rename",
    requests: [send("PATCH", path, { recipient: { name: "Ada Lovelace" } }), get(path)],
    see: json(({ attributes, recipient }) => [recipient.name, attributes["recipient.name"]]),
    shows: { "attributes-only": ["Ada Example", "Ada Lovelace"], everywhere: ["Ada Lovelace", "Ada Lovelace"] }
  },
  {
    quirk: "recipientIdOnUpdate",
    requests: [send("PATCH", path, { recipient: { name: "Ada Lovelace" } })],
    see: status,
    shows: { optional: 200, required: 400 }
  },
  {
    quirk: "previews",
    requests: [send("PATCH", path, {}), get(`${path}/designs`)],
    see: json((designs) => designs.map(({ previews }: Json) => previews.length)),
    shows: { ready: [1, 1], pending: [0, 0], missing: [] }
  },
  {
    quirk: "previews",
    requests: [send("PATCH", path, {}), 2001, get(`${path}/designs`)],
    see: json((designs) => designs.map(({ previews }: Json) => previews.length)),
    shows: { ready: [1, 1], pending: [1, 1], missing: [1, 1] }
  },
  {
    quirk: "sendAtIssuance",
    requests: [send("POST", `/v1/credentials/${draft}/schedule`, { issueAt: "2026-01-16T00:00:00.000Z" })],
    see: both,
    shows: { required: refusal, optional: [200, "scheduled"] }
  },
  {
    quirk: "scheduleWithoutTime",
    requests: [
      send("POST", `/v1/credentials/${draft}/schedule`, { sendAtIssuance: false }),
      get(`/v1/credentials/${draft}`)
    ],
    see: both,
    shows: { now: [200, "issued"], refuse: [200, "draft"] }
  },

  { quirk: "searchFilter", requests: [search({})], see: status, shows: { optional: 200, required: 400 } },
  {
    quirk: "bareCondition",
    requests: [search({ filter: { status: { equals: "draft" } } })],
    see: status,
    shows: { accept: 200, refuse: 400 }
  },
  {
    quirk: "severalKeys",
    requests: [search({ filter: { AND: [{ status: { equals: "draft" }, groupId: { equals: group } }] } })],
    see: ({ json, status }) => json.data?.length ?? status,
    shows: { all: 1, any: 2, refuse: 400 }
  },
  {
    quirk: "notOfSeveral",
    requests: [search({ filter: { NOT: [{ status: { equals: "draft" } }, { groupId: { equals: group } }] } })],
    see: count,
    shows: { none: 0, "not-all": 1 }
  },
  {
    quirk: "emptyCombinators",
    requests: [search({ filter: { AND: [] } })],
    see: status,
    shows: { neutral: 200, refuse: 400 }
  },
  {
    quirk: "searchCase",
    requests: [search({ filter: { AND: [{ recipient: { name: { contains: "BOB" } } }] } })],
    see: count,
    shows: { ignored: 1, significant: 0 }
  },
  {
    quirk: "searchTimes",
    requests: [search({ filter: { AND: [{ createdAt: { gt: "2026-01-15T00:00:00Z" } }] } })],
    see: status,
    shows: { accept: 200, refuse: 400 }
  },
  {
    quirk: "missingExpiry",
    requests: [search({ filter: { AND: [{ expiryDate: { gt: "2026-01-15" } }] } })],
    see: names,
    shows: { "no-match": "Bob", latest: "Bob Ada" }
  },
  {
    quirk: "idOperators",
    requests: [search({ filter: { AND: [{ NOT: [{ groupId: { startsWith: "0" } }] }] } })],
    see: status,
    shows: { text: 200, equality: 400 }
  },
  {
    quirk: "idOperators",
    requests: [search({ filter: { AND: [{ groupId: { in: [group] } }] } })],
    see: status,
    shows: { text: 200, equality: 200 }
  },
  {
    quirk: "unknownSearchField",
    requests: [search({ filter: { AND: [{ status: { equals: "draft", contains: "x" } }], more: 1 } })],
    see: ({ json, status }) => json.data?.length ?? status,
    shows: { refuse: 400, ignore: 1 }
  },
  {
    quirk: "searchOrder",
    requests: [search({})],
    see: ids,
    shows: { "newest-first": "c2 c1", "oldest-first": "c1 c2" }
  },
  { quirk: "searchLag", requests: [create(), search({})], see: count, shows: { none: 3, "two-seconds": 2 } },
  { quirk: "searchLag", requests: [create(), 2000, search({})], see: count, shows: { none: 3, "two-seconds": 3 } },

  {
    quirk: "interactionEvents",
    requests: [
      interact(),
      interact({ eventType: "credential_downloaded" }),
      interact({ eventType: "credential_shared_to_weibo" }),
      interact({ eventType: "credential_link_copied" })
    ],
    see: types,
    shows: { some: "viewed downloaded shared", viewed: "viewed", all: "viewed downloaded shared link_copied" }
  },
  {
    quirk: "createIssueSendEvents",
    requests: [atOnce(), create()],
    see: types,
    shows: { both: "created issued created", issued: "issued created" }
  },
  {
    quirk: "unchangedUpdate",
    requests: [send("PATCH", path, {}), send("PATCH", path, { expiryDate: "2027-01-01" })],
    see: types,
    shows: { event: "updated updated", "no-event": "updated" }
  },
  {
    quirk: "expiryEvent",
    requests: [send("PATCH", path, { expiryDate: "2026-01-16" }), 72 * 3_600_000, get(path)],
    see: types,
    shows: { none: "updated", updated: "updated updated", expired: "updated expired" }
  },
  {
    quirk: "webhookObjects",
    requests: [create(), interact()],
    see: ({ events }) => events.map(({ json }) => Object.keys(json.data).length),
    shows: { all: [2, 3], interactions: [1, 3], none: [1, 1] }
  },
  {
    quirk: "webhookMembers",
    requests: [create()],
    see: ({ events }) => Object.keys(events[0]?.json)[0],
    shows: { documented: "id", reversed: "data" }
  },
  {
    quirk: "webhookOrder",
    requests: [create(), send("DELETE", path), 1000],
    see: types,
    shows: { "in-order": "created deleted", swapped: "deleted created" }
  },
  { quirk: "webhookCopies", requests: [create()], see: types, shows: { once: "created", twice: "created created" } },
  {
    quirk: "webhookTimeLimit",
    receiver: "nothing",
    requests: [create(), 3000],
    see: attempts,
    shows: { "ten-seconds": [0], "three-seconds": [1] }
  },
  {
    quirk: "webhookBackOff",
    receiver: 500,
    requests: [create(), 14 * 60_000],
    see: attempts,
    shows: { doubled: [1], tripled: [2] }
  },
  {
    quirk: "webhookSignature",
    requests: [create()],
    see: ({ events }) => /[a-f]/.test(events[0]?.headers["x-webhook-signature"] ?? ""),
    shows: { "lower-case": true, "upper-case": false }
  },
  {
    quirk: "webhookHeaders",
    requests: [create()],
    see: ({ events }) => events[0]?.headers["x-webhook-timestamp"],
    shows: { few: undefined, more: "2026-01-15T09:30:00.000Z" }
  },
  // The objects of an event have the form of responses.
  {
    quirk: "credentialMaps",
    requests: [create()],
    see: ({ events }) => events.map(({ json }) => "attributes" in json.data.credential),
    shows: { present: [true], absent: [false] }
  }
]

const before = { createdAt: "2026-01-15T09:00:00.000Z", updatedAt: "2026-01-15T09:00:00.000Z" }

const credentials = [
  Fixture.credential(before),
  Fixture.credential({
    ...before,
    id: draft,
    publicId: "6f1d2c3b-4a59-4e68-8b77-0123456789ac",
    status: "draft",
    expiryDate: "2099-01-01",
    recipient: { name: "Bob Example", email: "bob@example.com" }
  })
]

const observe = ({ quirk, rateLimit, receiver = 200, requests, see }: Row, value: string) => {
  const events: Array<Response["events"][number]> = []
  const app = Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    events.push({ headers: request.headers, json: yield* request.json })
    return receiver === "nothing" ? yield* Effect.never : HttpServerResponse.empty({ status: receiver })
  })
  return Effect.gen(function* () {
    yield* TestClock.setTime(Date.parse("2026-01-15T09:30:00.000Z"))
    const { url } = yield* Sandbox.Sandbox
    let last: Pick<Response, "headers" | "json" | "status"> = { status: 0, headers: {}, json: undefined }
    for (const request of requests) {
      if (typeof request === "number") {
        // Lets pending requests arrive before time passes.
        yield* Effect.yieldNow({ priority: 1 })
        yield* TestClock.adjust(request)
        continue
      }
      const { headers, status, text } = yield* sendTo(url, typeof request === "function" ? request(last.json) : request)
      last = { status, headers, json: text.startsWith("<") || text === "" ? undefined : JSON.parse(text) }
    }
    const deliveries = yield* receiver === "nothing" ? Sandbox.deliveries : Sandbox.awaitDeliveries
    return see({ ...last, events, deliveries })
  }).pipe(
    Effect.provide(
      Sandbox.layerInProcess({
        webhooks: [{ app, secret: Redacted.make("a secret") }],
        rateLimit: rateLimit ?? "Unlimited",
        experimental: true,
        credentials,
        quirks: Schema.decodeUnknownSync(Quirk.Overrides)({ [quirk]: value })
      })
    )
  )
}

describe("the effect of each quirk", () => {
  it("has an expectation for each of its values", () => {
    for (const [name, { values }] of Object.entries<Quirk.Quirk>(Quirk.table)) {
      const own = rows.filter(({ quirk }) => quirk === name)
      assert.isNotEmpty(own, name)
      for (const { shows } of own) assert.sameMembers(Object.keys(shows), Object.keys(values), name)
      if (name === "rateLimitScope") continue
      // Any two values differ in some row.
      const all = Object.keys(values).map((value) => JSON.stringify(own.map(({ shows }) => [shows[value]])))
      assert.strictEqual(new Set(all).size, all.length, name)
    }
  })

  it.effect.each(rows.map((row, index) => [`${row.quirk} (${index})`, row] as const))("%s", ([, row]) =>
    Effect.gen(function* () {
      for (const [value, shown] of Object.entries(row.shows)) {
        deepStrictEqual([value, yield* observe(row, value)], [value, shown])
      }
    })
  )
})
