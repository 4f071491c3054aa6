import { FetchHttpClient } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Fixture, Quirk } from "../src/index.js"
import * as Command from "./support/command.js"
import { sendTo } from "./support/request.js"
import { run } from "./support/runCommand.js"

const directory = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "certifier-sandbox-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

/** Exports a data file. */
const exported = (...args: ReadonlyArray<string>) =>
  Effect.map(run("--port", "0", "--export", "-", ...args), ({ isFailure, output }) => {
    assert.isFalse(isFailure, output)
    return JSON.parse(output)
  })

describe("stored objects on the command line", () => {
  it.scopedLive("are exported and imported, with and without a file", () =>
    Effect.gen(function* () {
      const folder = yield* directory
      const [data, json] = [join(folder, "data"), join(folder, "export.json")]
      // The data format of earlier versions, which has groups only.
      writeFileSync(json, JSON.stringify({ groups: [{ ...Fixture.groupJson, name: "Old" }] }))
      const first = yield* exported("--data", data, "--import", json)
      deepStrictEqual([first.groups[0].name, first.designs.length], ["Old", 4])
      deepStrictEqual(yield* exported("--data", data), first)
      const { isFailure } = yield* run("--port", "0", "--data", data, "--export", json)
      assert.isFalse(isFailure)
      deepStrictEqual(JSON.parse(readFileSync(json, "utf8")), first)
      deepStrictEqual(yield* exported("--import", json), first)
    })
  )

  it.live("--list-quirks prints each quirk, its evidence and its values", () =>
    Effect.gen(function* () {
      const { isFailure, output } = yield* run("--list-quirks")
      assert.isFalse(isFailure)
      for (const [name, { default: usual, evidence, question, values }] of Object.entries<Quirk.Quirk>(Quirk.table)) {
        for (const part of [`${name}: ${question}`, evidence, `${usual} (default): `, ...Object.values(values)]) {
          assert.include(output, part)
        }
      }
    })
  )

  it.scopedLive("--quirk and --experimental change the responses", () =>
    Effect.gen(function* () {
      const running = yield* Command.start("../../src/bin.ts", [
        "--port",
        "0",
        "--experimental",
        "--quirk",
        "attributesShape=page",
        "--quirk",
        "unknownDesign=invalid"
      ])
      const url = /http:\S+/.exec(yield* running.line(/^Certifier sandbox: /))?.[0] ?? ""
      const attributes = yield* sendTo(url, { method: "GET", path: "/v1/attributes" })
      assert.strictEqual(JSON.parse(attributes.text).data.length, 5)
      const body = `{"designIds":["nothing"]}`
      const refused = yield* sendTo(url, { method: "PATCH", path: `/v1/groups/${Fixture.groupJson.id}`, body })
      assert.strictEqual(refused.status, 400)
    }).pipe(Effect.provide(FetchHttpClient.layer))
  )
})
