import { Group } from "@effect-certifier/core"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Work from "../group.js"
import type { Contender, Session, Settings } from "./contender.js"
import { effectful, layerOf } from "./effectful.js"

const validPatch = Schema.decodeSync(Group.Patch)(Work.patch)

/** The minimal hand-written client: encodes and decodes the bodies with a schema, and nothing else. */
const pipeline =
  (transport: "undici" | "fetch") =>
  (settings: Settings): Session => {
    const call = Effect.gen(function* () {
      const client = HttpClient.filterStatusOk(yield* HttpClient.HttpClient)
      const request = yield* HttpClientRequest.schemaBodyJson(Group.Patch)(
        HttpClientRequest.patch(`${settings.baseUrl}${Work.path}`, { headers: Work.headers }),
        validPatch
      )
      return yield* Effect.flatMap(client.execute(request), HttpClientResponse.schemaBodyJson(Group.Group))
    })
    const limited =
      settings.timeout === undefined
        ? call
        : Effect.timeoutFail(call, { duration: settings.timeout, onTimeout: () => new Error("timed out") })
    return effectful(layerOf(transport, settings), limited)
  }

export const overUndici: Contender = {
  id: "hand-undici",
  name: "hand-written pipeline, undici",
  packages: ["@effect/platform", "@effect/platform-node"],
  transport: "undici",
  ours: false,
  stub: true,
  measured: { overhead: true, resilience: true },
  retries: "has none",
  open: pipeline("undici")
}

export const overFetch: Contender = {
  id: "hand-fetch",
  name: "hand-written pipeline, fetch",
  packages: ["@effect/platform"],
  transport: "fetch",
  ours: false,
  stub: false,
  measured: { overhead: true, resilience: false },
  retries: "has none",
  open: pipeline("fetch")
}
