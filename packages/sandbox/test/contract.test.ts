import { FetchHttpClient, type HttpClient } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Config, Effect, Layer, Option, Redacted } from "effect"
import { Fault, Sandbox } from "../src/index.js"
import { sendTo, good, id, type RequestInput, without } from "./support/request.js"

/** The page's request, verbatim. */
const page: RequestInput = {
  method: "PATCH",
  path: "/v1/groups/01g90279gp5sbmfek7wymcsvec",
  headers: good,
  body: "{}"
}

/** The request to reject: the page's, or, on the real service, one that would change nothing if it were accepted. */
const subject = ({ groupId, isReal }: Target): RequestInput =>
  isReal ? { method: "GET", path: `/v1/groups/${groupId}` } : page

/** The page's response bodies, verbatim except for white space between tokens. */
const responses = {
  missing_version:
    '{"error":{"code":"missing_version","message":"The request is missing the required Certifier-Version header"}}',
  unauthorized:
    '{"error":{"code":"unauthorized","message":"A valid authentication token was not provided with the request"}}',
  not_found: '{"error":{"code":"not_found","message":"The requested resource does not exist"}}',
  rate_limited: '{"error":{"code":"rate_limited","message":"You have exceeded the rate limit"}}',
  internal_server_error:
    '{"error":{"code":"internal_server_error","message":"There was a problem on Certifier\'s end"}}'
}

interface Target {
  readonly url: string
  readonly groupId: string
  readonly headers: Readonly<Record<string, string>>
  /**
   * Whether it is the real service. Messages and the group are then not compared, because the service's gateway has other messages,
   * and the group is the user's own.
   */
  readonly isReal: boolean
}

