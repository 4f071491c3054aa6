import { readdirSync } from "node:fs"
import { readFile, symlink } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, inject, it } from "vitest"
import { run } from "./support/run.js"

const root = fileURLToPath(new URL("../../..", import.meta.url))

it("the committed changesets become versions and changelogs", async () => {
  const folder = join(inject("folder"), "release")
  await run("git", ["clone", "--quiet", "--shared", "--no-tags", root, folder], { cwd: inject("folder") })
  await symlink(join(root, "node_modules"), join(folder, "node_modules"), "junction")
  await run(process.execPath, ["node_modules/@changesets/cli/bin.js", "version"], { cwd: folder })
  const pending = readdirSync(join(folder, ".changeset")).filter((file) => file.endsWith(".md") && file !== "README.md")
  assert.deepStrictEqual(pending, [])
  for (const name of readdirSync(join(folder, "packages"))) {
    const read = (file: string) => readFile(join(folder, "packages", name, file), "utf8")
    const { version } = JSON.parse(await read("package.json"))
    assert.notStrictEqual(version, "0.0.0", name)
    assert.include(await read("CHANGELOG.md"), `\n## ${version}\n\n### `)
  }
})
