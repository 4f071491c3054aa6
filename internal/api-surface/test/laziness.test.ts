import { readdirSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { bundle } from "./support/bundle.js"

/** External, so that the remaining code of this repository is easy to identify. */
const external = ["effect", "@effect/platform", "ioredis", "structured-headers"]

const left = (contents: string) => bundle(contents, { external })

const barrelOf = (name: string) =>
  readdirSync(new URL(`../../../packages/${name}/src`, import.meta.url))
    .flatMap((file) => /^([A-Z]\w*)\.ts$/.exec(file)?.[1] ?? [])
    .filter((module) => module !== "RedisRateLimiter")
    .map((module) => [name, module] as const)

describe("bundlers drop unused code", () => {
  it.each(["core", "retry", "retry/RedisRateLimiter"])("all of %s, when only imported", async (name) => {
    expect((await left(`import "@effect-certifier/${name}"`)).text.trim()).toBe("")
  })

  it("the client, when only the schema of a group is used", async () => {
    const { files, imports } = await left(`export { Group } from "@effect-certifier/core"`)
    expect(files).toEqual([
      "core/src/Design.ts",
      "core/src/Group.ts",
      "core/src/internal/define.ts",
      "core/src/internal/schema/fields.ts"
    ])
    expect(imports.filter((path) => path.startsWith("@effect/platform"))).toEqual([])
  })

  it("the retry package, when only core is used", async () => {
    const { files, imports } = await left(`export * from "@effect-certifier/core"`)
    expect(files.filter((file) => !file.startsWith("core/"))).toEqual([])
    expect(imports).toContain("@effect/platform/HttpClient")
    expect(imports).not.toContain("structured-headers")
  })

  it("rate limits and their parser, when only policies are used", async () => {
    const { files, imports } = await left(`export { RetryPolicy } from "@effect-certifier/retry"`)
    expect(files.filter((file) => /rateLimit/i.test(file))).toEqual([])
    expect(imports).not.toContain("structured-headers")
  })

  it("Redis, unless its module is imported by its own path", async () => {
    const ofRedis = (imports: ReadonlyArray<string>) => imports.filter((path) => /ioredis/.test(path))
    const barrel = await left(`export * from "@effect-certifier/retry"`)
    expect(ofRedis(barrel.imports)).toEqual([])
    expect(barrel.files).not.toContain("retry/src/RedisRateLimiter.ts")
    const module = await left(`export * from "@effect-certifier/retry/RedisRateLimiter"`)
    expect(ofRedis(module.imports)).toEqual(["ioredis"])
  })

  it.each([...barrelOf("core"), ...barrelOf("retry")])(
    "the rest of %s's barrel, when %s is taken out of it",
    async (name, module) => {
      const barrel = await left(`export { ${module} } from "@effect-certifier/${name}"`)
      const direct = await left(`export * as ${module} from "@effect-certifier/${name}/${module}"`)
      expect(barrel.files).toEqual(direct.files)
      // Minified names differ.
      expect(Math.abs(barrel.minified - direct.minified)).toBeLessThan(10)
    }
  )

  it("calls that are not made, of a module that is imported by its own path", async () => {
    const { files, text } = await left(`export { updateGroup } from "@effect-certifier/core/CertifierClient"`)
    for (const file of ["pages", "updateMany", "concurrencyCheck", "groupDiff"]) {
      expect(files).not.toContain(`core/src/internal/${file}.ts`)
    }
    for (const name of ["CERTIFIER_TIMEOUT", "modifyGroup", "createGroup", "getGroup"]) expect(text).not.toContain(name)
  })
})
