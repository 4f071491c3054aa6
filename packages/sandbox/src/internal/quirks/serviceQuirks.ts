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
    question: "Which error has a malformed request for an object that does not exist?",
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
    question: "Over which time does the rate limit count?",
    evidence: "About three requests a second on average, at second hand; the window is not documented.",
    default: "moving",
    values: {
      moving: "each request makes room again after its share of the time",
      fixed: "the count starts again at fixed times"
    }
  }),
  rateLimitBurst: quirk({
    question: "How many requests are admitted at once after a pause, unless the options of the sandbox say it?",
    evidence: "Not documented.",
    default: "second",
    values: { second: "those of one interval: 3", one: "1", "ten-seconds": "those of ten intervals: 30" }
  }),
  retryAfter: quirk({
    question: "Which form has `Retry-After` in a 429, unless the options of the sandbox say it?",
    evidence: "Seconds, at second hand; nobody has published a real 429, and HTTP allows a date.",
    default: "seconds",
    values: { seconds: "whole seconds", date: "a date", absent: "none: the header is absent" }
  }),
  requestId: quirk({
    question: "Do responses have an id in the header `x-request-id`?",
    evidence: "Not documented.",
    default: "absent",
    values: { absent: "no", present: "yes, another one each time" }
  }),
  idFormat: quirk({
    question: "What does the id of a new object look like?",
    evidence: "26 lower-case letters and digits in the examples; very old ones are hexadecimal.",
    default: "ulid",
    values: { ulid: "26 letters and digits, a ULID in lower case", hex: "24 hexadecimal digits" }
  }),
  unknownParameters: quirk({
    question: "What happens to a query parameter that the operation does not have?",
    evidence: "Not documented; public code passes a `groupId` to the list of credentials.",
    default: "ignore",
    values: { ignore: "it is ignored", refuse: "400 `validation_error` that names the parameter" }
  }),
  deleteTwice: quirk({
    question: "What if an object is deleted that does not exist?",
    evidence: "404 in public code.",
    default: "not-found",
    values: { "not-found": "404 `not_found`", accept: "the response is that of a deletion" }
  }),
  unauthorizedMessage: quirk({
    question: "What is the message of a 401?",
    evidence: "The vendor's pages have a sentence; the live service was seen to return the gateway's one word.",
    default: "documented",
    values: { documented: "the sentence of the vendor's pages", gateway: "`Unauthorized`" }
  }),
  unknownFields: quirk({
    question: "What happens to a field of a body that the API does not have?",
    evidence: "Not documented. `refuse` finds a misspelt field.",
    default: "ignore",
    values: { ignore: "it is ignored", refuse: "400 `validation_error` that names the field" }
  }),
  createdStatus: quirk({
    question: "Which status has the response of a creation?",
    evidence: "201 for credentials in the vendor's own tests, the others are inferred.",
    default: "201",
    values: { "201": "201 Created", "200": "200 OK" }
  }),
  otherStatus: quirk({
    question: "Which status has the response of an update, or of a `POST` that creates nothing?",
    evidence: "200 for issue and send in the vendor's own tests; for updates and searches it is not known.",
    default: "200",
    values: {
      "200": "200 OK",
      "201": "201 Created for a search, as some frameworks respond to every `POST`",
      "202": "202 Accepted for an update and a search"
    }
  }),
  deletedStatus: quirk({
    question: "Which status has the response of a deletion?",
    evidence: "204 in one public client.",
    default: "204",
    values: { "204": "204 No Content", "200": "200 OK with an empty body" }
  }),
  pageEnds: quirk({
    question: "How does a page say that there is no other one?",
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
    question: "What does a page show if rows were added or removed since the page before?",
    evidence: "Cursors are opaque; nothing is known of their life.",
    default: "position",
    values: {
      position: "cursors name a row: nothing is skipped or repeated",
      offset: "cursors count rows: some can be skipped or repeated"
    }
  }),
  cursorLife: quirk({
    question: "How long can a cursor be used?",
    evidence: "Not documented.",
    default: "unlimited",
    values: { unlimited: "forever", minute: "for one minute, see `unknownCursor`" }
  }),
  unknownCursor: quirk({
    question: "What does a list return for a cursor that it does not know?",
    evidence: "Not documented.",
    default: "refuse",
    values: { refuse: "400 `validation_error`", "first-page": "the first page" }
  }),
  listOrder: quirk({
    question: "In which order are lists?",
    evidence: "Not documented.",
    default: "newest-first",
    values: { "newest-first": "newest first", "oldest-first": "oldest first" }
  }),
  emptyFields: quirk({
    question: "How is a field without a value written?",
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
    question: "What if an interaction is created for a credential that does not exist?",
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
    question: "Can an interaction be in the future?",
    evidence: "Only the past was seen to be accepted.",
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
    question: "Do the tags of custom attributes have `custom.` in front? (experimental)",
    evidence: "The vendor's code of 2026 adds it, a connector of 2024 expects it.",
    default: "bare",
    values: { bare: "no", prefixed: "yes" }
  }),
  attributeFields: quirk({
    question: "Which fields does an attribute have? (experimental)",
    evidence: "Nine in the vendor's own code, of which clients rely on three.",
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
