import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as CertifierClient from "../../src/CertifierClient.js"
import type { Group } from "../../src/Group.js"
import type * as CertifierError from "../../src/CertifierError.js"
import * as Groups from "../../src/Groups.js"
import * as Operation from "../../src/Operation.js"
import { expectTag } from "../support/errors.js"
import * as Fake from "../support/fake.js"
import { groupId } from "../support/page.js"

class Named {
  get name() {
    return "Money"
  }
}

class Entity extends Named {
  badgeDesignId = "b"
  get learningEventUrl() {
    return "https://example.org"
  }
  archive() {
    return "not a field"
  }
}

class Plain {
  readonly name = "Money"
  rename() {
    return "not a field"
  }
}

type Call = Effect.Effect<Group, CertifierError.CertifierError, CertifierClient.CertifierClient>

describe("an instance of a class as the fields of a request", () => {
  const mock = CertifierClient.layerMock(
    Operation.handle(Groups.update, () => Effect.dieMessage("not rejected")),
    Operation.handle(Groups.create, () => Effect.dieMessage("not rejected"))
  )

  it.effect.each<readonly [operation: string, call: Call]>([
    ["an update", Groups.update(groupId, new Entity())],
    ["a creation", Groups.create(new Entity())]
  ])("is rejected in %s with the name of each inherited getter, which would not be sent", ([, call]) =>
    Effect.gen(function* () {
      const fake = Fake.make()
      for (const layer of [fake.layer(), mock]) {
        const error = expectTag(yield* Effect.flip(call).pipe(Effect.provide(layer)), "CertifierInvalidRequest")
        deepStrictEqual(error.issues.map(String), [
          "learningEventUrl is a getter, expected an own field",
          "name is a getter, expected an own field"
        ])
        assert.strictEqual(error.outcome, "NotSent")
      }
      assert.strictEqual(fake.requests.length, 0)
    })
  )

  it.effect.each([
    ["own fields of an instance", new Plain()],
    [
      "own accessors",
      {
        get name() {
          return "Money"
        }
      }
    ],
    ["an object without a prototype", Object.assign<object, { name: string }>(Object.create(null), { name: "Money" })]
  ] as const)("%s are sent", ([, patch]) =>
    Effect.gen(function* () {
      const fake = Fake.make()
      yield* Groups.update(groupId, patch).pipe(Effect.provide(fake.layer()))
      const { body } = Fake.at(fake.requests)
      assert.strictEqual(
        body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : body._tag,
        `{"name":"Money"}`
      )
    })
  )
})

describe("Groups.list", () => {
  const groupOf = (id: string) =>
    `{"id":"${id}","name":"${id}","createdAt":"2022-01-01T00:00:00.000Z","updatedAt":"2022-01-01T00:00:00.000Z"}`

  /** Three pages, of which the second fails at first. */
  const flaky = (failures: number) => {
    let failed = 0
    const pages: Readonly<Record<string, readonly [ids: ReadonlyArray<string>, next: string | null]>> = {
      "": [["a", "b"], "2"],
      "2": [["c"], "3"],
      "3": [["d"], null]
    }
    return Fake.make(({ url }) => {
      const cursor = new URL(url).searchParams.get("cursor") ?? ""
      if (cursor === "2" && failed++ < failures) return Fake.json(503, "")
      const [ids, next] = pages[cursor] ?? [[], null]
      return Fake.json(200, `{"data":[${ids.map(groupOf).join(",")}],"pagination":{"next":${JSON.stringify(next)}}}`)
    })
  }

  it.effect("with `retry` repeats the request of a failed page, and no items", () =>
    Effect.gen(function* () {
      const fake = flaky(2)
      const groups = yield* Groups.list({ retry: Schedule.recurs(2) }).pipe(
        Stream.runCollect,
        Effect.provide(fake.layer())
      )
      deepStrictEqual(Chunk.toReadonlyArray(Chunk.map(groups, ({ name }) => name)), ["a", "b", "c", "d"])
      deepStrictEqual(
        fake.requests.map(({ url }) => new URL(url).searchParams.get("cursor")),
        [null, "2", "2", "2", "3"]
      )
    })
  )

  it.effect.each([
    ["more failures than `retry` allows", 3, { retry: Schedule.recurs(2) }, 4],
    ["a failure without `retry`", 1, undefined, 2]
  ] as const)("%s: fails after the items that it had", ([, failures, options, requests]) =>
    Effect.gen(function* () {
      const fake = flaky(failures)
      const names: Array<string> = []
      const error = yield* Groups.list(options).pipe(
        Stream.runForEach(({ name }) => Effect.sync(() => names.push(name))),
        Effect.flip,
        Effect.provide(fake.layer())
      )
      assert.strictEqual(expectTag(error, "CertifierUnknownApiError").status, 503)
      deepStrictEqual(names, ["a", "b"])
      assert.strictEqual(fake.requests.length, requests)
    })
  )
})
