import { CertifierClient, CertifierError, type Credential, type Group, Groups } from "@effect-certifier/core"
import { RateLimiter, RetryBudget, RetryPolicy } from "@effect-certifier/retry"
import type * as RedisRateLimiter from "@effect-certifier/retry/RedisRateLimiter"
import { FetchHttpClient, type HttpClient } from "@effect/platform"
import { type ConfigError, Context, Effect, type Layer, Redacted, Schedule, type Scope, Stream } from "effect"
import { describe, expectTypeOf, it } from "vitest"

class Clock extends Context.Tag("Clock")<Clock, { readonly year: number }>() {}

class Refused extends Error {
  readonly _tag = "Refused"
}

type All = CertifierError.CertifierError

const call = CertifierClient.updateGroup("id", { name: "Financial Markets" })
type Call = typeof call

/** These tests fail when they are compiled, not when they are run. The types of core are tested in core. */
describe("a call site", () => {
  it("has the same types with a policy around it", () => {
    expectTypeOf(call.pipe(Effect.retry(RetryPolicy.rateLimited()))).toEqualTypeOf<Call>()
    expectTypeOf(
      call.pipe(RetryPolicy.retry(RetryPolicy.transient(), { budget: RetryBudget.unlimited }))
    ).toEqualTypeOf<Call>()
    expectTypeOf(RetryPolicy.withPolicy(call, RetryPolicy.never)).toEqualTypeOf<Call>()
    expectTypeOf(call.pipe(Groups.withConcurrencyCheck())).toEqualTypeOf<Call>()
    expectTypeOf(call.pipe(CertifierClient.withClientTransform((client) => client))).toEqualTypeOf<Call>()
  })

  it("keeps the errors that are not handled", () => {
    const handled = call.pipe(
      Effect.retry(RetryPolicy.rateLimited()),
      Effect.catchTag("CertifierNotFound", () => Effect.succeed("none")),
      Effect.catchTags({
        CertifierTimeout: (error) => Effect.succeed(error.limit),
        CertifierRateLimiterRejected: () => Effect.fail(new Refused())
      })
    )
    type Left = Exclude<All, CertifierError.NotFound | CertifierError.Timeout | CertifierError.RateLimiterRejected>
    expectTypeOf<Effect.Effect.Error<typeof handled>>().toEqualTypeOf<Left | Refused>()
    const limited = Effect.catchIf(call, CertifierError.isRateLimited, () => Effect.void)
    expectTypeOf<Effect.Effect.Error<typeof limited>>().toEqualTypeOf<Exclude<All, CertifierError.RateLimited>>()
    const none = Effect.catchIf(call, CertifierError.isCertifierError, () => Effect.void)
    expectTypeOf(none).toEqualTypeOf<Effect.Effect<Group.Group | void, never, CertifierClient.CertifierClient>>()
  })

  it("has its requirements until they are provided", () => {
    const live = CertifierClient.layerConfig({
      transformClient: RetryPolicy.toClientTransform(RetryPolicy.transient())
    })
    const withClient = Effect.provide(call, live)
    expectTypeOf(withClient).toEqualTypeOf<
      Effect.Effect<Group.Group, All | ConfigError.ConfigError, HttpClient.HttpClient>
    >()
    expectTypeOf(Effect.provide(withClient, FetchHttpClient.layer)).toEqualTypeOf<
      Effect.Effect<Group.Group, All | ConfigError.ConfigError>
    >()
  })

  it("is narrowed by the guards, together with errors of other libraries", () => {
    const provided = Effect.provide(call, CertifierClient.layerConfig())
    const limited = Effect.catchIf(provided, CertifierError.isRateLimited, () => Effect.void)
    expectTypeOf<Effect.Effect.Error<typeof limited>>().toEqualTypeOf<
      Exclude<All, CertifierError.RateLimited> | ConfigError.ConfigError
    >()
    const retryable = Effect.catchIf(provided, CertifierError.isRetryable, () => Effect.void)
    expectTypeOf<Effect.Effect.Error<typeof retryable>>().toEqualTypeOf<All | ConfigError.ConfigError>()
  })

  it("adds the errors and the requirements of the function and the schedule of modifyGroup", () => {
    const modified = Groups.modify(
      "id",
      (group) =>
        Effect.flatMap(Clock, ({ year }) =>
          group.name === "" ? Effect.fail(new Refused()) : Effect.succeed({ name: `${group.name} ${year}` })
        ),
      { retry: Schedule.recurs(1) }
    )
    expectTypeOf(modified).toEqualTypeOf<
      Effect.Effect<Group.Group, All | Refused, CertifierClient.CertifierClient | Clock>
    >()
    expectTypeOf(Groups.modify("id", () => ({}))).toEqualTypeOf<Call>()
  })

  it("streams groups and updates with the errors of their source", () => {
    expectTypeOf(Groups.list()).toEqualTypeOf<Stream.Stream<Group.Group, All, CertifierClient.CertifierClient>>()
    const updates = Stream.fromEffect(Effect.zipRight(Clock, Effect.fail(new Refused())))
    const results = Groups.updateMany(updates, { concurrency: 3 })
    expectTypeOf<Stream.Stream.Error<typeof results>>().toEqualTypeOf<Refused | CertifierError.InvalidRequest>()
    expectTypeOf<Stream.Stream.Context<typeof results>>().toEqualTypeOf<CertifierClient.CertifierClient | Clock>()
  })

  it("requires a rate limiter for a layer of a rate-limited client", () => {
    const limited = RateLimiter.clientLayer(CertifierClient.layer, { accessToken: Redacted.make("token") })
    expectTypeOf(limited).toEqualTypeOf<
      Layer.Layer<
        CertifierClient.CertifierClient,
        ConfigError.ConfigError,
        HttpClient.HttpClient | RateLimiter.RateLimiter
      >
    >()
    type Shared = ReturnType<typeof RedisRateLimiter.make>
    expectTypeOf<Shared>().toEqualTypeOf<Effect.Effect<RateLimiter.Service, ConfigError.ConfigError, Scope.Scope>>()
  })
})

describe("an explicit type", () => {
  it("matches its schema", () => {
    // The types have brands that the schemas do not have, so that ids of other objects are rejected.
    expectTypeOf<Group.PatchInput>().toExtend<typeof Group.Patch.Encoded>()
    expectTypeOf<typeof Group.Patch.Encoded>().toExtend<Group.PatchInput>()
    expectTypeOf<Group.CreateInput>().toExtend<typeof Group.Create.Encoded>()
    expectTypeOf<typeof Group.Create.Encoded>().toExtend<Group.CreateInput>()
    expectTypeOf<Credential.CreateInput>().toExtend<typeof Credential.Create.Encoded>()
    expectTypeOf<typeof Credential.Create.Encoded>().toExtend<Credential.CreateInput>()
    expectTypeOf<Credential.UpdateInput>().toExtend<typeof Credential.Update.Encoded>()
    expectTypeOf<typeof Credential.Update.Encoded>().toExtend<Credential.UpdateInput>()
    expectTypeOf<All>().toEqualTypeOf<typeof CertifierError.CertifierError.Type>()
  })
})
