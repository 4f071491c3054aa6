import * as CertifierError from "@effect-certifier/core/CertifierError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { spanEvent } from "../spanEvent.js"
import type { Decision, Failure } from "../../RetryDecision.js"
import * as Metrics from "./metrics.js"

/** Reports a decision to the current span, the log and the metrics. */
export const observe = (decision: Decision, error: unknown, failure: Failure): Effect.Effect<void> => {
  // A permanent failure does not count as giving up.
  if (decision.reason === "NotRetryable") return Effect.void
  const operation = (CertifierError.isCertifierError(error) && error.operation) || "call"
  const report = (
    event: string,
    attributes: Record<string, unknown>,
    message: string,
    metric: Metric.Metric.Counter<number>
  ) =>
    Effect.zipRight(
      spanEvent(event, {
        "certifier.retry.attempt": decision.attempt,
        "certifier.retry.reason": decision.reason,
        "error.type": failure.error,
        ...attributes
      }),
      Effect.zipRight(
        Effect.logDebug(`${operation}: ${message}`),
        Metric.increment(Metric.tagged(Metric.tagged(metric, "operation", operation), "reason", decision.reason))
      )
    )
  if (decision._tag === "Stop") {
    return report(
      "retry.give_up",
      {},
      `no retry after attempt ${decision.attempt} (${failure.error}): ${decision.reason}`,
      Metrics.giveUps
    )
  }
  const { attempt, delay, source } = decision
  const seconds = Duration.toSeconds(delay)
  return Effect.zipRight(
    report(
      "retry",
      { "certifier.retry.delay": seconds, "certifier.retry.delay.source": source },
      `attempt ${attempt} in ${Duration.format(delay)} (${failure.error}, ${source})`,
      Metrics.retries
    ),
    Metric.update(Metric.tagged(Metrics.waits, "operation", operation), seconds)
  )
}
