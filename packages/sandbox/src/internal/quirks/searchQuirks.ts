import { quirk } from "./define.js"

/** Quirks of the search for credentials. */
export const quirks = {
  searchFilter: quirk({
    question: "Does a search need a `filter`?",
    evidence: "One public client sends `{}`, two others require it.",
    default: "optional",
    values: { optional: "no, without one it finds all", required: "400 `validation_error` without" }
  }),
  bareCondition: quirk({
    question: "Can a filter be a condition without `AND`, `OR` or `NOT` around it?",
    evidence: "Not documented.",
    default: "accept",
    values: { accept: "yes", refuse: "400 `validation_error`" }
  }),
  severalKeys: quirk({
    question: "What do several fields in one object of a filter mean?",
    evidence: "Not documented.",
    default: "all",
    values: { all: "all of them have to hold", any: "one of them has to hold", refuse: "400 `validation_error`" }
  }),
  notOfSeveral: quirk({
    question: "What do several filters in a `NOT` mean?",
    evidence: "Not documented.",
    default: "none",
    values: { none: "none of them may hold", "not-all": "not all of them may hold" }
  }),
  emptyCombinators: quirk({
    question: "What does an empty `AND`, `OR` or `NOT` mean?",
    evidence: "Not documented.",
    default: "neutral",
    values: { neutral: "all, none, all", refuse: "400 `validation_error`" }
  }),
  searchCase: quirk({
    question: "Does case count in a search for a text?",
    evidence: "Not documented.",
    default: "ignored",
    values: { ignored: "no", significant: "yes" }
  }),
  searchTimes: quirk({
    question: "Can `createdAt` and `updatedAt` be compared with a date and time?",
    evidence: "Dates are second hand, more is not documented.",
    default: "accept",
    values: { accept: "yes; a date means that day in UTC", refuse: "400 `validation_error`" }
  }),
  missingExpiry: quirk({
    question: "How is a missing `expiryDate` compared?",
    evidence: "Not documented.",
    default: "no-match",
    values: { "no-match": "it matches no comparison", latest: "as a date after all others" }
  }),
  idOperators: quirk({
    question: "Which operators does a search have for `id`, `publicId` and `groupId`?",
    evidence: "The fields are known at second hand, their operators are inferred.",
    default: "text",
    values: {
      text: "those of texts",
      equality: "`equals` and `in`; 400 `validation_error` for others"
    }
  }),
  unknownSearchField: quirk({
    question: "What happens to a field or operator of a filter that does not exist?",
    evidence: "Not documented. Custom attributes are among these fields: no search for them is known.",
    default: "refuse",
    values: { refuse: "400 `validation_error`", ignore: "it is ignored" }
  }),
  searchOrder: quirk({
    question: "In which order is what a search finds, without `sort`?",
    evidence: "Not documented.",
    default: "newest-first",
    values: { "newest-first": "newest first", "oldest-first": "oldest first" }
  }),
  searchLag: quirk({
    question: "When does a search find a new credential?",
    evidence: "That a search can lag is suspected.",
    default: "none",
    values: { none: "at once", "two-seconds": "after 2 seconds" }
  })
} as const
