import { CertifierClient, Groups } from "@effect-certifier/core"
import { JobError, JobOperation, JobRunner, Jobs } from "@effect-certifier/jobs"
import * as JobEngine from "@effect-certifier/jobs/JobEngine"
import { Fault, Fixture, Sandbox } from "@effect-certifier/sandbox"
import { it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Chunk, Duration, Effect, Layer, Option, Redacted, Stream } from "effect"

const every = "20 millis"

const fields = { name: "Financial Markets", designIds: [Fixture.designJson.id] }

const createGroup = { ...JobOperation.createGroup, settle: Duration.millis(50) }

const client = CertifierClient.layer({ accessToken: Redacted.make("any") }).pipe(
  Layer.provideMerge(Sandbox.layerInProcess({ rateLimit: "Unlimited", groups: [] }))
)

/** Runs a job that creates a group, whose response is lost. Returns its item and the groups of the service. */
const lost = (before: Effect.Effect<unknown, never, CertifierClient.CertifierClient>) =>
  Effect.gen(function* () {
    const sandbox = yield* Sandbox.Sandbox
    yield* before
    yield* sandbox.clearRequests
    yield* sandbox.inject(Fault.applied(Fault.error("internal_server_error")), { method: "POST" })
    yield* Jobs.submit(createGroup, { id: "a", items: Stream.make(fields) })
    yield* Jobs.await("a", { every })
    const [result] = Chunk.toReadonlyArray(yield* Stream.runCollect(Jobs.results(createGroup, "a")))
    const requests = (yield* sandbox.requests).map(({ method }) => method)
    return {
      state: result?.state,
      error: Option.getOrUndefined(result?.error ?? Option.none()),
      requests,
      groups: (yield* sandbox.groups).length
    }
  }).pipe(
    Effect.provide(
      JobRunner.layer([createGroup], { every }).pipe(
        Layer.provideMerge(JobEngine.layerMemory),
        Layer.provideMerge(client)
      )
    )
  )

const create = (more: Partial<typeof fields>) => Effect.orDie(Groups.create({ ...fields, ...more }))

const other = Fixture.designs.map(({ id }) => String(id)).filter((id) => id !== Fixture.designJson.id)

it.live("a group that was created, although its response is lost, is found by name and designs", () =>
  Effect.gen(function* () {
    const found = yield* lost(
      Effect.all([
        create({ name: "Other" }),
        create({ designIds: other }),
        create({ designIds: [...fields.designIds, ...other] })
      ])
    )
    deepStrictEqual(found, { state: "done", error: undefined, requests: ["POST", "GET"], groups: 4 })
  })
)

it.live("a group that another writer creates with the same name and designs makes it unknown which one is ours", () =>
  Effect.gen(function* () {
    const error = new JobError.ItemProblem({ operation: "createGroup", reason: "Ambiguous", outcome: "MaybeApplied" })
    deepStrictEqual(yield* lost(create({})), { state: "unknown", error, requests: ["POST", "GET"], groups: 2 })
  })
)
