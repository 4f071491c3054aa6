/** Forty updates, five at a time, under one rate limit, with a progress bar, a report, and an exit code. */
import { CertifierClient, type CertifierError, Groups } from "@effect-certifier/core"
import { RateLimiter, RetryPolicy } from "@effect-certifier/retry"
import { Fault, Fixture } from "@effect-certifier/sandbox"
import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { Array, Console, Effect, Either, Exit, Layer, Option, Order, Stream } from "effect"
import * as Local from "./lib/local.js"

// The limiter is inside the retries, so that retries wait in the same queue. Certifier itself allows about 3 a second.
const CertifierLive = RateLimiter.clientLayer(CertifierClient.layerConfig, {
  transformClient: RetryPolicy.toClientTransform(RetryPolicy.transient())
}).pipe(Layer.provide(RateLimiter.layer({ limit: 20, window: "1 second" })))

/** Prints progress on stderr, so that stdout has only the report: a bar on a terminal, lines in a log. */
const show = ({ failed, last, succeeded }: Groups.UpdateProgress, total: number) =>
  Effect.sync(() => {
    const done = succeeded + failed
    if (process.stderr.isTTY) {
      const filled = Math.round((30 * done) / total)
      const bar = `${"█".repeat(filled)}${"░".repeat(30 - filled)} ${done}/${total}, ${failed} failed`
      process.stderr.write(`\r${bar}\u001b[K${done === total ? "\n" : ""}`)
    } else {
      process.stderr.write(`${done}/${total} ${last.id} ${Either.isRight(last.result) ? "updated" : "failed"}\n`)
    }
  })

const failure = ({ id, index, result }: Groups.UpdateResult) =>
  Option.map(Either.getLeft(result), (error) => ({ id, index, error }))

const report = (total: number, failures: ReadonlyArray<{ id: string; error: CertifierError.CertifierError }>) =>
  Console.log(
    [
      `${total - failures.length} of ${total} groups updated`,
      ...failures.map(({ error, id }) => `${id} ${error._tag}\n  ${error.message}`)
    ].join("\n")
  )

const program = Effect.gen(function* () {
  // A group that already has the year is skipped, so after a failure or Ctrl+C run the program again.
  const updates = yield* Groups.list().pipe(
    Stream.filter(({ name }) => !name.endsWith(" 2026")),
    Stream.map(({ id, name }) => ({ id, patch: { name: `${name.replace(/ \d{4}$/, "")} 2026` } })),
    Stream.runCollect
  )
  const failures = yield* Stream.fromChunk(updates).pipe(
    Groups.updateMany({ concurrency: 5 }),
    Groups.progress,
    Stream.tap((progress) => show(progress, updates.length)),
    Stream.filterMap(({ last }) => failure(last)),
    Stream.runCollect,
    Effect.map(Array.sortWith(({ index }) => index, Order.number))
  )
  yield* report(updates.length, failures)
  return failures.length === 0
}).pipe(Effect.onInterrupt(() => Console.error("\nStopped: run it again for the remaining groups")))

const exitCode = (exit: Exit.Exit<unknown, unknown>) => {
  if (Exit.isInterrupted(exit)) return 130
  return Exit.isSuccess(exit) && exit.value === true ? 0 : 1
}

// The rest is for the sandbox: its groups, and its faults.
const groups = Array.makeBy(40, (n) => {
  const number = String(n + 1).padStart(2, "0")
  return Fixture.group({ id: `course-${number}`, name: `Course ${number}, 2025` })
})

const faults = [
  { id: "course-02", fault: Fault.error("rate_limited", { retryAfter: "1" }) },
  { id: "course-03", fault: Fault.reset() },
  { id: "course-07", fault: Fault.error("forbidden") },
  { id: "course-12", fault: Fault.htmlBadGateway },
  { id: "course-23", fault: Fault.make({ status: 503 }), times: 100 },
  { id: "course-31", fault: Fault.error("not_found") }
].map(({ id, ...rule }) => ({ ...rule, method: "PATCH", path: `/v1/groups/${id}` }))

program.pipe(
  Effect.provide(CertifierLive),
  Effect.provide(NodeHttpClient.layerUndici),
  Effect.provide(Local.layer({ groups, faults, rateLimit: { limit: 20 } })),
  NodeRuntime.runMain({ teardown: (exit, onExit) => onExit(exitCode(exit)) })
)
