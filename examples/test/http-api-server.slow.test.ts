import { FetchHttpClient, HttpClient, HttpClientRequest } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Deferred, Effect, Layer, Option, Stream } from "effect"
import * as Local from "../src/lib/local.js"
import { run, start, timeout } from "./support/program.js"

const live = Layer.merge(NodeContext.layer, FetchHttpClient.layer)

/** Starts the server in its own process, and returns the addresses that it prints. It ends with the scope. */
const served = Effect.gen(function* () {
  const program = yield* start("http-api-server", { args: ["serve"] })
  const addresses = yield* Deferred.make<RegExpExecArray>()
  // Read to the end: a program whose output is no longer read fails at its next line.
  yield* program.stdout.pipe(
    Stream.decodeText(),
    Stream.splitLines,
    Stream.runForEach((line) =>
      Option.match(Option.fromNullable(/^Courses at (http:\S+), Certifier at (http:\S+)$/.exec(line)), {
        onNone: () => Effect.void,
        onSome: (found) => Deferred.succeed(addresses, found)
      })
    ),
    Effect.forkScoped
  )
  const [, courses, certifier] = yield* Deferred.await(addresses)
  return { program, courses, certifier }
})

const send = (request: HttpClientRequest.HttpClientRequest, body: unknown) =>
  request.pipe(
    HttpClientRequest.bodyUnsafeJson(body),
    HttpClient.execute,
    Effect.flatMap((response) =>
      Effect.map(response.text, (text): { status: number; retryAfter: string | undefined; json: unknown } => ({
        status: response.status,
        retryAfter: response.headers["retry-after"],
        json: text === "" ? undefined : JSON.parse(text)
      }))
    )
  )

const unknownId = "01hz2ej4yzdcfkq9fa78nhyj0x"

describe("http-api-server", { timeout }, () => {
  it.scopedLive("returns its own errors and statuses, whatever Certifier returns", () =>
    Effect.gen(function* () {
      const { certifier, courses, program } = yield* served
      const rename = (id: string, title: string) => send(HttpClientRequest.patch(`${courses}/courses/${id}`), { title })
      const inject = (rule: unknown) => send(HttpClientRequest.post(`${certifier}/__sandbox/faults`), rule)
      const returned = (status: number, json: unknown, retryAfter?: string) => ({ status, retryAfter, json })

      deepStrictEqual(yield* rename(Local.groupId, "Money"), returned(200, { id: Local.groupId, title: "Money" }))
      deepStrictEqual(yield* rename(unknownId, "Money"), returned(404, { _tag: "NoSuchCourse", id: unknownId }))
      deepStrictEqual(
        yield* rename(Local.groupId, " "),
        returned(422, {
          _tag: "TitleRefused",
          why: "name is blank or malformed Unicode, expected a name that is not blank"
        })
      )

      yield* inject({ fault: { status: 429, headers: { "retry-after": "30" } } })
      deepStrictEqual(yield* rename(Local.groupId, "A"), returned(503, { _tag: "TryLater", seconds: 30 }, "30"))
      // A single failure is retried, a second one is reported.
      yield* inject({ fault: { status: 503 } })
      deepStrictEqual(yield* rename(Local.groupId, "B"), returned(200, { id: Local.groupId, title: "B" }))
      yield* inject({ fault: { status: 503 }, times: 2 })
      deepStrictEqual(yield* rename(Local.groupId, "C"), returned(503, { _tag: "TryLater", seconds: 5 }, "5"))
      // Failures between this server and Certifier are not exposed: a 401 of Certifier is not a 401 of this API.
      yield* inject({ fault: { status: 401 } })
      deepStrictEqual(yield* rename(Local.groupId, "D"), returned(502, { _tag: "OutOfOrder" }))

      yield* program.kill("SIGTERM")
      assert.strictEqual(Number(yield* program.exitCode), 0)
    }).pipe(Effect.provide(live))
  )

  it.live("sends itself requests and ends, without an argument", () =>
    Effect.gen(function* () {
      const { code, lines, requests } = yield* run("http-api-server")
      assert.strictEqual(code, 0)
      deepStrictEqual(lines.slice(1), [
        "renamed to Financial Markets, Global",
        "no course no-such-course",
        "not a title: name is blank or malformed Unicode, expected a name that is not blank",
        "come back in 30s"
      ])
      deepStrictEqual(requests, ["PATCH 200", "PATCH 404", "PATCH 429 (fault)"])
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
