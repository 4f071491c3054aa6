import { quirk } from "./define.js"

/** Quirks of credentials. */
export const quirks = {
  unknownGroup: quirk({
    question: "What happens if a credential is created in a group that does not exist?",
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
    evidence: "Yes on newer pages of the vendor, no on older ones.",
    default: "present",
    values: { present: "yes", absent: "no" }
  }),
  issueDateDefault: quirk({
    question: "In which time zone is today, which is the default `issueDate`?",
    evidence: "Not documented.",
    default: "utc",
    values: { utc: "UTC", ahead: "14 hours ahead of UTC", behind: "12 hours behind UTC" }
  }),
  issueDates: quirk({
    question: "Does a draft have an `issueDate`?",
    evidence: "Yes in the examples; public code decodes `null`.",
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
    evidence: "Plans include a number of credentials a year; 402 is documented for issuing.",
    default: "open",
    values: {
      open: "no",
      "used-up": "402 `payment_required` for issuing",
      "no-drafts": "402 `payment_required` for creating and issuing"
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
    values: { refuse: "no", "refuse-late": "the response is the same, but a draft is created" }
  }),
  credentialMaps: quirk({
    question: "Does a credential have the members `attributes` and `customAttributes`?",
    evidence: "Absent on older pages.",
    default: "present",
    values: { present: "yes", absent: "no" }
  }),
  unsetAttributes: quirk({
    question: "How does a response represent a custom attribute that has no value?",
    evidence: "Public code decodes `null` values.",
    default: "absent",
    values: { absent: "it is absent", null: "it is `null`" }
  }),
  issueResponse: quirk({
    question: "Which status does a credential have in the responses of issue, send and create-issue-send?",
    evidence: "The documented examples show `draft`, probably copied from another example.",
    default: "issued",
    values: { issued: "`issued`", draft: "`draft`, although it is issued" }
  }),
  issueTwice: quirk({
    question: "What happens if a credential that is not a draft is issued?",
    evidence: "An error is documented, its status is not.",
    default: "invalid",
    values: {
      invalid: "400 `validation_error`",
      conflict: "409 `conflict`",
      accept: "200 if it was issued before, without any change"
    }
  }),
  sendRefused: quirk({
    question: "What happens if a credential is sent that is not issued, or that has no email address?",
    evidence: "An error is documented, its status is not.",
    default: "invalid",
    values: { invalid: "400 `validation_error`", conflict: "409 `conflict`" }
  }),
  sendWithoutMethod: quirk({
    question: "Can `deliveryMethod` be missing, or have another value than `email`?",
    evidence: "Documented as required, with this one value; the response to anything else is inferred.",
    default: "refuse",
    values: {
      refuse: "no: 400 `validation_error`",
      email: "it can be missing, and defaults to `email`",
      any: "yes, any value means `email`"
    }
  }),
  createIssueSend: quirk({
    question: "What does create-issue-send leave behind when it fails?",
    evidence: "It is not documented whether it is atomic.",
    default: "atomic",
    values: { atomic: "nothing", steps: "the result of the steps that succeeded: a draft, or an issued credential" }
  }),
  createIssueSendWithoutEmail: quirk({
    question: "What happens if create-issue-send is called without an email address?",
    evidence: "400, or issued and not mailed; not documented.",
    default: "refuse",
    values: { refuse: "the same as for send", issue: "it is issued and not mailed" }
  }),
  updateIssued: quirk({
    question: "Can an issued credential be updated?",
    evidence: "The recipient was seen to be updated on the live service; the rest is inferred.",
    default: "accept",
    values: { accept: "yes", conflict: "409 `conflict`" }
  }),
  deleteIssued: quirk({
    question: "Can an issued credential be deleted?",
    evidence: "Deletion is documented as permanent; that it is possible in any status is inferred.",
    default: "accept",
    values: { accept: "yes", conflict: "409 `conflict`" }
  }),
  deletedPage: quirk({
    question: "Does the public page of a deleted credential still work?",
    evidence: "That it stops working is inferred.",
    default: "not-found",
    values: {
      "not-found": "no, it is not found",
      shown: "yes, without its images; the sandbox keeps the latest 100 in memory"
    }
  }),
  expiryInstant: quirk({
    question: "When does a credential expire?",
    evidence: "On its date, according to the vendor's help pages; the time is not documented.",
    default: "end-of-day",
    values: { "end-of-day": "when the date has passed in UTC", "start-of-day": "when the date begins in UTC" }
  }),
  renewal: quirk({
    question: "What happens if the `expiryDate` of an expired credential is moved to the future, or cleared?",
    evidence: "Inferred.",
    default: "issued",
    values: { issued: "it is issued again", expired: "it stays expired" }
  }),
  customAttributesUpdate: quirk({
    question: "Do the `customAttributes` of an update replace the existing ones?",
    evidence: "Not documented.",
    default: "merge",
    values: { merge: "no, they are merged by key", replace: "yes" }
  }),
  rename: quirk({
    question: "Where does the new name of a recipient appear?",
    evidence: "On the live service, in `attributes` only: `recipient.name` keeps the old one.",
    default: "attributes-only",
    values: { "attributes-only": "in `attributes`", everywhere: "in `recipient.name` too" }
  }),
  recipientIdOnUpdate: quirk({
    question: "Does the recipient in an update require its `id`?",
    evidence: "Required in the vendor's OpenAPI document; the live service accepts it without.",
    default: "optional",
    values: { optional: "no", required: "400 `validation_error` without" }
  }),
  previews: quirk({
    question: "Are the previews of a credential available at once?",
    evidence: "Public code polls for them.",
    default: "ready",
    values: {
      ready: "yes",
      pending: "for 2 seconds after a change, the designs have no previews",
      missing: "for 2 seconds after a change, there are no designs"
    }
  }),
  sendAtIssuance: quirk({
    question: "Can `sendAtIssuance` be missing when a credential is scheduled? (experimental)",
    evidence: "One public client found that the service requires it.",
    default: "required",
    values: { required: "400 `validation_error` without", optional: "yes, and defaults to `false`" }
  }),
  scheduleWithoutTime: quirk({
    question: "When is a credential that is scheduled without a time issued? (experimental)",
    evidence: "The time is optional in one public client.",
    default: "now",
    values: { now: "now", refuse: "400 `validation_error`" }
  })
} as const
