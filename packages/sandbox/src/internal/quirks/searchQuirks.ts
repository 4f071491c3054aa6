import { quirk } from "./define.js"

/** Quirks of the search for credentials. */
export const quirks = {
  searchFilter: quirk({
    question: "Does a search require a `filter`?",
    evidence: "One public client sends `{}`, two others require it.",
    default: "optional",
    values: { optional: "no, without one it returns all", required: "400 `validation_error` without" }
  }),
  bareCondition: quirk({
    question: "Can a filter be a condition without `AND`, `OR` or `NOT` around it?",
    evidence: "Not documented.",
    default: "accept",
    values: { accept: "yes", refuse: "400 `validation_error`" }
  }),
  severalKeys: quirk({
    question: "How are several fields in one object of a filter combined?",
    evidence: "Not documented.",
    default: "all",
    values: { all: "all conditions must hold", any: "one condition must hold", refuse: "400 `validation_error`" }
  }),
  notOfSeveral: quirk({
    question: "How are several filters in a `NOT` combined?",
    evidence: "Not documented.",
    default: "none",
    values: { none: "none of them may match", "not-all": "at least one of them must not match" }
  }),
  emptyCombinators: quirk({
    question: "What does an empty `AND`, `OR` or `NOT` match?",
    evidence: "Not documented.",
    default: "neutral",
    values: { neutral: "all, none and all credentials", refuse: "400 `validation_error`" }
  }),
  searchCase: quirk({
    question: "Is a search for text case-sensitive?",
    evidence: "Not documented.",
    default: "ignored",
    values: { ignored: "no", significant: "yes" }
  }),
  searchTimes: quirk({
    question: "Can `createdAt` and `updatedAt` be compared with a date and time?",
    evidence: "Dates are known second hand; date-times are not documented.",
    default: "accept",
    values: { accept: "yes; a date means that day in UTC", refuse: "400 `validation_error`" }
  }),
  missingExpiry: quirk({
    question: "How is a missing `expiryDate` compared?",
    evidence: "Not documented.",
    default: "no-match",
    values: { "no-match": "it matches no comparison", latest: "as later than all dates" }
  }),
  idOperators: quirk({
    question: "Which operators does a search have for `id`, `publicId` and `groupId`?",
    evidence: "The fields are known second hand; their operators are inferred.",
    default: "text",
    values: {
      text: "the operators of text fields",
      equality: "`equals` and `in`; 400 `validation_error` for others"
    }
  }),
  unknownSearchField: quirk({
    question: "What happens to a field or operator of a filter that does not exist?",
    evidence: "Not documented. This includes custom attributes, for which no search is known.",
    default: "refuse",
    values: { refuse: "400 `validation_error`", ignore: "it is ignored" }
  }),
  searchOrder: quirk({
    question: "In which order does a search without `sort` return credentials?",
    evidence: "Not documented.",
    default: "newest-first",
    values: { "newest-first": "newest first", "oldest-first": "oldest first" }
  }),
  searchLag: quirk({
    question: "When does a search return a new credential?",
    evidence: "Whether search lags behind writes is not documented.",
    default: "none",
    values: { none: "at once", "two-seconds": "after 2 seconds" }
  })
} as const
