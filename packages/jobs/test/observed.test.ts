import * as CertifierError from "@effect-certifier/core/CertifierError"
import { WorkflowEngine } from "@effect/workflow/WorkflowEngine"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Array as Arr, Cause, Effect, Layer, Logger, Metric, MetricState, Option, Schema, Stream, Tracer } from "effect"
import * as JobEngine from "../src/JobEngine.js"
import { JobOperation, JobRunner, Jobs } from "../src/index.js"

const every = "20 millis"

const secret = "ada@example.com"

/** Four items that end in different ways. */
const operation = JobOperation.make({
  name: "observe",
  item: Schema.Struct({ id: Schema.Int, email: Schema.String }),
  success: Schema.Void,
  key: ({ id }) => String(id),
  settle: "1 millis",
  send: ({ email, id }) =>
    id === 1
      ? Effect.fail(
          new CertifierError.ValidationError({ operation: "observe", apiMessage: Option.some(`${email} is invalid`) })
        )
      : id === 2
        ? Effect.die(new Error(`${email} is a bug`))
        : id === 3
          ? Effect.fail(new CertifierError.InternalServerError({ operation: "observe" }))
          : Effect.void,
  find: ({ email, id }) =>
    id === 3 ? Effect.die(new Error(`${email} is a bug of find`)) : Effect.succeed(JobOperation.Finding.Ambiguous())
})

const items = Stream.map(Stream.range(0, 3), (id) => ({ id, email: secret }))

/** The values of a metric by its tags, without those of other tests. */
const valuesOf = (name: string) =>
  Effect.map(Metric.snapshot, (pairs) =>
    pairs
      .filter(({ metricKey: { name: other, tags } }) => other === name && tags.some(({ value }) => value === "observe"))
      .map(({ metricKey: { tags }, metricState }) => [
        tags.find(({ key }) => key === "state")?.value,
        MetricState.isCounterState(metricState) ? metricState.count : undefined,
        MetricState.isGaugeState(metricState) ? metricState.value : undefined
      ])
  )

const recording = () => {
  const spans: Array<Tracer.Span> = []
  const lines: Array<string> = []
  const tracer = Effect.map(Effect.tracer, (inner) =>
    Tracer.make({
      context: (run, fiber) => inner.context(run, fiber),
      span: (...options) => {
        const span = inner.span(...options)
        spans.push(span)
        return span
      }
    })
  )
  const logger = Logger.make(({ annotations, cause, message }) => {
    lines.push([...Arr.ensure(message).map(String), Cause.pretty(cause), ...annotations].join(" "))
  })
  const layer = Layer.merge(
    Layer.unwrapEffect(Effect.map(tracer, Layer.setTracer)),
    Logger.replace(Logger.defaultLogger, logger)
  )
  return { spans, lines, layer }
}

describe("the observability of a job", () => {
  it.live("has a span for each run and chunk, outcomes by state, and log lines without the data of items", () => {
    const { layer, lines, spans } = recording()
    return Effect.gen(function* () {
      yield* Jobs.submit(operation, { id: "observed", items })
      yield* Jobs.await("observed", { every })
      const [submitted] = yield* Jobs.list
      deepStrictEqual(
        ["CertifierJobs.run", "CertifierJobs.chunk"].map((name) => {
          const span = spans.find((span) => span.name === name)
          return [span?.attributes.get("certifier.job"), span?.attributes.get("certifier.job.run")]
        }),
        [
          ["observed", submitted?.createdAt.epochMillis],
          ["observed", submitted?.createdAt.epochMillis]
        ]
      )
      deepStrictEqual((yield* valuesOf("certifier.jobs.outcomes")).toSorted(), [
        ["done", 1, undefined],
        ["failed", 1, undefined],
        ["unknown", 2, undefined]
      ])
      const log = lines.join("\n")
      strictEqual(log.split("The operation observe died Error\n    at ").length - 1, 2)
      assert.notInclude(log, secret)
      assert.notInclude(log, "example.com")
    }).pipe(
      Effect.provide(
        JobRunner.layer([operation], { every }).pipe(
          Layer.provideMerge(JobEngine.layerMemory),
          Layer.provideMerge(layer)
        )
      )
    )
  })

  it.live("reports a stalled engine, with the number of items", () => {
    const still = Layer.effect(
      WorkflowEngine,
      Effect.map(WorkflowEngine, (engine) => ({ ...engine, execute: () => Effect.never }))
    )
    const engine = Layer.provideMerge(still, JobEngine.layerMemory)
    return Effect.gen(function* () {
      yield* Jobs.submit(operation, { id: "still", items })
      const error = yield* Effect.flip(JobRunner.stalled)
      strictEqual(error._tag, "JobStalled")
      strictEqual(/^The job "still" has made no progress for \d+ s. Restart this process.$/.test(error.message), true)
      deepStrictEqual(yield* valuesOf("certifier.jobs.items"), [["pending", undefined, 4]])
    }).pipe(
      Effect.provide(
        JobRunner.layer([operation], { every, stalledAfter: "200 millis" }).pipe(Layer.provideMerge(engine))
      ),
      Effect.timeout("20 seconds")
    )
  })
})
