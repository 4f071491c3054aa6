import { quirk } from "./define.js"

/** Quirks of all operations: checks, bodies, pages and lists. */
export const quirks = {
  checkOrder: quirk({
    question: "Does a request without a valid version header count for the rate limit?",
    evidence: "Only that the token comes before the version header is reported from the live service.",
    default: "version-first",
    values: {
      "version-first": "no: 400 `missing_version` comes before 429",
      "limit-first": "yes: 429 comes before 400 `missing_version`"
    }
  }),
  objectOrder: quirk({
    question: "Which error does a malformed request for an object that does not exist get?",
    evidence: "Inferred: the order of these two checks is not documented.",
    default: "form-first",
    values: {
      "form-first": "400: the form of the request is checked first",
      "object-first": "404 `not_found`: the object in the path is looked up first"
    }
  }),
  rateLimitScope: quirk({
    question: "Which requests does the rate limit count together?",
    evidence: "Not documented: those of a token, of a workspace or of an address.",
    default: "workspace",
    values: {
      workspace: "all",
      token: "those with the same access token",
      address: "those from the same IP address"
    }
  }),
  rateLimitWindow: quirk({
    question: "Over which window does the rate limit count requests?",
    evidence: "About three requests a second on average, second hand; the window is not documented.",
    default: "moving",
    values: {
      moving: "a sliding window: each request frees its slot after its share of the interval",
      fixed: "fixed windows: the count starts again at fixed times"
    }
  }),
  rateLimitBurst: quirk({
    question: "How many requests are admitted at once after a pause, unless the sandbox's options set it?",
    evidence: "Not documented.",
    default: "second",
    values: { second: "those of one interval: 3", one: "1", "ten-seconds": "those of ten intervals: 30" }
  }),
  retryAfter: quirk({
    question: "Which form does `Retry-After` have in a 429, unless the sandbox's options set it?",
    evidence: "Seconds, second hand; no real 429 is published, and HTTP allows a date.",
    default: "seconds",
    values: { seconds: "whole seconds", date: "a date", absent: "none: the header is absent" }
  }),
  requestId: quirk({
    question: "Do responses have an id in the header `x-request-id`?",
    evidence: "Not documented.",
    default: "absent",
    values: { absent: "no", present: "yes, a new one for each request" }
  }),
  idFormat: quirk({
    question: "What does the id of a new object look like?",
    evidence: "26 lower-case letters and digits in the examples; very old ones are hexadecimal.",
    default: "ulid",
    values: { ulid: "26 letters and digits, a ULID in lower case", hex: "24 hexadecimal digits" }
  }),
  unknownParameters: quirk({
    question: "What happens to a query parameter that is not documented for the operation?",
    evidence: "Not documented; public code passes a `groupId` to the list of credentials.",
    default: "ignore",
    values: { ignore: "it is ignored", refuse: "400 `validation_error` that names the parameter" }
  }),
  deleteTwice: quirk({
    question: "What happens if an object that does not exist is deleted?",
    evidence: "404 in public code.",
    default: "not-found",
    values: { "not-found": "404 `not_found`", accept: "the same response as for a deletion" }
  }),
  unauthorizedMessage: quirk({
    question: "What is the message of a 401?",
    evidence: "The vendor's pages have a sentence; the live service was seen to return the single word of the gateway.",
    default: "documented",
    values: { documented: "the sentence of the vendor's pages", gateway: "`Unauthorized`" }
  }),
  unknownFields: quirk({
    question: "What happens to a field of a request body that is not documented?",
    evidence: "Not documented. `refuse` helps to find a misspelled field.",
    default: "ignore",
    values: { ignore: "it is ignored", refuse: "400 `validation_error` that names the field" }
  }),
  createdStatus: quirk({
    question: "Which status does the response to a creation have?",
    evidence: "201 for credentials in the vendor's own tests; for the others it is inferred.",
    default: "201",
    values: { "201": "201 Created", "200": "200 OK" }
  }),
  otherStatus: quirk({
    question: "Which status does the response to an update have, or to a `POST` that creates nothing?",
    evidence: "200 for issue and send in the vendor's own tests; unknown for updates and searches.",
    default: "200",
    values: {
      "200": "200 OK",
      "201": "201 Created for a search, as some frameworks respond to every `POST`",
      "202": "202 Accepted for an update and a search"
    }
  }),
  deletedStatus: quirk({
    question: "Which status does the response to a deletion have?",
    evidence: "204 in one public client.",
    default: "204",
    values: { "204": "204 No Content", "200": "200 OK with an empty body" }
  }),
  pageEnds: quirk({
    question: "How does a page indicate that there is no previous or next page?",
    evidence: "`null` is documented; the vendor's own tests omit `prev`.",
    default: "null",
    values: { null: "the cursor is `null`", absent: "the member is missing", empty: "the cursor is an empty string" }
  }),
  badLimit: quirk({
    question: "What happens to a `limit` that is not a whole number from 1 to 100?",
    evidence: "Only the maximum is documented.",
    default: "refuse",
    values: { refuse: "400 `validation_error`", clamp: "the nearest valid limit is used, or the default" }
  }),
  cursors: quirk({
    question: "What does a page contain if rows were added or removed since the previous page?",
    evidence: "Cursors are opaque; nothing else is documented.",
    default: "position",
    values: {
      position: "cursors name a row: nothing is skipped or repeated",
      offset: "cursors count rows: some can be skipped or repeated"
    }
  }),
  cursorLife: quirk({
    question: "How long is a cursor valid?",
    evidence: "Not documented.",
    default: "unlimited",
    values: { unlimited: "without limit", minute: "for one minute, see `unknownCursor`" }
  }),
  unknownCursor: quirk({
    question: "What does a list return for an unknown cursor?",
    evidence: "Not documented.",
    default: "refuse",
    values: { refuse: "400 `validation_error`", "first-page": "the first page" }
  }),
  listOrder: quirk({
    question: "In which order are lists returned?",
    evidence: "Not documented.",
    default: "newest-first",
    values: { "newest-first": "newest first", "oldest-first": "oldest first" }
  }),
  emptyFields: quirk({
    question: "How does a response represent a field without a value?",
    evidence: "`expiryDate` is seen as `null`, other fields are absent in examples; public code decodes both.",
    default: "documented",
    values: {
      documented: "`expiryDate` is `null`, other fields are absent",
      absent: "all are absent",
      null: "all are `null`"
    }
  }),
  extraFields: quirk({
    question: "Do responses have members that are not documented?",
    evidence:
      "Public code shows some, such as `emailTemplateId` of a group; errors may have more, according to the documentation.",
    default: "none",
    values: { none: "no", some: "each object has some, and so has each error" }
  }),
  unknownCredential: quirk({
    question: "What happens if an interaction is created for a credential that does not exist?",
    evidence: "Inferred.",
    default: "not-found",
    values: { "not-found": "404 `not_found`", invalid: "400 `validation_error`" }
  }),
  interactionPlan: quirk({
    question: "Does the plan of the workspace include interactions over the API?",
    evidence: "Whether creating one can return 402 is not documented.",
    default: "included",
    values: { included: "yes", "payment-required": "402 `payment_required`" }
  }),
  futureInteractions: quirk({
    question: "Can `triggeredAt` of an interaction be in the future?",
    evidence: "Only times in the past were seen to be accepted.",
    default: "accept",
    values: { accept: "yes", refuse: "400 `validation_error`" }
  }),
  attributesShape: quirk({
    question: "Is the list of attributes a bare array or a page? (experimental)",
    evidence: "An array in the vendor's own code and in one connector; another client expects a page.",
    default: "array",
    values: { array: "a bare array", page: "a page" }
  }),
  attributeTags: quirk({
    question: "Do the tags of custom attributes begin with `custom.`? (experimental)",
    evidence: "The vendor's code of 2026 adds it, a connector of 2024 expects it.",
    default: "bare",
    values: { bare: "no", prefixed: "yes" }
  }),
  attributeFields: quirk({
    question: "Which fields does an attribute have? (experimental)",
    evidence: "Nine in the vendor's own code; clients rely on three of them.",
    default: "all",
    values: { all: "all that are stored", few: "`tag`, `name` and `isDefault`" }
  }),
  emailTemplatesShape: quirk({
    question: "Is the list of email templates a page or a bare array? (experimental)",
    evidence: "Public code shows neither.",
    default: "page",
    values: { page: "a page", array: "a bare array" }
  })
} as const
