import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, beforeAll, describe, inject, it } from "vitest"
import { run } from "./support/run.js"

const root = fileURLToPath(new URL("../../..", import.meta.url))

/** Of what is committed, as the script is. */
describe("a dry run of a release", () => {
  const folder = join(inject("folder"), "release")
  const git = (...args: ReadonlyArray<string>) => run("git", args, { cwd: folder })
  const dryRun = () => run(process.execPath, ["scripts/release.mjs", "--dry-run"], { cwd: folder, timeout: 280_000 })

  /** All that a run could leave behind. */
  const state = async () => {
    const [status, tags, head] = await Promise.all([
      git("status", "--porcelain", "--ignored"),
      git("tag"),
      git("log", "-1")
    ])
    return [status.stdout, tags.stdout, head.stdout]
  }

  beforeAll(async () => {
    await run("git", ["clone", "--quiet", "--shared", "--no-tags", root, folder], { cwd: inject("folder") })
  })

  it("says what would be published and tagged, and writes nothing", { timeout: 300_000 }, async () => {
    const before = await state()
    const { stdout } = await dryRun()
    for (const name of ["core", "retry", "sandbox"]) {
      const id = new RegExp(`^== (@effect-certifier/${name}@\\d+\\.\\d+\\.\\d+)\\n### `, "m").exec(stdout)?.[1]
      assert.isDefined(id, `no changelog of ${name} in\n${stdout}`)
      assert.include(stdout, `\n+ ${id}\n`, "npm would publish it")
      assert.include(stdout, `== Would be tagged: ${id}\n`)
    }
    assert.match(stdout, /^CHANGELOG\.md$/m)
    assert.deepStrictEqual(await state(), before)
  })

  it("refuses what is not committed", async () => {
    await writeFile(join(folder, "packages", "core", "src", "Left.ts"), "export {}\n")
    const failure = await dryRun().then(
      () => "no failure",
      (error: unknown) => String(error)
    )
    assert.include(failure, "Commit or remove these first:\n?? packages/core/src/Left.ts")
  })
})
