import { quirk } from "./define.js"

/** Quirks of webhooks. Some are defaults of `Delivery.Behavior`, which a sandbox can change while it runs. */
export const quirks = {
  interactionEvents: quirk({
    question: "Which interactions fire an event?",
    evidence:
      "`credential.viewed` was seen on the live service; those of shares and downloads are inferred, others are unknown.",
    default: "some",
    values: {
      some: "views, shares and downloads",
      viewed: "views only",
      all: "all, such as `credential.link_copied`"
    }
  }),
  createIssueSendEvents: quirk({
    question: "Which events does create-issue-send fire?",
    evidence: "Inferred.",
    default: "both",
    values: { both: "`credential.created` and `credential.issued`", issued: "`credential.issued` only" }
  }),
  unchangedUpdate: quirk({
    question: "Does an update that changes nothing fire an event?",
    evidence: "Inferred; `updatedAt` was seen to change.",
    default: "event",
    values: { event: "yes, `credential.updated`", "no-event": "no" }
  }),
  expiryEvent: quirk({
    question: "Does a credential that expires fire an event?",
    evidence: "Not documented.",
    default: "none",
    values: { none: "no", updated: "yes, `credential.updated`", expired: "yes, `credential.expired`" }
  }),
  webhookObjects: quirk({
    question: "Which events contain whole objects besides the ids?",
    evidence: "Seen on the live service for an interaction; the documented example has none.",
    default: "all",
    values: { all: "all", interactions: "those of interactions", none: "none" }
  }),
  webhookMembers: quirk({
    question: "In which order does the JSON of an event have its members?",
    evidence:
      "The order differs between the documentation and the live service. `reordered` of `webhookBehavior` sets it, too.",
    default: "documented",
    values: { documented: "as documented", reversed: "in reverse order" }
  }),
  webhookOrder: quirk({
    question: "Do events arrive in order?",
    evidence: "Not documented. `outOfOrder` of `webhookBehavior` sets it, too.",
    default: "in-order",
    values: { "in-order": "yes", swapped: "two events within a second are swapped" }
  }),
  webhookCopies: quirk({
    question: "Is each event delivered once?",
    evidence: "Not documented. `doubled` of `webhookBehavior` sets it, too.",
    default: "once",
    values: { once: "yes", twice: "no, twice" }
  }),
  webhookTimeLimit: quirk({
    question: "What is the time limit for the response to an event?",
    evidence: "Not documented.",
    default: "ten-seconds",
    values: { "ten-seconds": "10 seconds", "three-seconds": "3 seconds" }
  }),
  webhookBackOff: quirk({
    question: "What are the intervals between the attempts to deliver an event?",
    evidence: "Up to seven attempts in about 3.5 days with exponential back-off, second hand; the steps are unknown.",
    default: "doubled",
    values: {
      doubled: "80 minutes, then twice as long each time",
      tripled: "14 minutes, then three times as long each time"
    }
  }),
  webhookSignature: quirk({
    question: "Which digits does the signature of an event have?",
    evidence: "Lower-case hexadecimal digits are documented; whether upper-case ones are valid is not.",
    default: "lower-case",
    values: { "lower-case": "`0` to `9` and `a` to `f`", "upper-case": "`0` to `9` and `A` to `F`" }
  }),
  webhookHeaders: quirk({
    question: "Which headers does an event have?",
    evidence: "Only that of the signature is documented.",
    default: "few",
    values: {
      few: "the signature, the content type and the user agent",
      more: "also `x-webhook-id` and `x-webhook-timestamp`"
    }
  })
} as const
