import { Options as CheckedOptions, Webhook } from "@effect-certifier/core"
import * as Headers from "@effect/platform/Headers"
import type * as ConfigError from "effect/ConfigError"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import { Attempt, type Target } from "../../Delivery.js"
import type { Quirks } from "../../Quirk.js"
import * as Http from "../http.js"

/** A valid target. */
export interface Receiver {
  /** The URL to display, without its query, which can contain a secret. */
  readonly name: string
  readonly post: (event: { readonly body: string; readonly eventId: string }) => Effect.Effect<Attempt>
}

/** The time limit of one attempt, including its signature. */
const timeLimits = { "ten-seconds": "10 seconds", "three-seconds": "3 seconds" } as const

/** A short reason for a missing response. An error's message is not used, because it can quote the request. */
const problemOf = (error: unknown): string => {
  const cause = Predicate.hasProperty(error, "cause") ? error.cause : undefined
  for (const each of [cause, error]) {
    if (Predicate.hasProperty(each, "code") && Predicate.isString(each.code) && each.code !== "") return each.code
  }
  return "no response"
}

/** Sends a request and returns the status, without reading the body or following a redirect. */
const viaFetch =
  (url: URL) =>
  (headers: Record<string, string>, body: Uint8Array<ArrayBuffer>): Effect.Effect<number, unknown> =>
    Effect.tryPromise({
      try: async (signal) => {
        const response = await fetch(url, { method: "POST", redirect: "manual", headers, body, signal })
        await response.body?.cancel()
        return response.status
      },
      catch: (error) => error
    })

const viaApp =
  (app: Extract<Target, { readonly app: unknown }>["app"]) =>
  (headers: Record<string, string>, body: Uint8Array): Effect.Effect<number, unknown> =>
    Effect.map(
      Http.run(app, { method: "POST", url: "/", headers: Headers.fromInput(headers), body, address: "127.0.0.1" }),
      ({ status }) => status
    ).pipe(Effect.catchAllDefect(() => Effect.fail("the app has failed")))

const receiver = (
  name: string,
  secret: Redacted.Redacted,
  { webhookHeaders, webhookSignature, webhookTimeLimit }: Quirks,
  send: (headers: Record<string, string>, body: Uint8Array<ArrayBuffer>) => Effect.Effect<number, unknown>
): Receiver => ({
  name,
  post: (event) =>
    Effect.gen(function* () {
      const at = yield* DateTime.now
      const body = new TextEncoder().encode(event.body)
      const timeLimit = timeLimits[webhookTimeLimit]
      const signature = yield* Webhook.sign({ secret, body })
      const headers = {
        "content-type": "application/json",
        "user-agent": "effect-certifier-sandbox",
        ...(webhookHeaders === "more"
          ? { "x-webhook-id": event.eventId, "x-webhook-timestamp": DateTime.formatIso(at) }
          : {}),
        [Webhook.signatureHeader]: webhookSignature === "lower-case" ? signature : signature.toUpperCase()
      }
      const result = yield* send(headers, body).pipe(
        Effect.mapError(problemOf),
        Effect.timeoutFail({ duration: timeLimit, onTimeout: () => `no response within ${timeLimit}` }),
        Effect.either
      )
      return new Attempt({ at, status: Either.getRight(result), problem: Either.getLeft(result) })
    })
})

const parseUrl = (name: string, input: string | URL): Either.Either<URL, ConfigError.ConfigError> => {
  const url = URL.canParse(input) ? new URL(input) : undefined
  const isValid = url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === ""
  return isValid
    ? Either.right(url)
    : CheckedOptions.invalid(name, "a URL of http or https, without a user name and a password")
}

/** Checks the targets; an error names the option and never shows its value. */
export const check = (
  targets: ReadonlyArray<Target>,
  quirks: Quirks
): Either.Either<ReadonlyArray<Receiver>, ConfigError.ConfigError> =>
  Either.all(
    targets.map((target, index) =>
      Either.gen(function* () {
        const name = `webhooks.${index}`
        if (Redacted.value(target.secret) === "") {
          return yield* CheckedOptions.invalid(`${name}.secret`, "a secret that is not empty")
        }
        if ("app" in target) return receiver(`app ${index + 1}`, target.secret, quirks, viaApp(target.app))
        const url = yield* parseUrl(`${name}.url`, target.url)
        return receiver(`${url.origin}${url.pathname}`, target.secret, quirks, viaFetch(url))
      })
    )
  )

/** Whether an attempt succeeded. */
export const isReceived = ({ status }: Attempt): boolean =>
  Option.exists(status, (status) => status >= 200 && status < 300)
