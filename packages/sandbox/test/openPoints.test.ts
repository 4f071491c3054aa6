import { assert, describe, it } from "@effect/vitest"
import { Quirk } from "../src/index.js"

/** An open point, and the quirks or other features of a sandbox that cover it. */
interface Point {
  readonly point: string
  readonly quirks: ReadonlyArray<Quirk.Name>
  /** Why there is no quirk: a fault covers it, or it does not concern what the service sends. */
  readonly otherwise?: string
}

const by = (point: string, ...quirks: ReadonlyArray<Quirk.Name>): Point => ({ point, quirks })

const without = (point: string, otherwise: string): Point => ({ point, quirks: [], otherwise })

/**
 * The open points of the vendor's documentation, in the order of its pages: what is inferred or unknown, and where the
 * documentation contradicts itself or observations.
 */
const points: Readonly<Record<string, ReadonlyArray<Point>>> = {
  "all operations": [
    by("the order of the checks after the token", "checkOrder", "objectOrder"),
    by("the message of a 401 is the gateway's or the application's", "unauthorizedMessage"),
    by("ids of 26 characters, very old ones of 24", "idFormat"),
    by("members of responses that are not documented", "extraFields"),
    by("members of requests that are not documented", "unknownFields", "unknownParameters"),
    by("the status of the four creations", "createdStatus"),
    by("the status of a deletion", "deletedStatus"),
    by("the status of all other successes", "otherStatus"),
    by("a header with the id of a request", "requestId")
  ],
  errors: [
    by("402 of creating and updating groups", "groupPlan"),
    by("402 of creating and issuing credentials", "credentialQuota"),
    by("402 of sending", "mailPlan"),
    by("402 of expiry dates", "expiryDatePlan"),
    by("402 of interactions", "interactionPlan"),
    by("404 of creating: the group, the design, the credential", "unknownGroup", "unknownDesign", "unknownCredential"),
    by("an attribute that the workspace does not have, and that nothing is created then", "unknownAttribute"),
    by("404 of a second deletion", "deleteTwice"),
    without("other statuses of 500 and more, and their codes", "a fault: `503`, or `Fault.make` with any body")
  ],
  "rate limit": [
    by("the burst", "rateLimitBurst"),
    by("the window", "rateLimitWindow"),
    by("the scope: token, workspace or address", "rateLimitScope"),
    by("the form of `Retry-After`, and whether there is one", "retryAfter"),
    without("that a 429 did nothing", "a fault: `rate_limited+applied`")
  ],
  pages: [
    by("a cursor that is null, missing or empty", "pageEnds"),
    by("the life of cursors", "cursorLife", "unknownCursor"),
    by("rows that change between pages", "cursors"),
    by("a `limit` of 0, 101 or `abc`", "badLimit"),
    by("the order of lists", "listOrder")
  ],
  groups: [
    by("whether `learningEventUrl` is always there, and `null`", "emptyFields"),
    by("which of `designIds` and the two older fields a response has", "groupShape"),
    by("the length of a name", "nameLength"),
    by("names that repeat", "repeatedNames"),
    by("whether `designIds` is required", "newGroupDesigns"),
    by("an empty `designIds`", "emptyDesigns"),
    by("duplicates in `designIds`", "repeatedDesigns"),
    by("clearing `learningEventUrl`", "nullUrl"),
    by("`designIds` together with the older fields", "mixedDesigns"),
    by("an unknown design", "unknownDesign"),
    by("deleting a group with issued credentials", "deleteUsedGroup"),
    by("the preview of a design is nullable", "designPreview")
  ],
  credentials: [
    by("a recipient without `id`", "recipientIds"),
    by("a recipient without `email`, absent or null", "emptyFields"),
    by("an `issueDate` that is null", "issueDates"),
    by("`attributes` and `customAttributes` are absent", "credentialMaps"),
    by("a custom attribute that is null", "unsetAttributes"),
    by("the status in responses of issue, send and create-issue-send", "issueResponse"),
    by("an empty name", "emptyName"),
    by("create-issue-send without an email address", "createIssueSendWithoutEmail"),
    by("the time zone of today", "issueDateDefault"),
    by("the group's expiry setting", "groupExpiry"),
    by("a new credential with `expiryDate` null", "nullExpiry"),
    by("an `expiryDate` before `issueDate`", "expiryBeforeIssue"),
    by("whether create-issue-send is atomic", "createIssueSend"),
    by("deleting in any status", "deleteIssued"),
    by("the public page of a deleted credential", "deletedPage"),
    by("issuing what is not a draft", "issueTwice"),
    by("sending what is not issued, or has no email address", "sendRefused"),
    by("updating in any status", "updateIssued"),
    by("a `deliveryMethod` that is missing, or another one", "sendWithoutMethod"),
    by("the instant of expiry", "expiryInstant"),
    by("an event of expiry", "expiryEvent"),
    by("moving the `expiryDate` of an expired credential", "renewal"),
    by("whether `customAttributes` merges", "customAttributesUpdate"),
    by("where a new name shows", "rename"),
    by("the recipient's `id` in an update", "recipientIdOnUpdate"),
    by("previews that are not there yet", "previews")
  ],
  search: [
    by("a body without `filter`", "searchFilter"),
    by("the operators of `id`, `publicId` and `groupId`", "idOperators"),
    by("a bare condition at the top", "bareCondition"),
    by("several keys in one object", "severalKeys"),
    by("`NOT` of several", "notOfSeveral"),
    by("empty `AND`, `OR` and `NOT`", "emptyCombinators"),
    by("case", "searchCase"),
    by("date-times of `createdAt` and `updatedAt`", "searchTimes"),
    by("comparing an `expiryDate` that is null", "missingExpiry"),
    by("unknown fields and operators, custom attributes among them", "unknownSearchField"),
    by("the default order", "searchOrder"),
    by("a search after a write lags", "searchLag")
  ],
  interactions: [by("a `triggeredAt` in the future", "futureInteractions")],
  webhooks: [
    by("the whole objects are absent in the documented example", "webhookObjects"),
    by("the order of members differs", "webhookMembers"),
    by("which interactions fire which event", "interactionEvents"),
    by("an update that changes nothing", "unchangedUpdate"),
    by("the events of create-issue-send", "createIssueSendEvents"),
    by("the steps of the back-off", "webhookBackOff"),
    by("the order of events", "webhookOrder"),
    by("exactly once", "webhookCopies"),
    by("the time limit of a response", "webhookTimeLimit"),
    by("other headers", "webhookHeaders"),
    by("a signature in upper case", "webhookSignature")
  ],
  experimental: [
    by("the list of attributes: an array or a page", "attributesShape"),
    by("tags with or without `custom.`", "attributeTags"),
    by("which fields of an attribute there are", "attributeFields"),
    by("the list of email templates: a page or an array", "emailTemplatesShape"),
    by("a schedule without `sendAtIssuance`", "sendAtIssuance"),
    by("a schedule without a time", "scheduleWithoutTime")
  ]
}

const all = Object.values(points).flat()

describe("the open points of the vendor's documentation", () => {
  it("each have a quirk, or a reason for not having one", () => {
    for (const { otherwise, point, quirks } of all) {
      assert.strictEqual(quirks.length === 0, otherwise !== undefined, point)
      for (const name of quirks) assert.property(Quirk.table, name, point)
    }
  })

  it("include the subject of every quirk", () => {
    const named = new Set<string>(all.flatMap(({ quirks }) => quirks))
    assert.deepStrictEqual(
      Object.keys(Quirk.table).filter((name) => !named.has(name)),
      []
    )
  })
})
