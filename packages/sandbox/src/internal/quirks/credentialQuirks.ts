import { quirk } from "./define.js"

/** Quirks of credentials. */
export const quirks = {
  unknownGroup: quirk({
    question: "What if a credential is created in a group that does not exist?",
    evidence: "Inferred.",
    default: "not-found",
    values: { "not-found": "404 `not_found`", invalid: "400 `validation_error`" }
  }),
  emptyName: quirk({
    question: "Can the name of a recipient be empty?",
    evidence: "Not documented; a public client has issued a credential to `undefined undefined`.",
    default: "refuse",
    values: { refuse: "400 `validation_error`", accept: "yes" }
  }),
  recipientIds: quirk({
    question: "Does the recipient of a credential have an id?",
    evidence: "On newer pages of the vendor, not on older ones.",
    default: "present",
    values: { present: "yes", absent: "no" }
  }),
  issueDateDefault: quirk({
    question: "In which time zone is the default `issueDate` today?",
    evidence: "Not documented.",
    default: "utc",
    values: { utc: "UTC", ahead: "14 hours ahead of UTC", behind: "12 hours behind UTC" }
  }),
  issueDates: quirk({
    question: "Does a draft have an `issueDate`?",
    evidence: "It is in the examples; public code decodes `null`.",
    default: "present",
    values: { present: "yes", "null-in-drafts": "it is `null` until the credential is issued" }
  }),
  nullExpiry: quirk({
    question: "Can a credential be created with `expiryDate: null`?",
    evidence: "`null` is documented for updates only.",
    default: "refuse",
    values: { refuse: "400 `validation_error`", accept: "yes, it does not expire" }
  }),
  expiryBeforeIssue: quirk({
    question: "Can `expiryDate` be before `issueDate`?",
    evidence: "Not documented.",
    default: "refuse",
    values: { refuse: "400 `validation_error`", accept: "yes" }
  }),
  expiryDatePlan: quirk({
    question: "Does the plan of the workspace include expiry dates?",
    evidence: "From the Professional plan on, in the dashboard; that the API returns 402 is inferred.",
    default: "included",
    values: { included: "yes", "payment-required": "402 `payment_required` for a request with one" }
  }),
  credentialQuota: quirk({
    question: "Has the workspace used up the credentials of its plan?",
    evidence: "Plans have a number a year; 402 is documented for issuing.",
    default: "open",
    values: {
      open: "no",
      "used-up": "402 `payment_required` for issuing",
      "no-drafts": "402 `payment_required` for creating, too"
    }
  }),
  mailPlan: quirk({
    question: "Does the plan of the workspace include mails?",
    evidence: "That sending can return 402 is inferred.",
    default: "included",
    values: { included: "yes", "payment-required": "402 `payment_required` for sending" }
  }),
  unknownAttribute: quirk({
    question: "Is a credential created if it has a custom attribute that does not exist?",
    evidence: "The live service returns 400 and names the attribute; that nothing is created is inferred.",
    default: "refuse",
    values: { refuse: "no", "refuse-late": "the response is the same, but there is a draft" }
  }),
  credentialMaps: quirk({
    question: "Does a credential have the members `attributes` and `customAttributes`?",
    evidence: "Absent on older pages.",
    default: "present",
    values: { present: "yes", absent: "no" }
  }),
  unsetAttributes: quirk({
    question: "How does a credential show a custom attribute that it has no value for?",
    evidence: "Public code decodes `null` values.",
    default: "absent",
    values: { absent: "not at all", null: "as `null`" }
  }),
  issueResponse: quirk({
    question: "Which status has the credential in the response of issue, send and create-issue-send?",
    evidence: "The documented examples show `draft`; probably a copied example.",
    default: "issued",
    values: { issued: "`issued`", draft: "`draft`, although it is issued" }
  }),
  issueTwice: quirk({
    question: "What if a credential is issued that is not a draft?",
    evidence: "An error is documented, its status is not.",
    default: "invalid",
    values: {
      invalid: "400 `validation_error`",
      conflict: "409 `conflict`",
      accept: "200 if it is issued, and nothing happens"
    }
  }),
  sendRefused: quirk({
    question: "What if a credential is sent that is not issued, or whose recipient has no email address?",
    evidence: "An error is documented, its status is not.",
    default: "invalid",
    values: { invalid: "400 `validation_error`", conflict: "409 `conflict`" }
  }),
  sendWithoutMethod: quirk({
    question: "Can `deliveryMethod` be missing, or be something else than `email`?",
    evidence: "Documented as required, with this one value; the response to anything else is inferred.",
    default: "refuse",
    values: {
      refuse: "no: 400 `validation_error`",
      email: "it can be missing, then it is `email`",
      any: "yes: whatever it is, it is taken for `email`"
    }
  }),
  createIssueSend: quirk({
    question: "What does create-issue-send leave behind when it fails?",
    evidence: "Not known to be atomic.",
    default: "atomic",
    values: { atomic: "nothing", steps: "the steps that worked: a draft, or an issued credential" }
  }),
  createIssueSendWithoutEmail: quirk({
    question: "What if create-issue-send has no email address?",
    evidence: "400, or issued and not mailed; not documented.",
    default: "refuse",
    values: { refuse: "as for send", issue: "it is issued and not mailed" }
  }),
  updateIssued: quirk({
    question: "Can an issued credential be updated?",
    evidence: "Seen live for the recipient; for everything else inferred.",
    default: "accept",
    values: { accept: "yes", conflict: "409 `conflict`" }
  }),
  deleteIssued: quirk({
    question: "Can an issued credential be deleted?",
    evidence: "Documented as permanent; in any status is inferred.",
    default: "accept",
    values: { accept: "yes", conflict: "409 `conflict`" }
  }),
  deletedPage: quirk({
    question: "Does the public page of a credential still work when it is deleted?",
    evidence: "Inferred: that it stops working.",
    default: "not-found",
    values: {
      "not-found": "no, it is not found",
      shown: "yes, without its images; the sandbox keeps the latest 100 until it ends"
    }
  }),
  expiryInstant: quirk({
    question: "When does a credential expire?",
    evidence: "On its date, says the vendor's help; at which instant is not documented.",
    default: "end-of-day",
    values: { "end-of-day": "when the date has passed in UTC", "start-of-day": "when the date begins in UTC" }
  }),
  renewal: quirk({
    question: "What if the `expiryDate` of an expired credential is moved to the future, or cleared?",
    evidence: "Inferred.",
    default: "issued",
    values: { issued: "it is issued again", expired: "it stays expired" }
  }),
  customAttributesUpdate: quirk({
    question: "Do the `customAttributes` of an update replace all?",
    evidence: "Not documented.",
    default: "merge",
    values: { merge: "no, they are set by key", replace: "yes" }
  }),
  rename: quirk({
    question: "Where does the new name of a recipient show?",
    evidence: "On the live service in `attributes` only, `recipient.name` stays.",
    default: "attributes-only",
    values: { "attributes-only": "in `attributes`", everywhere: "in `recipient.name` too" }
  }),
  recipientIdOnUpdate: quirk({
    question: "Does the recipient in an update need its id?",
    evidence: "Required in the vendor's OpenAPI document; the live service accepts it without.",
    default: "optional",
    values: { optional: "no", required: "400 `validation_error` without" }
  }),
  previews: quirk({
    question: "Are the previews of a credential there at once?",
    evidence: "Public code waits for them.",
    default: "ready",
    values: {
      ready: "yes",
      pending: "for 2 seconds after a change the designs have no previews",
      missing: "for 2 seconds after a change there are no designs"
    }
  }),
  sendAtIssuance: quirk({
    question: "Can `sendAtIssuance` be missing when a credential is scheduled? (experimental)",
    evidence: "One public client found that the service requires it.",
    default: "required",
    values: { required: "400 `validation_error` without", optional: "yes, it is not sent then" }
  }),
  scheduleWithoutTime: quirk({
    question: "When is a credential issued that is scheduled without a time? (experimental)",
    evidence: "One public client; the time is optional there.",
    default: "now",
    values: { now: "now", refuse: "400 `validation_error`" }
  })
} as const
