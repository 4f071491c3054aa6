import { assert, describe, it } from "@effect/vitest"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import { inspect } from "node:util"
import * as CertifierClient from "../src/CertifierClient.js"
import * as CertifierError from "../src/CertifierError.js"
import * as Fake from "./support/fake.js"
import { groupId, groupJson } from "./support/page.js"
import * as RecordingTracer from "./support/tracer.js"

/** A marker in the body of the request, which no error may contain. */
const bodyMarker = "Name-In-The-Request-Body"

const update = CertifierClient.updateGroup(groupId, { name: bodyMarker })

const stringify = (value: unknown): string => {
  const above: Array<unknown> = []
  return (
    JSON.stringify(value, function (this: unknown, _key, member: unknown) {
      while (above.length > 0 && above.at(-1) !== this) above.pop()
      if (typeof member === "bigint") return `${member}`
      if (above.includes(member)) return "circular"
      if (typeof member === "object" && member !== null) above.push(member)
      return member
    }) ?? ""
  )
}

const renderings = (value: unknown): ReadonlyArray<string> => [
  String(value),
  // Spans have times of type bigint, and an Exit in a log line can contain itself.
  stringify(value),
  inspect(value, { depth: Infinity, showHidden: true, getters: true, maxArrayLength: null, maxStringLength: null }),
  inspect(value),
  ...(value instanceof Error ? [value.message, value.stack ?? ""] : [])
]

/** The secret and its escaped forms. */
const disguises = (secret: string) => [
  secret,
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  secret.replaceAll("/", "\\/")
]

const assertAbsent = (texts: ReadonlyArray<string>, where: string) => {
  for (const text of texts) {
    for (const secret of disguises(Fake.token)) assert.notInclude(text, secret, `${where} shows the token`)
    assert.notInclude(text, bodyMarker, `${where} shows the request's body`)
  }
}

const echo = `You sent Authorization: Bearer ${Fake.token}, which is wrong`

/** Each kind of failure, with a service or a transport that echoes all data that it receives. */
const failures: Readonly<Record<string, Fake.Respond>> = {
  "a message that echoes": () =>
    Fake.json(401, JSON.stringify({ error: { code: "unauthorized", message: echo } }), { "x-request-id": Fake.token }),
  "a code that echoes": () => Fake.json(400, JSON.stringify({ error: { code: Fake.token, message: echo } })),
  "details that echo": () =>
    Fake.json(
      400,
      JSON.stringify({ error: { code: "validation_error", message: "x", [Fake.token]: { deep: [{ header: echo }] } } })
    ),
  "escapes of JSON": () =>
    Fake.json(
      400,
      `{"error":{"code":"bad","message":"${echo.replaceAll("/", "\\/")}"},"x":"${Fake.token.replaceAll("/", "\\/")}"}`
    ),
  "a page of HTML that echoes": () => Fake.json(502, `<html>${echo} ${encodeURIComponent(Fake.token)}</html>`),
  "a token across the excerpt's end": () => Fake.json(502, `${"x".repeat(500)}${Fake.token}`),
  "a redirect that echoes": () =>
    new Response(null, { status: 302, headers: { location: `https://x/${Fake.token}?${Fake.token}` } }),
  "limit headers that echo": () =>
    Fake.json(429, "", { "x-ratelimit-policy": Fake.token, "retry-after": Fake.token, ratelimit: echo }),
  "a success that is not a group": () =>
    Fake.json(200, JSON.stringify({ [Fake.token]: echo }), { "x-request-id": Fake.token }),
  "a success that is not JSON": () => Fake.json(200, `${Fake.token} ${echo}`),
  "a transport's error": (request) =>
    Effect.fail(
      new HttpClientError.RequestError({
        request,
        reason: "Transport",
        description: `${echo} ${bodyMarker}`,
        cause: Object.assign(new Error(`${echo} ${bodyMarker}`, { cause: request }), {
          code: "ECONNRESET",
          headers: request.headers,
          request
        })
      })
    ),
  "a transport's code that echoes": (request) =>
    Effect.fail(new HttpClientError.RequestError({ request, reason: "Transport", cause: { code: Fake.token } })),
  "a broken body": () =>
    new Response(new ReadableStream({ pull: (controller) => controller.error(new Error(`${echo} ${bodyMarker}`)) }))
}

const loggers: ReadonlyArray<Logger.Logger<unknown, unknown>> = [
  Logger.stringLogger,
  Logger.logfmtLogger,
  Logger.jsonLogger,
  Logger.structuredLogger
]

