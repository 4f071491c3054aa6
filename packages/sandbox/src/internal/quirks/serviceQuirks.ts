import { quirk } from "./define.js"

/** Quirks of all operations: checks, bodies, pages and lists. */
export const quirks = {
  checkOrder: quirk({
    question: "Is a request counted by the rate limit before its version header is checked?",
    evidence: "Only that the token comes before the version header is reported from the live service.",
    default: "limit-first",
    values: {
      "limit-first": "429 comes before 400 `missing_version`",
      "version-first": "400 `missing_version` comes before 429, and does not count"
    }
  }),
  rateLimitScope: quirk({
    question: "Which requests does the rate limit count together?",
    evidence: "Not documented: those of a token, of a workspace or of an address.",
    default: "workspace",
    values: { workspace: "all", token: "those with the same access token" }
  }),
  unauthorizedMessage: quirk({
    question: "What is the message of a 401?",
    evidence: "The vendor's pages have a sentence; the live service was seen to return the gateway's one word.",
    default: "documented",
    values: { documented: "the sentence of the vendor's pages", gateway: "`Unauthorized`" }
  }),
  unknownFields: quirk({
    question: "What happens to a field of a body that the API does not have?",
    evidence: "Not documented. Refusing finds a misspelt field.",
    default: "refuse",
    values: { refuse: "400 `validation_error` that names the field", ignore: "it is ignored" }
  }),
  createdStatus: quirk({
    question: "Which status has the response of a creation?",
    evidence: "201 for credentials in the vendor's own tests, the others are inferred.",
    default: "201",
    values: { "201": "201 Created", "200": "200 OK" }
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
  listOrder: quirk({
    question: "In which order are designs, credentials and interactions listed?",
    evidence: "Not documented.",
    default: "newest-first",
    values: { "newest-first": "newest first", "oldest-first": "oldest first" }
  }),
  groupOrder: quirk({
    question: "In which order are groups listed?",
    evidence: "Not documented.",
    default: "oldest-first",
    values: { "oldest-first": "oldest first", "newest-first": "newest first" }
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
    evidence: "Public code shows some, such as `emailTemplateId` of a group.",
    default: "none",
    values: { none: "no", some: "each object has some" }
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
  emailTemplatesShape: quirk({
    question: "Is the list of email templates a page or a bare array? (experimental)",
    evidence: "Public code shows neither.",
    default: "page",
    values: { page: "a page", array: "a bare array" }
  })
} as const