const contract = (
  name: string,
  target: Effect.Effect<Target, unknown, Sandbox.Sandbox>,
  options: {
    readonly layer: Layer.Layer<Sandbox.Sandbox | HttpClient.HttpClient, unknown>
    readonly write: boolean
    readonly isLeftOut?: boolean
  }
) =>
  describe.skipIf(options.isLeftOut === true)(`the contract, ${name}`, () => {
    const run = (
      title: string,
      test: (
        target: Target,
        send: (input: RequestInput) => ReturnType<typeof sendTo>
      ) => Effect.Effect<void, unknown, Sandbox.Sandbox | HttpClient.HttpClient>
    ) =>
      it.effect(title, () =>
        Effect.flatMap(target, (target) => test(target, (input) => sendTo(target.url, input))).pipe(
          Effect.provide(options.layer)
        )
      )
    const codeOf = (text: string): unknown => JSON.parse(text).error.code

    const refusals: ReadonlyArray<
      readonly [title: string, input: (target: Target) => RequestInput, status: number, code: keyof typeof responses]
    > = [
      [
        "401 without a token",
        (target) => ({ ...subject(target), headers: without(target.headers, "authorization") }),
        401,
        "unauthorized"
      ],
      [
        "401 before the check of the version",
        (target) => ({ ...subject(target), headers: { "content-type": "application/json" } }),
        401,
        "unauthorized"
      ],
      [
        "400 without a version",
        (target) => ({ ...subject(target), headers: without(target.headers, "certifier-version") }),
        400,
        "missing_version"
      ],
      [
        "404 for a group that does not exist",
        ({ headers }) => ({ method: "GET", path: "/v1/groups/01g90279gp5sbmfek7wymcsve0", headers }),
        404,
        "not_found"
      ],
      [
        "404 for a path that does not exist",
        ({ headers }) => ({ method: "GET", path: "/v1/nothing-is-here", headers }),
        404,
        "not_found"
      ]
    ]
    for (const [title, input, status, code] of refusals) {
      run(title, (target, send) =>
        Effect.map(send(input(target)), (response) => {
          assert.strictEqual(response.status, status)
          assert.strictEqual(codeOf(response.text), code)
          if (!target.isReal) {
            assert.strictEqual(response.text, responses[code])
            assert.strictEqual(response.headers["content-type"], "application/json")
          }
        })
      )
    }

    run("GET returns the group", ({ groupId, headers, isReal }, send) =>
      Effect.map(send({ method: "GET", path: `/v1/groups/${groupId}`, headers }), (response) => {
        assert.strictEqual(response.status, 200)
        const group = JSON.parse(response.text)
        assert.strictEqual(group.id, groupId)
        for (const field of ["createdAt", "updatedAt"])
          assert.match(group[field], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
        if (!isReal) {
          assert.strictEqual(
            response.text,
            '{"id":"01g90279gp5sbmfek7wymcsvec","name":"Financial Markets","learningEventUrl":"https://www.coursera.org/learn/financial-markets-global","certificateDesignId":"01fpwtztwf7sacca5r0c483mnm","badgeDesignId":"01hz2ej4yzdcfkq9fa78nhyj0x","createdAt":"2022-01-01T00:00:00.000Z","updatedAt":"2022-01-01T00:00:00.000Z"}'
          )
        }
      })
    )

    it.runIf(options.write)("PATCH with the page's body returns the group, changed only in updatedAt", () =>
      Effect.gen(function* () {
        const { groupId, headers, url } = yield* target
        const path = `/v1/groups/${groupId}`
        const before = JSON.parse((yield* sendTo(url, { method: "GET", path, headers })).text)
        const response = yield* sendTo(url, { ...page, path, headers })
        assert.strictEqual(response.status, 200)
        const { updatedAt, ...after } = JSON.parse(response.text)
        deepStrictEqual({ ...after, updatedAt: before.updatedAt }, before)
        assert.isAtLeast(Date.parse(updatedAt), Date.parse(before.updatedAt))
      }).pipe(Effect.provide(options.layer), Effect.runPromise)
    )
  })

const sandbox = Effect.map(Sandbox.Sandbox, ({ url }): Target => ({ url, groupId: id, headers: good, isReal: false }))

contract("over a socket", sandbox, {
  layer: Layer.merge(Sandbox.layer({ rateLimit: "Unlimited" }), FetchHttpClient.layer),
  write: true
})

contract("in process", sandbox, { layer: Sandbox.layerInProcess({ rateLimit: "Unlimited" }), write: true })

const real = Effect.runSync(
  Config.option(
    Config.all({
      accessToken: Config.redacted("CERTIFIER_ACCESS_TOKEN"),
      groupId: Config.string("CERTIFIER_GROUP_ID"),
      url: Config.withDefault(Config.string("CERTIFIER_BASE_URL"), "https://api.certifier.io"),
      write: Config.withDefault(Config.string("CERTIFIER_CONTRACT_WRITE"), "0")
    })
  )
)

if (Option.isNone(real)) {
  console.info(
    "NOTICE: the contract is not checked against the real service: CERTIFIER_ACCESS_TOKEN and CERTIFIER_GROUP_ID are not set."
  )
}

contract(
  "the real service",
  Effect.map(real, ({ accessToken, groupId, url }): Target => ({
    url,
    groupId,
    headers: { ...good, authorization: `Bearer ${Redacted.value(accessToken)}` },
    isReal: true
  })),
  {
    // The sandbox is needed for the types, and receives no request.
    layer: Layer.merge(Sandbox.layerInProcess(), FetchHttpClient.layer),
    write: Option.exists(real, ({ write }) => write === "1"),
    isLeftOut: Option.isNone(real)
  }
)

describe("the page's other responses", () => {
  it.effect("429 and 500 have the page's messages", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox.Sandbox
      for (const code of ["rate_limited", "internal_server_error"] as const) {
        yield* Sandbox.inject(Fault.error(code))
        const response = yield* sendTo(url, page)
        assert.strictEqual(response.text, responses[code])
      }
    }).pipe(Effect.provide(Sandbox.layerInProcess()))
  )
})
