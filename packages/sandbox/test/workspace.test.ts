import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Schema, TestClock } from "effect"
import { Fixture, Sandbox, Workspace } from "../src/index.js"
import { sendTo } from "./support/request.js"

const Unlimited = Sandbox.layerInProcess({ rateLimit: "Unlimited" })

const control = (method: "GET" | "PUT" | "PATCH" | "POST" | "DELETE", path: string, body?: unknown) =>
  Effect.flatMap(Sandbox.Sandbox, ({ url }) =>
    sendTo(url, {
      method,
      path: `/__sandbox${path}`,
      headers: { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) })
    })
  )

describe("the stored objects", () => {
  it.effect("are those of the options, or else the fixtures", () =>
    Effect.gen(function* () {
      const { credentials, designs } = yield* Sandbox.Sandbox
      deepStrictEqual(yield* credentials, [Fixture.credential()])
      deepStrictEqual(yield* designs, Fixture.designs)
    }).pipe(Effect.provide(Sandbox.layerInProcess({ credentials: [Fixture.credential()] })))
  )

  it.effect("are set, replaced and removed without a request", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.Sandbox
      yield* sandbox.setDesign(Fixture.design({ id: "d1", name: "One" }))
      yield* sandbox.setDesign(Fixture.design({ id: "d1", name: "Two" }))
      yield* sandbox.setAttribute(Fixture.attribute({ tag: "custom.tutor", name: "Tutor" }))
      yield* sandbox.setCredential(Fixture.credential())
      const body = JSON.stringify({
        groupId: Fixture.groupJson.id,
        recipient: { name: "Ada" },
        customAttributes: { "custom.tutor": "Kim" }
      })
      const created = yield* sendTo(sandbox.url, { method: "POST", path: "/v1/credentials", body })
      assert.strictEqual(created.status, 201)
      deepStrictEqual(
        (yield* sandbox.designs).map(({ name }) => name),
        [...Fixture.designs.map(({ name }) => name), "Two"]
      )
      yield* sandbox.remove("credentials", Fixture.credentialJson.id)
      yield* sandbox.remove("attributes", "custom.tutor")
      yield* sandbox.remove("groups", "nothing")
      const refused = yield* sendTo(sandbox.url, { method: "POST", path: "/v1/credentials", body })
      assert.include(refused.text, "The attribute [custom.tutor] does not exist in the workspace")
      assert.strictEqual((yield* sandbox.credentials).length, 1)
      deepStrictEqual(yield* sandbox.requests.pipe(Effect.map((requests) => requests.length)), 2)
    }).pipe(Effect.provide(Unlimited))
  )

  it.effect("are exported and imported, kind by kind", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.Sandbox
      yield* sandbox.set({ credentials: [Fixture.credential()], interactions: [Fixture.interaction()] })
      const before = yield* sandbox.export
      const text = JSON.stringify(Schema.encodeSync(Workspace.Workspace)(before))
      yield* sandbox.import({ groups: [], credentials: [] })
      deepStrictEqual(yield* sandbox.groups, [])
      deepStrictEqual(yield* sandbox.interactions, [Fixture.interaction()])
      // The data file of earlier versions is the same JSON, with groups only.
      yield* sandbox.import(Schema.decodeSync(Schema.parseJson(Workspace.Workspace))(text))
      deepStrictEqual(yield* sandbox.export, before)
    }).pipe(Effect.provide(Unlimited))
  )

  it.effect("are restored from a snapshot, of which there are at most a hundred", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.Sandbox
      yield* sandbox.setCredential(Fixture.credential())
      yield* Sandbox.snapshot("before")
      yield* sandbox.setCredential(Fixture.credential({ status: "draft" }))
      yield* Sandbox.restore("before")
      deepStrictEqual(yield* sandbox.credentials, [Fixture.credential()])
      const problems = Effect.map(Effect.flip(sandbox.snapshot("a b")), ({ message }) => message)
      assert.strictEqual(yield* problems, "snapshot is not 1 to 64 letters, digits, '_', '.' or '-'")
      for (let n = 1; n < 100; n++) yield* sandbox.snapshot(String(n))
      const error = yield* Effect.flip(sandbox.snapshot("one-too-many"))
      assert.strictEqual(error.message, "There are 100 snapshots already")
      yield* sandbox.removeSnapshot("1")
      yield* sandbox.snapshot("one-too-many")
      assert.strictEqual((yield* Effect.flip(sandbox.restore("1"))).message, "There is no snapshot 1")
    }).pipe(Effect.provide(Unlimited))
  )
})

