import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { inspect } from "node:util"
import * as CertifierClient from "../../src/CertifierClient.js"
import * as Groups from "../../src/Groups.js"
import * as Fake from "../support/fake.js"
import { groupId } from "../support/page.js"

type ClientLayer = Layer.Layer<CertifierClient.CertifierClient, ConfigError.ConfigError, HttpClient.HttpClient>

const run = (layer: ClientLayer, env: Record<string, string> = {}) => {
  const fake = Fake.make()
  return Groups.get(groupId).pipe(
    Effect.provide(layer),
    Effect.provideService(HttpClient.HttpClient, fake.httpClient),
    Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(env)))),
    Effect.map(() => Fake.at(fake.requests))
  )
}

const configErrorOf = (layer: ClientLayer, env?: Record<string, string>) =>
  Effect.flatMap(Effect.flip(run(layer, env)), (error) =>
    ConfigError.isConfigError(error) ? Effect.succeed(error) : Effect.die(error)
  )

const rendered = (error: unknown) => [String(error), JSON.stringify(error), inspect(error, { depth: 9 })].join("\n")

/** Values as pasted from a web page, an editor, a shell or a file. */
const pasted = [
  ["a zero-width space", "s3cr3t\u200b"],
  ["curly quotes", "\u201cs3cr3t\u201d"],
  ["a byte order mark", "\ufeffs3cr3t"],
  ["a line break", "s3cr3t\n"],
  ["a blank", "s3 cr3t"],
  ["a no-break space", "s3cr3t\u00a0"],
  ["nothing but a blank", " "],
  ["a letter outside ASCII", "s3cr3t\u00e9"]
] as const

const tokenHint = "Expected visible ASCII characters (is there a line break or a quote?)"
const versionHint = "Expected a version such as 2022-10-26"

describe.each(pasted)("%s", (_, value) => {
  const mine = Redacted.make(value)
  const token = Redacted.make("x")

  it.effect.each<
    readonly [title: string, layer: ClientLayer, env: Record<string, string>, path: ReadonlyArray<string>, hint: string]
  >([
    ["the token", CertifierClient.layer({ accessToken: mine }), {}, ["accessToken"], tokenHint],
    ["the version", CertifierClient.layer({ accessToken: token, apiVersion: value }), {}, ["apiVersion"], versionHint],
    [
      "the token's variable",
      CertifierClient.layerConfig(),
      { CERTIFIER_ACCESS_TOKEN: value },
      ["CERTIFIER_ACCESS_TOKEN"],
      tokenHint
    ],
    [
      "the version's variable",
      CertifierClient.layerConfig(),
      { CERTIFIER_ACCESS_TOKEN: "x", CERTIFIER_VERSION: value },
      ["CERTIFIER_VERSION"],
      versionHint
    ],
    [
      "a Config of the caller",
      CertifierClient.layerConfig({ accessToken: Config.redacted("MINE") }),
      { MINE: value },
      ["accessToken"],
      tokenHint
    ]
  ])("in %s is a ConfigError that names it, with a hint and without the value", ([, layer, env, path, hint]) =>
    Effect.gen(function* () {
      const error = yield* configErrorOf(layer, env)
      if (!ConfigError.isInvalidData(error)) return assert.fail(String(error))
      deepStrictEqual<unknown>(error.path, path)
      assert.strictEqual(error.message, hint)
      for (const absent of ["s3cr3t", "<redacted>", "\u201c", "\ufeff"]) assert.notInclude(rendered(error), absent)
    })
  )
})

describe("layerConfig", () => {
  it.effect.each([
    ["CERTIFIER_TIMEOUT", "soon", "a duration above zero"],
    ["CERTIFIER_TIMEOUT", "-5 s3cr3t", "a duration above zero"],
    ["CERTIFIER_BASE_URL", "https://me:s3cr3t@api.certifier.io", "a URL without credentials"],
    ["CERTIFIER_BASE_URL", "https://api.certifier.io?token=s3cr3t", "a URL without query and fragment"],
    ["CERTIFIER_BASE_URL", "s3cr3t", "an absolute URL"],
    ["CERTIFIER_BASE_URL", "http://s3cr3t.example.org", "an https URL"]
  ] as const)("%s=%s is a ConfigError that names it and does not show the value", ([name, value, expected]) =>
    Effect.gen(function* () {
      const error = yield* configErrorOf(CertifierClient.layerConfig(), { CERTIFIER_ACCESS_TOKEN: "x", [name]: value })
      if (!ConfigError.isInvalidData(error)) return assert.fail(String(error))
      deepStrictEqual(error.path, [name])
      assert.include(error.message, `Expected ${expected}`)
      for (const absent of ["soon", "s3cr3t", "<redacted>"]) assert.notInclude(rendered(error), absent)
    })
  )

  it.effect("treats an empty variable as absent", () =>
    Effect.gen(function* () {
      const { headers, url } = yield* run(CertifierClient.layerConfig(), {
        CERTIFIER_ACCESS_TOKEN: "x",
        CERTIFIER_BASE_URL: "",
        CERTIFIER_VERSION: "",
        CERTIFIER_TIMEOUT: ""
      })
      assert.strictEqual(url, `https://api.certifier.io/v1/groups/${groupId}`)
      assert.strictEqual(headers["certifier-version"], "2022-10-26")
      const error = yield* configErrorOf(CertifierClient.layerConfig(), { CERTIFIER_ACCESS_TOKEN: "" })
      if (!ConfigError.isMissingData(error)) return assert.fail(String(error))
      deepStrictEqual(error.path, ["CERTIFIER_ACCESS_TOKEN"])
    })
  )
})

describe("a base URL", () => {
  it.effect.each([
    ["https://x.org", "https://x.org"],
    ["https://x.org/", "https://x.org"],
    ["https://x.org/v1", "https://x.org"],
    ["https://x.org/v1/", "https://x.org"],
    ["https://x.org/v1//", "https://x.org"],
    ["https://x.org/prefix/v1", "https://x.org/prefix"],
    ["https://x.org/prefix/v1/", "https://x.org/prefix"],
    ["https://x.org/prefix", "https://x.org/prefix"],
    ["https://x.org/v10", "https://x.org/v10"],
    ["https://x.org/av1", "https://x.org/av1"]
  ] as const)("%s is extended by /v1 once", ([baseUrl, prefix]) =>
    Effect.gen(function* () {
      const accessToken = Redacted.make("x")
      const layers: ReadonlyArray<readonly [layer: ClientLayer, env: Record<string, string>]> = [
        [CertifierClient.layer({ accessToken, baseUrl }), {}],
        [CertifierClient.layer({ accessToken, baseUrl: new URL(baseUrl) }), {}],
        [CertifierClient.layerConfig(), { CERTIFIER_ACCESS_TOKEN: "x", CERTIFIER_BASE_URL: baseUrl }]
      ]
      for (const [layer, env] of layers) {
        assert.strictEqual((yield* run(layer, env)).url, `${prefix}/v1/groups/${groupId}`)
      }
    })
  )
})
