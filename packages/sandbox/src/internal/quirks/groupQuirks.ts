import { quirk } from "./define.js"

/** Quirks of groups and designs. */
export const quirks = {
  groupPlan: quirk({
    question: "Does the plan of the workspace include more groups?",
    evidence: "402 is inferred for creating and updating; an older page of the vendor does not have it.",
    default: "included",
    values: {
      included: "yes",
      "no-more": "402 `payment_required` for creating one",
      "read-only": "402 `payment_required` for creating or updating one"
    }
  }),
  groupExpiry: quirk({
    question: "When does a credential expire that is created without an `expiryDate`?",
    evidence: "According to a setting of its group, which the API does not return.",
    default: "never",
    values: { never: "never", "one-year": "one year after its `issueDate`" }
  }),
  nameLength: quirk({
    question: "How long can the name of a group be?",
    evidence: "Not documented.",
    default: "any",
    values: { any: "as long as the body can be", "255": "400 `validation_error` for more than 255 characters" }
  }),
  repeatedNames: quirk({
    question: "Can two groups have the same name?",
    evidence: "Not documented.",
    default: "accept",
    values: { accept: "yes", conflict: "409 `conflict`" }
  }),
  newGroupDesigns: quirk({
    question: "Does a new group need designs?",
    evidence: "The vendor's OpenAPI document requires `designIds`, second hand.",
    default: "optional",
    values: { optional: "no", required: "400 `validation_error` without any" }
  }),
  emptyDesigns: quirk({
    question: "Can the list of a group's designs be empty?",
    evidence: "Inferred from `at least one` in the documentation.",
    default: "refuse",
    values: { refuse: "400 `validation_error`", accept: "yes" }
  }),
  repeatedDesigns: quirk({
    question: "Can a group have the same design twice?",
    evidence: "Not documented.",
    default: "accept",
    values: { accept: "yes", refuse: "400 `validation_error`", once: "it is stored once" }
  }),
  mixedDesigns: quirk({
    question: "What happens if `designIds` is sent together with `certificateDesignId` or `badgeDesignId`?",
    evidence: "Documented as not allowed; the response is not documented.",
    default: "refuse",
    values: { refuse: "400 `validation_error`", accept: "`designIds` is stored, the others are ignored" }
  }),
  unknownDesign: quirk({
    question: "What happens if a group is created or updated with a design that does not exist?",
    evidence: "404 or 400; not documented.",
    default: "not-found",
    values: { "not-found": "404 `not_found`", invalid: "400 `validation_error`", accept: "it is stored" }
  }),
  nullUrl: quirk({
    question: "Does `null` clear the `learningEventUrl` of a group?",
    evidence: "No way to clear it is documented.",
    default: "refuse",
    values: { refuse: "400 `validation_error`", clear: "yes" }
  }),
  groupShape: quirk({
    question: "Which fields of a group contain its designs?",
    evidence: "The documentation contradicts itself: as `designIds`, as the two older fields, or as both.",
    default: "as-given",
    values: {
      "as-given": "as in the request that set them",
      list: "`designIds`",
      legacy: "`certificateDesignId` and `badgeDesignId`",
      both: "all three"
    }
  }),
  deleteUsedGroup: quirk({
    question: "What happens if a group with issued credentials is deleted?",
    evidence: "The dashboard refuses it; the response of the API is not documented.",
    default: "conflict",
    values: {
      conflict: "409 `conflict`",
      invalid: "400 `validation_error`",
      forbidden: "403 `forbidden`",
      accept: "it is deleted"
    }
  }),
  designPreview: quirk({
    question: "Does each design have a preview?",
    evidence: "Public code treats `previewUrl` as nullable.",
    default: "present",
    values: { present: "yes", null: "`previewUrl` is `null`" }
  })
} as const
