import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { fileURLToPath } from "node:url"

it.effect("the README lists each program, and no other", () =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = (relative: string) => fileURLToPath(new URL(`../${relative}`, import.meta.url))
    const readme = yield* fs.readFileString(path("README.md"))
    const programs = (yield* fs.readDirectory(path("src"))).filter((file) => file.endsWith(".ts"))
    deepStrictEqual(
      [...readme.matchAll(/^\| \[`(.+)`\]\(src\/\1\.ts\)/gm)].map(([, name]) => `${name}.ts`).toSorted(),
      programs.toSorted()
    )
  }).pipe(Effect.provide(NodeContext.layer))
)
