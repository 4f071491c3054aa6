import { Fault, Fixture, Sandbox } from "@effect-certifier/sandbox"
import { it } from "@effect/vitest"
import { assertInclude, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { built } from "../support/built.js"
import { keys, withTerminal } from "../support/terminal.js"

const certifier = built()

const group = (id: string) =>
  Fixture.group({
    id,
    name: `Group ${id}`,
    certificateDesignId: null,
    badgeDesignId: null,
    learningEventUrl: null
  })

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "certifier-groups-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

/** A sandbox with groups, a file, and the environment of a command. */
const scene = Effect.fnUntraced(function* (ids: string, text: string) {
  const sandbox = yield* Sandbox.serve({ groups: [...ids].map(group), rateLimit: "Unlimited" })
  const cwd = yield* folder
  const file = join(cwd, "groups.yaml")
  writeFileSync(file, text)
  const env = {
    CERTIFIER_ACCESS_TOKEN: "token-of-this-test",
    CERTIFIER_BASE_URL: sandbox.url,
    CERTIFIER_REQUESTS_PER_SECOND: "100"
  }
  const names = Effect.map(sandbox.export, ({ groups }) => (groups ?? []).map(({ name }) => name).toSorted())
  return { cwd, env, names, read: () => readFileSync(file, "utf8"), sandbox }
})

it.scopedLive("completed changes remain after Ctrl-C, and the same command applies the rest", () =>
  Effect.gen(function* () {
    const file = `groups:\n${[..."abc"].map((id) => `- id: ${id}\n  name: New ${id}\n`).join("")}`
    const { cwd, env, names, sandbox } = yield* scene("abc", file)
    yield* sandbox.inject(Fault.make({ status: 500, disconnect: { how: "Stall", at: "Start" } }), {
      method: "PATCH",
      path: "/v1/groups/b"
    })
    const secondUpdate = sandbox.requestStream.pipe(
      Stream.filter(({ method, path }) => method === "PATCH" && path === "/v1/groups/b"),
      Stream.take(1),
      Stream.runDrain
    )
    const apply = certifier("groups", "apply", "--yes", "groups.yaml")
    const [code, text] = yield* Effect.promise(() =>
      withTerminal({ command: apply, columns: 80, rows: 40, cwd, env }, async ({ exit, scrollback, type, waitFor }) => {
        await waitFor("changed Group a")
        await Effect.runPromise(secondUpdate)
        type(keys.interrupt)
        return [await exit, scrollback()] as const
      })
    )
    strictEqual(code, 130)
    assertInclude(text, "interrupted Group b: it may be changed, or not")
    assertInclude(text, "1 changed, 1 interrupted, 1 not tried.")
    assertInclude(text, "To apply the rest: certifier groups apply groups.yaml")
    deepStrictEqual(yield* names, ["Group b", "Group c", "New a"])

    const again = yield* Effect.promise(() =>
      withTerminal({ command: apply, columns: 40, rows: 40, cwd, env }, ({ exit }) => exit)
    )
    strictEqual(again, 0)
    deepStrictEqual(yield* names, ["New a", "New b", "New c"])
  })
)

it.scopedLive("creates each group once, even if it is killed several times", () =>
  Effect.gen(function* () {
    const created = ["One", "Two", "Three"]
    const { cwd, env, names, read, sandbox } = yield* scene(
      "ab",
      `groups:\n- id: a\n  name: New a\n${created.map((name) => `- name: ${name}\n`).join("")}- id: b\n  name: New b\n`
    )
    // The delay leaves time for a kill between the request and the write of the id.
    yield* sandbox.inject(Fault.delay("200 millis"), { method: "POST", probability: 1 })
    const [command, ...args] = certifier("groups", "apply", "--yes", "groups.yaml")

    /** Kills the command after this number of requests. Returns whether it had succeeded before. */
    const killedAfter = (requests: number) =>
      Effect.gen(function* () {
        yield* sandbox.clearRequests
        const child = spawn(command, args, { cwd, env: { PATH: process.env["PATH"], ...env }, stdio: "ignore" })
        const exited = once(child, "exit")
        yield* Effect.raceFirst(
          Effect.promise(() => exited),
          sandbox.requestStream.pipe(Stream.take(requests), Stream.runDrain)
        )
        child.kill("SIGKILL")
        const [code] = yield* Effect.promise(() => exited)
        return code === 0
      })

    const seed = 20_261_127
    let kills = 0
    yield* Effect.gen(function* () {
      while (!(yield* killedAfter(yield* Random.nextIntBetween(3, 6)))) kills += 1
    }).pipe(Effect.withRandom(Random.make(seed)))

    strictEqual(kills > 2, true, `only ${kills} kills with seed ${seed}`)
    deepStrictEqual(yield* names, ["New a", "New b", "One", "Three", "Two"])
    const { groups = [] } = yield* sandbox.export
    for (const { id, name } of groups) {
      if (created.includes(name)) assertInclude(read(), `- id: ${id}\n  name: ${name}\n`)
    }
  })
)