describe("the clock", () => {
  it.effect("issues and sends a scheduled credential, and lets it expire", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.Sandbox
      yield* TestClock.setTime(Date.parse("2026-01-15T09:30:00.000Z"))
      yield* sandbox.setCredential(Fixture.credential({ status: "draft", expiryDate: "2026-01-20" }))
      const path = `/v1/credentials/${Fixture.credentialJson.id}`
      const body = `{"issueAt":"2026-01-16T00:00:00Z","sendAtIssuance":true}`
      const scheduled = yield* sendTo(sandbox.url, { method: "POST", path: `${path}/schedule`, body })
      deepStrictEqual([scheduled.status, JSON.parse(scheduled.text).status], [200, "scheduled"])
      const statusAt = (time: string) =>
        Effect.zipRight(
          TestClock.setTime(Date.parse(time)),
          Effect.map(sandbox.credentials, ([credential]) => credential?.status)
        )
      assert.strictEqual(yield* statusAt("2026-01-15T23:59:59.999Z"), "scheduled")
      assert.strictEqual(yield* statusAt("2026-01-16T00:00:00.000Z"), "issued")
      assert.strictEqual(yield* statusAt("2026-01-20T23:59:59.999Z"), "issued")
      assert.strictEqual(yield* statusAt("2026-01-21T00:00:00.000Z"), "expired")
      deepStrictEqual((yield* sandbox.export).schedules, [])
    }).pipe(Effect.provide(Sandbox.layerInProcess({ rateLimit: "Unlimited", experimental: true })))
  )

  it.effect("can pass several dates at once", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.Sandbox
      yield* TestClock.setTime(Date.parse("2030-01-01T00:00:00.000Z"))
      deepStrictEqual(
        (yield* sandbox.credentials).map(({ status }) => status),
        ["expired", "issued", "issued"]
      )
    }).pipe(
      Effect.provide(
        Sandbox.layerInProcess({
          credentials: [
            Fixture.credential({ id: "c1", status: "scheduled", expiryDate: "2026-01-20" }),
            Fixture.credential({ id: "c2", status: "scheduled" }),
            Fixture.credential({ id: "c3" })
          ],
          schedules: ["c1", "c2", "gone"].map((id) =>
            Schema.decodeSync(Workspace.ScheduledIssue)({
              id,
              issueAt: "2026-01-16T00:00:00.000Z",
              sendAtIssuance: false
            })
          )
        })
      )
    )
  )
})

describe("the undocumented operations", () => {
  it.effect.each(["/v1/attributes", "/v1/email-templates"])("%s is not found unless they are enabled", (path) =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox.Sandbox
      assert.strictEqual((yield* sendTo(url, { method: "GET", path })).status, 404)
    }).pipe(Effect.provide(Unlimited))
  )

  it.effect("list the attributes as an array, with tags in the reported form", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox.Sandbox
      const { text } = yield* sendTo(url, { method: "GET", path: "/v1/attributes" })
      deepStrictEqual(JSON.parse(text), [
        { id: "01k0att00000000000000000a5", tag: "group.name", name: "Group name", type: "text", isDefault: true },
        {
          id: "01k0att00000000000000000a4",
          tag: "recipient.name",
          name: "Recipient name",
          type: "text",
          isDefault: true
        },
        { id: "01k0att00000000000000000a3", tag: "grade", name: "Grade", type: "text", isDefault: false },
        { id: "01k0att00000000000000000a2", tag: "course", name: "Course", type: "text", isDefault: false },
        { id: "01k0att00000000000000000a1", tag: "mentor", name: "Mentor", type: "text", isDefault: false }
      ])
    }).pipe(Effect.provide(Sandbox.layerInProcess({ experimental: true })))
  )
})

describe("the control endpoints", () => {
  it.effect("export, import, set, list and remove stored objects", () =>
    Effect.gen(function* () {
      const all = yield* control("GET", "/workspace")
      deepStrictEqual(Object.keys(JSON.parse(all.text)), [
        "groups",
        "designs",
        "attributes",
        "emailTemplates",
        "credentials",
        "schedules",
        "interactions"
      ])
      const set = yield* control("PATCH", "/workspace", { designs: [{ ...Fixture.designJson, id: "d9" }] })
      assert.strictEqual(set.status, 204)
      const designs = yield* control("GET", "/workspace/designs")
      assert.strictEqual(JSON.parse(designs.text).designs.length, 5)
      assert.strictEqual((yield* control("DELETE", "/workspace/designs/d9")).status, 204)
      assert.strictEqual((yield* control("PUT", "/workspace", all.text)).text, all.text)
      assert.strictEqual((yield* control("GET", "/workspace/nothing")).status, 404)
      const { status, text } = yield* control("PUT", "/workspace", { credentials: [{ id: "x" }], more: [] })
      assert.strictEqual(status, 400)
      assert.match(JSON.parse(text).error.message, /credentials\.0\.publicId is missing/)
    }).pipe(Effect.provide(Unlimited))
  )

  it.effect("save, list, restore and remove snapshots", () =>
    Effect.gen(function* () {
      const { groups, setGroup } = yield* Sandbox.Sandbox
      const saved = yield* control("POST", "/snapshots", { name: "one" })
      deepStrictEqual([saved.status, saved.text], [201, `[{"name":"one"}]`])
      yield* setGroup(Fixture.group({ name: "Changed" }))
      assert.strictEqual((yield* control("POST", "/snapshots/one/restore")).status, 204)
      deepStrictEqual(yield* groups, [Fixture.group()])
      assert.strictEqual((yield* control("DELETE", "/snapshots/one")).status, 204)
      assert.strictEqual((yield* control("GET", "/snapshots")).text, "[]")
      const missing = yield* control("POST", "/snapshots/one/restore")
      deepStrictEqual([missing.status, JSON.parse(missing.text).error.message], [404, "There is no snapshot one"])
      const refused = yield* control("POST", "/snapshots", { name: "../x" })
      assert.strictEqual(refused.status, 400)
    }).pipe(Effect.provide(Unlimited))
  )
})