describe("the token is nowhere", () => {
  it("the test detects a leaked token", () => {
    assert.throws(() => assertAbsent(renderings({ deep: [{ cause: new Error(echo) }] }), "this"), /shows the token/)
    assert.throws(() => assertAbsent([bodyMarker], "this"), /request's body/)
    assert.throws(() => assertAbsent([encodeURIComponent(Fake.token)], "this"), /shows the token/)
  })

  it.effect.each(Object.entries(failures))("in %s", ([, respond]) =>
    Effect.gen(function* () {
      const { spans, tracer } = RecordingTracer.recording()
      const fake = Fake.make(respond)
      const exit = yield* Effect.exit(update).pipe(
        Effect.provide(fake.layer({ tracerPropagation: true })),
        Effect.withTracer(tracer)
      )
      assert.isTrue(Exit.isFailure(exit))
      if (Exit.isSuccess(exit)) return
      const error = Option.getOrThrow(Cause.failureOption(exit.cause))
      assertAbsent(renderings(error), "the error")
      assertAbsent(renderings({ ...error }), "the error's own members")
      assertAbsent([JSON.stringify(Schema.encodeSync(CertifierError.CertifierError)(error))], "the encoded error")
      assertAbsent(renderings(exit.cause), "the Cause")
      assertAbsent([Cause.pretty(exit.cause), Cause.pretty(exit.cause, { renderErrorCause: true })], "Cause.pretty")
      assertAbsent(renderings(exit), "the Exit")
      assert.strictEqual(spans.length, 1)
      for (const span of spans) {
        assertAbsent(renderings([...span.attributes]), "the span's attributes")
        assertAbsent(renderings(span), "the span")
      }
      assertAbsent(renderings(yield* Metric.snapshot), "the metrics")
      // The request contained both; otherwise the test would prove nothing.
      const request = Fake.at(fake.requests)
      assert.include(request.headers["authorization"], Fake.token)
      assert.include(inspect(request, { depth: 9 }), groupId)

      const lines: Array<unknown> = []
      for (const logger of loggers) {
        yield* Effect.logError("failed", exit.cause, error).pipe(
          Effect.annotateLogs("error", error),
          Effect.provide(
            Logger.replace(
              Logger.defaultLogger,
              Logger.map(logger, (line) => lines.push(line))
            )
          )
        )
      }
      const unsafe = { ...globalThis.console }
      for (const method of ["log", "error", "info", "warn", "debug", "group", "groupCollapsed"] as const) {
        unsafe[method] = (...args: ReadonlyArray<unknown>) => void lines.push(...args)
      }
      const written = yield* Console.consoleWith((current) => Effect.succeed({ ...current, unsafe }))
      yield* Effect.logError("failed", exit.cause, error).pipe(
        Effect.annotateLogs("error", error),
        Effect.provide(Logger.pretty),
        Effect.withConsole(written)
      )
      assert.isAbove(lines.length, loggers.length)
      for (const line of lines) assertAbsent(renderings(line), "a log line")
    })
  )

  it.effect("in a time-out and an interruption", () =>
    Effect.gen(function* () {
      for (const end of [TestClock.adjust("30 seconds"), Effect.void]) {
        const fiber = yield* Effect.fork(update.pipe(Effect.provide(Fake.make(() => Effect.never).layer())))
        yield* TestClock.adjust("1 millis")
        yield* end
        const exit = yield* Fiber.interrupt(fiber)
        assert.isTrue(Exit.isFailure(exit))
        assertAbsent(renderings(exit), "the Exit")
      }
    })
  )

  it.effect("in the client, its layers, its options and the errors of invalid options", () =>
    Effect.gen(function* () {
      const options = { accessToken: Redacted.make(Fake.token) }
      assertAbsent(renderings(options), "the options")
      const fake = Fake.make(() => Fake.json(200, groupJson))
      const layer = fake.layer()
      assertAbsent(renderings(layer), "the layer")
      yield* Effect.gen(function* () {
        const client = yield* CertifierClient.CertifierClient
        assertAbsent(renderings(client), "the client")
        assertAbsent(renderings(client.call(CertifierClient.updateGroup, groupId, {})), "a call")
        assertAbsent(renderings(yield* Effect.context<CertifierClient.CertifierClient>()), "the context")
        yield* client.call(CertifierClient.updateGroup, groupId, {})
        assertAbsent(renderings(client), "the used client")
      }).pipe(Effect.provide(layer))
      assertAbsent(renderings(CertifierClient.layerConfig()), "layerConfig")
      for (const wrong of [
        { accessToken: Redacted.make(`${Fake.token}\n`) },
        { baseUrl: `https://user:${Fake.token}@api.certifier.io` },
        { baseUrl: `http://x/${Fake.token}` },
        { apiVersion: `${Fake.token}\n` }
      ]) {
        const exit = yield* Effect.exit(Layer.build(fake.fallible(wrong))).pipe(Effect.scoped)
        assert.isTrue(Exit.isFailure(exit))
        assertAbsent(renderings(exit), "the ConfigError")
      }
    })
  )
})
