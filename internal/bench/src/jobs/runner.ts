/** Runs jobs, configured like a user's runner, until it is killed. Its argument is `RunnerSettings`. */
import { CertifierClient } from "@effect-certifier/core"
import { JobOperation, JobRunner, Jobs } from "@effect-certifier/jobs"
import { RateLimiter } from "@effect-certifier/retry"
import * as RedisRateLimiter from "@effect-certifier/retry/RedisRateLimiter"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Work from "../group.js"
import { engineOf } from "./engine.js"
import { runForever } from "./measured.js"
import { groupName, jobId, margin, type RunnerSettings, sender } from "./settings.js"

/** The search for an earlier call waits two seconds instead of two minutes, because no request is late on loopback. */
const createGroup = { ...JobOperation.createGroup, settle: Duration.seconds(2) }

const limiterOf = ({ limit, prefix }: RunnerSettings) =>
  prefix === undefined
    ? RateLimiter.layer({ limit, margin })
    : RedisRateLimiter.layer({ redis: { host: "127.0.0.1", port: 6379 }, prefix, limit, margin, onUnavailable: "fail" })

const clientOf = (settings: RunnerSettings) =>
  RateLimiter.clientLayer(CertifierClient.layer, {
    accessToken: Redacted.make(Work.token),
    baseUrl: settings.api,
    transformClient: HttpClient.mapRequest(HttpClientRequest.setHeader(sender, String(process.pid)))
  }).pipe(Layer.provide(limiterOf(settings)), Layer.provide(FetchHttpClient.layer))

runForever((settings: RunnerSettings) =>
  Jobs.submit(createGroup, {
    id: jobId,
    items: Stream.map(Stream.range(0, settings.items - 1), (n) => ({ name: groupName(n) }))
  }).pipe(
    Effect.zipRight(JobRunner.stalled),
    Effect.provide(
      Layer.provideMerge(
        Layer.provide(JobRunner.layer([createGroup]), clientOf(settings)),
        engineOf(settings, settings.prefix === undefined ? "single" : "shared")
      )
    )
  )
)
