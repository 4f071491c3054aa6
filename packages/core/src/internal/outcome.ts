/** What an answer's status says about the change: 3xx and 4xx refuse it, anything else leaves it open. */
export const outcomeOf = (status: number): "NotApplied" | "MaybeApplied" =>
  status >= 300 && status < 500 ? "NotApplied" : "MaybeApplied"
