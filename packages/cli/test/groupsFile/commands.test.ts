import { Fault, Fixture, Sandbox } from "@effect-certifier/sandbox"
import { describe, it } from "@effect/vitest"
import { assertInclude, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "vitest"
import { certifier, token } from "../support/run.js"
import { type Step, transcript } from "../support/transcript.js"

const group = (id: string, name: string) =>
  Fixture.group({ id, name, certificateDesignId: null, badgeDesignId: null, learningEventUrl: null })

const service = Sandbox.layerInProcess({
  groups: [group("a", "First Aid 2025"), group("b", "Old")],
  rateLimit: "Unlimited"
})

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "certifier-groups-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

/** A file in a new folder, and the output of commands with this file. */
const scene = Effect.fnUntraced(function* (text?: string) {
  const path = join(yield* folder, "groups.yaml")
  const write = (text: string) => writeFileSync(path, text)
  if (text !== undefined) write(text)
  yield* TestClock.setTime(new Date("2026-01-15T09:30:00Z"))
  return {
    path,
    read: () => readFileSync(path, "utf8"),
    write,
    sees: (...steps: ReadonlyArray<Step>) =>
      Effect.map(
        transcript(steps.map((step) => ({ ...step, type: step.type.map((word) => (word === "FILE" ? path : word)) }))),
        (text) => text.replaceAll(path, "groups.yaml")
      )
  }
})

const plan = ["groups", "plan", "FILE"]
const apply = ["groups", "apply", "FILE"]

const renamed = `groups:
  # every year
  - id: a
    name: First Aid 2026
  - name: Fire Safety
`

describe("the commands for a file of groups", () => {
  it.scoped("match the transcript", () =>
    Effect.gen(function* () {
      const { path, sees, write } = yield* scene()
      const texts = [yield* sees({ type: plan }, { type: ["groups", "pull"] })]
      write("groups:\n  - id: a\n    name: First Aid\n  - nmae: Fire Safety\n    learningEventUrl: fire\n")
      texts.push(yield* sees({ type: plan }, { type: apply }))
      write(renamed)
      texts.push(
        yield* sees(
          { type: plan },
          { type: [...plan, "--json"] },
          { type: [...plan, "--exit-code"] },
          { type: [...plan, "--sandbox", "--prune"], columns: 40 },
          { type: apply },
          { type: apply, answers: ["no"] },
          { type: apply, answers: ["yes"] },
          { type: apply },
          { type: [...plan, "--exit-code"] },
          { type: [...apply, "--prune", "--yes"] },
          { type: [...apply, "--prune"], answers: ["y", "n"] },
          { type: [...apply, "--prune", "--jsonl", "--yes", "--yes-delete"] },
          { type: ["groups", "pull", "--into", "FILE"] }
        )
      )
      yield* Sandbox.inject(Fault.error("conflict"), { method: "PATCH" })
      write("groups:\n  - id: a\n    name: First Aid\n  - name: Water Safety\n")
      texts.push(yield* sees({ type: [...apply, "--yes"] }))
      yield* expectSnapshot(texts.join("\n"), path)
    }).pipe(Effect.provide(service))
  )

  it.scoped("write only the id of a new group, and preserve the permissions of the file", () =>
    Effect.gen(function* () {
      const { path, read } = yield* scene(renamed)
      chmodSync(path, 0o640)
      strictEqual((yield* certifier(["groups", "apply", path, "--yes"])).exit, 0)
      const created = (yield* Effect.flatMap(Sandbox.Sandbox, ({ groups }) => groups)).find(
        ({ name }) => name === "Fire Safety"
      )
      strictEqual(read(), renamed.replace("- name: Fire", `- id: ${created?.id}\n    name: Fire`))
      strictEqual(statSync(path).mode & 0o777, 0o640)
    }).pipe(Effect.provide(service))
  )

  it.scoped("send no changes if the file has faults or without a confirmation", () =>
    Effect.gen(function* () {
      const { path, write } = yield* scene("groups:\n  - name: ' '\n")
      strictEqual((yield* certifier(["groups", "apply", path, "--yes"])).exit, 65)
      deepStrictEqual(yield* Sandbox.requests, [])
      write(renamed)
      strictEqual((yield* certifier(["groups", "apply", path])).exit, 64)
      const methods = (yield* Sandbox.requests).map(({ method }) => method)
      deepStrictEqual(methods, ["GET"])
    }).pipe(Effect.provide(service))
  )

  it.scoped("delete nothing without --yes-delete", () =>
    Effect.gen(function* () {
      const { path } = yield* scene("groups: []\n")
      const ran = yield* certifier(["groups", "apply", path, "--prune", "--yes"])
      strictEqual(ran.exit, 64)
      assertInclude(ran.stderr, "To confirm without one, add --yes-delete.")
      strictEqual((yield* Effect.flatMap(Sandbox.Sandbox, ({ groups }) => groups)).length, 2)
    }).pipe(Effect.provide(service))
  )

  it.scoped("do not overwrite a file that has changed, and write the id the next time", () =>
    Effect.gen(function* () {
      const { path, read, write } = yield* scene("groups:\n  - id: a\n    name: First Aid 2025\n  - name: New\n")
      yield* Sandbox.inject(Fault.delay("1 second"), { method: "POST" })
      const running = yield* Effect.fork(certifier(["groups", "apply", path, "--yes"]))
      while (!(yield* Sandbox.requests).some(({ method }) => method === "POST")) yield* TestClock.adjust("10 millis")
      write(`# meanwhile\n${read()}`)
      yield* TestClock.adjust("1 second")
      const ran = yield* running
      strictEqual(ran.exit, 3)
      assertInclude(ran.stderr, `${path} has changed since it was read, so no id was written to it.`)
      strictEqual((yield* certifier(["groups", "apply", path, "--yes"])).exit, 0)
      strictEqual(
        /^# meanwhile\ngroups:\n {2}- id: a\n {4}name: First Aid 2025\n {2}- id: \w{26}\n {4}name: New\n$/.test(read()),
        true
      )
    }).pipe(Effect.provide(service))
  )
})

/** Compares the output with the transcript, and checks that it does not contain the token or the path. */
const expectSnapshot = (text: string, path: string) =>
  Effect.promise(async () => {
    strictEqual(text.includes(token) || text.includes(path), false)
    await expect(text).toMatchFileSnapshot("../transcripts/groupsFile.txt")
  })
