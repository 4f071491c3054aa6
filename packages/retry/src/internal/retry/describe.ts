import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import type * as RetryBudget from "../../RetryBudget.js"
import type { RetryPolicy } from "../../RetryPolicy.js"
import { range } from "./decide.js"

/** See `RetryDecision.describe`. */
export const describe = ({ settings }: RetryPolicy): string => {
  if (settings.attempts === 1) return "Never retries."
  const cell = (kind: RetryBudget.Kind, attempts: number): string => {
    if (!settings.kinds.includes(kind)) return "not retried"
    const { least, spread } = range(settings, attempts, kind, Option.none())
    const ends = spread === 0 ? [least] : [least, least + spread]
    return ends.map((millis) => Duration.format(Duration.millis(Math.floor(millis)))).join(" to ")
  }
  const row = (attempt: number) =>
    [String(attempt), cell("RateLimited", attempt - 2), cell("Transient", attempt - 2)] as const
  const all = settings.attempts - 1
  const shown = all <= 12 ? all : 10
  const rows = [
    ["attempt", "after a rate limit", "after a transient failure"] as const,
    ...Array.from({ length: shown }, (_, index) => row(index + 2)),
    ...(shown < all ? [["…", "…", "…"] as const, row(settings.attempts)] : [])
  ]
  const width = (column: 0 | 1) => Math.max(...rows.map((cells) => cells[column].length))
  return [
    ...rows.map(
      ([attempt, limited, failed]) => `${attempt.padStart(width(0))}  ${limited.padEnd(width(1))}  ${failed}`
    ),
    `At most ${settings.attempts} attempts, none later than ${Duration.format(settings.deadline)} after the start of the call.`,
    `Never before Retry-After; a Retry-After of more than ${Duration.format(settings.maxRetryAfter)} ends the call.`
  ].join("\n")
}
