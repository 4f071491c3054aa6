import { readdirSync, readFileSync } from "node:fs"
import { beforeAll, describe, expect, it } from "vitest"
import { appending, bundle } from "./support/bundle.js"
import { committed } from "./support/numbers.js"

const updating = `CertifierClient.updateGroup("01g90279gp5sbmfek7wymcsvec", { name: "Financial Markets" })`

const program = (imports: ReadonlyArray<string>, call = updating) => `
  ${imports.join("\n")}
  import { FetchHttpClient } from "@effect/platform"
  import { Effect } from "effect"

  const program = ${call}.pipe(
    Effect.retry(RetryPolicy.rateLimited()),
    Effect.catchTag("CertifierNotFound", (error) => Effect.logWarning(error.message))
  )
  program.pipe(Effect.provide(CertifierClient.layerConfig()), Effect.provide(FetchHttpClient.layer), Effect.runPromise)
`

const modulesOf = (name: string) =>
  readdirSync(new URL(`../../../packages/${name}/src`, import.meta.url)).flatMap(
    (file) => /^([A-Z]\w*)\.ts$/.exec(file)?.[1] ?? []
  )

/** The size of importing only this module; the first one includes the code shared with the others. */
const alone = (name: string, excluded: ReadonlyArray<string> = []) =>
  modulesOf(name)
    .filter((module) => !excluded.includes(module))
    .map((module) => [`${name}/${module}`, `export * as It from "@effect-certifier/${name}/${module}"`] as const)

const byPath = [
  `import * as CertifierClient from "@effect-certifier/core/CertifierClient"`,
  `import * as RetryPolicy from "@effect-certifier/retry/RetryPolicy"`
]

/** The maximum number of bytes that programs like that in the README add. The guide names the first two. */
const promised: Readonly<Record<string, number>> = {
  "the README's program": 13_500,
  "the same, modules by their own paths": 11_500,
  "one that only reads a group, by paths": 11_200
}

const programs: Readonly<Record<string, string>> = {
  "the README's program": program([
    `import { CertifierClient } from "@effect-certifier/core"`,
    `import { RetryPolicy } from "@effect-certifier/retry"`
  ]),
  "the same, modules by their own paths": program(byPath),
  "one that only reads a group, by paths": program(
    [...byPath, `import * as Groups from "@effect-certifier/core/Groups"`],
    `Groups.get("01g90279gp5sbmfek7wymcsvec")`
  )
}

const entries: Readonly<Record<string, string>> = {
  ...programs,
  "every export of core": `export * from "@effect-certifier/core"`,
  "every export of core and retry": `export * from "@effect-certifier/core"\nexport * from "@effect-certifier/retry"`,
  ...Object.fromEntries([
    ...alone("core"),
    // It imports ioredis, which is for servers.
    ...alone("retry", ["RedisRateLimiter"])
  ])
}

describe("bytes that imports add to a bundle that does the same by hand, minified and gzipped", () => {
  let measured: Readonly<Record<string, number>> = {}
  let expected: Readonly<Record<string, number>> = {}

  beforeAll(async () => {
    const byHand = `export * from "./byHand.js"\n`
    const before = await bundle(byHand)
    const sizes = await Promise.all(
      Object.entries(entries).map(async ([name, entry]) => {
        const after = await bundle(byHand + entry)
        return [name, after.gzipped - before.gzipped] as const
      })
    )
    measured = Object.fromEntries(sizes)
    expected = committed("size", measured)
  }, 180_000)

  it("are measured for everything in size.json", () => {
    expect(Object.keys(expected)).toEqual(Object.keys(entries))
  })

  it.each(Object.keys(entries))("%s", (name) => {
    const was = expected[name] ?? 0
    const is = measured[name] ?? Number.NaN
    // Gzip varies by a few bytes.
    expect(is, "more than size.json says").toBeLessThanOrEqual(Math.max(was * 1.01, was + 40))
    expect(is, "less than size.json says: update it").toBeGreaterThanOrEqual(Math.min(was * 0.95, was - 40))
  })

  it("match the guide", () => {
    const guide = readFileSync(new URL("../../../docs/guides/versions.md", import.meta.url), "utf8")
    const said = [...guide.matchAll(/(\d+\.\d) kB/g)].map(([, kilobytes]) => kilobytes)
    const names = [...Object.keys(programs).slice(0, 2), "every export of core and retry"]
    expect(said).toEqual(names.map((name) => ((expected[name] ?? 0) / 1000).toFixed(1)))
    const limits = Object.values(promised).slice(0, 2)
    expect(guide).toContain(`${limits.map((bytes) => bytes.toLocaleString("en-US")).join(" and ")} bytes`)
  })

  it.each(Object.entries(promised))("%s: at most %i bytes", (name, bytes) => {
    expect(measured[name]).toBeLessThanOrEqual(bytes)
  })
})

describe("an operation that a program does not call", () => {
  const declaration = `
    export const archive = /* #__PURE__ */ Operation.make(() => ({
      name: "archiveGroup",
      method: "POST",
      path: "/v1/groups/{id}/archive",
      status: 200,
      safe: false,
      idempotent: true,
      toRequest: (id: string, reason: string) => ({ path: { id }, payload: { reason } }),
      request: Schema.Struct({ path: byId(), payload: Schema.Struct({ reason: Schema.NonEmptyString }) }),
      success: Schema.Struct({ archived: Schema.Boolean })
    }))
  `
  const plugins = [appending("core/src/Groups.ts", declaration)]

  it.each(Object.entries(programs))("adds nothing to %s", async (_, contents) => {
    const before = await bundle(contents, { keepsNames: true })
    const after = await bundle(contents, { plugins, keepsNames: true })
    expect(after.minified - before.minified).toBe(0)
    expect(after.text).not.toContain("archiveGroup")
  })

  it("is in the bundle if it is called", async () => {
    const calling = `import { archive } from "@effect-certifier/core/Groups"\nconsole.log(archive)`
    expect((await bundle(calling, { plugins })).text).toContain("archiveGroup")
  })
})
