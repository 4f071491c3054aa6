import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Behavior } from "../Delivery.js"
import * as Access from "./access.js"
import * as Assets from "./assets.js"
import * as Changes from "./changes.js"
import * as Console from "./console/console.js"
import type { Sources } from "./console/sources.js"
import * as Control from "./control.js"
import * as FaultBody from "./faultBody.js"
import type * as Handler from "./handlers/handler.js"
import * as Http from "./http.js"
import * as Mails from "./mails.js"
import { type IncomingRequest, type OutgoingResponse, pathOf } from "./message.js"
import * as CredentialPage from "./pages/credentialPage.js"
import * as Preview from "./pages/preview.js"
import type { Time } from "./time.js"
import type { Transmission } from "./transmission.js"
import type { Receiver } from "./webhooks/target.js"
import type { SavedLetters } from "./workspace/letters.js"
import * as Webhooks from "./webhooks/webhooks.js"

export interface Options {
  readonly url: () => string
  readonly time: Time
  readonly receivers: ReadonlyArray<Receiver>
  readonly behavior: Behavior
  readonly keepMails: number
  readonly keepDeliveries: number
  readonly controlToken: Redacted.Redacted | undefined
  /** The mails and deliveries that an earlier run saved. */
  readonly letters: SavedLetters
}

/** Mails, webhooks, public pages, the console and the control endpoints. */
export interface Outward {
  /** Handles requests to the sandbox itself rather than to Certifier. They are not checked, rate-limited or recorded. */
  readonly handle: (incoming: IncomingRequest) => Effect.Effect<Transmission, unknown> | undefined
  readonly mails: Mails.Mails
  readonly webhooks: Webhooks.Webhooks
  readonly time: Time
  readonly changes: Changes.Changes
}

const Envelope = Schema.decodeUnknownOption(
  Schema.parseJson(Schema.Struct({ error: Schema.Struct({ code: Schema.String, message: Schema.String }) }))
)

/** The problem with the request that a response reports. */
export const problemOf = ({ body, status }: OutgoingResponse): Option.Option<string> =>
  status < 400 || body.length > 16_384
    ? Option.none()
    : Option.map(Envelope(new TextDecoder().decode(body)), ({ error }) => `${error.code}: ${error.message}`)

/** The documentation. It is loaded on its first request, because it contains two megabytes of scripts. */
const makeDocs = Effect.map(
  Effect.cached(
    Effect.flatMap(
      Effect.promise(() => import("./docs.js")),
      (docs) => docs.make
    )
  ),
  (docs) =>
    (incoming: IncomingRequest): Effect.Effect<OutgoingResponse> | undefined => {
      const path = pathOf(incoming.url)
      // A browser requests it with each page.
      if (path === "/favicon.ico") return Effect.succeed(FaultBody.ofStatus(204))
      return path === "/docs" || path === "/openapi.json"
        ? Effect.orElseSucceed(Http.run(Effect.flatten(docs), incoming), () => Http.errorResponse("not_found"))
        : undefined
    }
)

export const make = (
  options: Options,
  given: Handler.Options &
    Pick<Sources, "limiter" | "pendingFaults" | "recorder" | "store"> & { readonly seed: string | number }
): Effect.Effect<Outward, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { time } = options
    const changes = Changes.make()
    const mails = Mails.make({
      keep: options.keepMails,
      url: options.url,
      saved: options.letters.mails,
      save: given.workspace.save
    })
    const webhooks = yield* Webhooks.make({
      ...options,
      changes,
      quirks: given.quirks,
      saved: options.letters.deliveries,
      save: given.workspace.save,
      keep: options.keepDeliveries,
      random: Random.make(`${given.seed} webhooks`)
    })
    // The state is always the same object, so it can be read while a change is announced.
    const state = yield* given.workspace.state
    yield* given.workspace.follow((commit) =>
      Effect.zipWith(mails.follow(state, commit), webhooks.follow(state, commit), (mailed, fired) => ({
        letters: [...mailed.letters, ...fired.letters],
        complete: Effect.all([mailed.complete, fired.complete, Effect.sync(changes.announce)], { discard: true })
      }))
    )
    yield* time.within(webhooks.resume)
    const sources: Sources = { ...given, changes, mails, time, webhooks }
    const access = Access.make(options.controlToken)
    const control = yield* Control.make(sources)
    const console = Console.make(sources, access)
    const docs = yield* makeDocs
    const publicPage = yield* CredentialPage.make(given)
    const preview = Preview.make(given)

    const controlled = (incoming: IncomingRequest): Effect.Effect<OutgoingResponse> | undefined => {
      if (!pathOf(incoming.url).startsWith("/__sandbox/")) return undefined
      return access.isAllowed(incoming)
        ? Effect.tap(Http.run(control, incoming), Effect.sync(changes.announce))
        : Effect.succeed(Http.errorResponse("not_found"))
    }

    const asset = (incoming: IncomingRequest) => {
      const found = Assets.find(incoming)
      return found === undefined ? undefined : Effect.succeed(found)
    }

    return {
      mails,
      webhooks,
      time,
      changes,
      handle: (incoming) => {
        const page = console(incoming)
        if (page !== undefined) return page
        const response =
          controlled(incoming) ?? docs(incoming) ?? asset(incoming) ?? publicPage(incoming) ?? preview(incoming)
        return response === undefined ? undefined : Effect.map(response, (response) => ({ response }))
      }
    }
  })
