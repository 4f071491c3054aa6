import * as CertifierClient from "@effect-certifier/core/CertifierClient"
import * as RateLimiter from "@effect-certifier/retry/RateLimiter"
import * as RetryPolicy from "@effect-certifier/retry/RetryPolicy"
import * as FileSystem from "@effect/platform/FileSystem"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { CliFailure } from "./failure.js"
import { Host } from "./host.js"
import * as Limiter from "./limiter.js"
import { Secrets } from "./secrets.js"
import { Target } from "./target.js"

export interface Options {
  /** The URL of the sandbox. */
  readonly sandbox: Option.Option<string>
  readonly tokenFile: Option.Option<string>
  readonly verbose: boolean
}

const missing = new CliFailure({
  exit: "configuration",
  problem: "There is no access token.",
  changed: "Nothing was changed.",
  next: "Set CERTIFIER_ACCESS_TOKEN, pass a file with --token-file FILE, or try a sandbox: --sandbox"
})

const fromFile = (path: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(path)).pipe(
    Effect.map((text) => Redacted.make(text.trim())),
    Effect.mapError(
      ({ message }) =>
        new CliFailure({ exit: "configuration", problem: `--token-file: ${message}`, changed: "Nothing was changed." })
    )
  )

/** Reads the token from a file, the environment or a prompt, but not from an argument, which other processes can read. */
const accessToken = Effect.fnUntraced(function* ({ sandbox, tokenFile }: Options) {
  if (Option.isSome(tokenFile)) return yield* fromFile(tokenFile.value)
  if (Option.isSome(sandbox)) return Redacted.make("sandbox")
  const variable = yield* Config.option(Config.nonEmptyString("CERTIFIER_ACCESS_TOKEN"))
  if (Option.isSome(variable)) return Redacted.make(variable.value.trim())
  const host = yield* Host
  if (!host.canAsk) return yield* missing
  const typed = yield* host.askSecret("Access token: ")
  return Redacted.value(typed) === "" ? yield* missing : typed
})

/** Logs one line per request, without its headers and body. */
const logged = (client: HttpClient.HttpClient) =>
  HttpClient.transform(client, (effect, request) =>
    Effect.gen(function* () {
      const { stderr } = yield* Host
      const start = yield* Clock.currentTimeMillis
      const line = (result: string) =>
        Effect.flatMap(Clock.currentTimeMillis, (end) =>
          stderr.write(`${request.method} ${request.url} ${result} ${end - start}ms\n`)
        )
      return yield* Effect.tapBoth(effect, {
        onSuccess: ({ status }) => line(String(status)),
        onFailure: ({ _tag, reason }) => line(`${_tag} ${reason}`)
      })
    })
  )

/** The client of a command, which retries transient failures. By default it sends three requests per second, the vendor's limit. */
export const layer = (
  options: Options
): Layer.Layer<
  CertifierClient.CertifierClient | Target,
  CliFailure | ConfigError.ConfigError,
  Host | Secrets | FileSystem.FileSystem
> =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const host = yield* Host
      const token = yield* accessToken(options)
      const secrets = yield* Secrets
      secrets.add(token)
      const variable = yield* Config.option(Config.nonEmptyString("CERTIFIER_BASE_URL"))
      const baseUrl = Option.orElse(options.sandbox, () => variable)
      const limit = yield* Config.withDefault(Config.integer("CERTIFIER_REQUESTS_PER_SECOND"), 3)
      const limiter = yield* Limiter.make(limit)
      const transport = options.verbose
        ? Layer.effect(
            HttpClient.HttpClient,
            Effect.gen(function* () {
              const inner = logged(yield* HttpClient.HttpClient)
              return HttpClient.transformResponse(inner, Effect.provideService(Host, host))
            })
          ).pipe(Layer.provide(host.httpClient))
        : host.httpClient
      return RateLimiter.clientLayer(CertifierClient.layer, {
        accessToken: token,
        baseUrl: Option.getOrUndefined(baseUrl),
        transformClient: RetryPolicy.toClientTransform(RetryPolicy.transient())
      }).pipe(
        Layer.provide(limiter.layer),
        Layer.provide(transport),
        Layer.merge(
          Layer.succeed(Target, {
            baseUrl,
            isSandbox: Option.isSome(options.sandbox),
            requestsPerSecond: limit,
            isShared: limiter.isShared
          })
        )
      )
    })
  )
