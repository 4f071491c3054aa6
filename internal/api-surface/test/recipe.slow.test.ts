import { execFile } from "node:child_process"
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const root = fileURLToPath(new URL("../../..", import.meta.url))
const run = promisify(execFile)

/** The time limit for a compiler on a busy machine. */
const patience = 300_000

interface Block {
  readonly file: string
  /** The text after which the code is inserted; without it, at the end of the file. */
  readonly after: string | undefined
  readonly code: string
}

/** The code blocks of the guide that name a file. */
const blocks: ReadonlyArray<Block> = [
  ...readFileSync(join(root, ".github/CONTRIBUTING.md"), "utf8").matchAll(
    /^ *```ts file="([^"]+)" (?:at="end"|after="([^"]+)")\n([^]*?)^ *```$/gm
  )
].map(([, file = "", after, code = ""]) => ({ file, after, code }))

const apply = (copy: string, { after, code, file }: Block): void => {
  const path = join(copy, file)
  if (after === undefined) return appendFileSync(path, code)
  const before = readFileSync(path, "utf8")
  expect(before.split(after), `${file} has one ${after}`).toHaveLength(2)
  writeFileSync(
    path,
    before.replace(after, () => `${after}\n${code}`)
  )
}

/** A program that calls the sandbox, in process. */
const program = `
  import { CertifierClient, Groups } from "@effect-certifier/core"
  import { Fixture, Sandbox } from "@effect-certifier/sandbox"
  import { Effect, Layer, Redacted } from "effect"

  const CertifierTest = CertifierClient.layer({ accessToken: Redacted.make("any") }).pipe(
    Layer.provide(Sandbox.layerInProcess())
  )
  const copy = await Groups.copy(Fixture.group().id).pipe(Effect.provide(CertifierTest), Effect.runPromise)
  console.log(copy.name)
`

describe("the recipe for an endpoint", { timeout: patience }, () => {
  const copy = mkdtempSync(join(tmpdir(), "recipe-"))
  const bin = (name: string) => join(root, "node_modules/.bin", name)

  beforeAll(async () => {
    const { stdout } = await run("git", ["ls-files", "packages/core", "packages/sandbox", "tsconfig.base.json"], {
      cwd: root
    })
    for (const file of stdout.trim().split("\n")) {
      mkdirSync(dirname(join(copy, file)), { recursive: true })
      cpSync(join(root, file), join(copy, file))
    }
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"))
    // Links are copied as links, so that a package of this workspace resolves to the copy.
    for (const name of ["core", "sandbox"]) {
      cpSync(join(root, "packages", name, "node_modules"), join(copy, "packages", name, "node_modules"), {
        recursive: true,
        verbatimSymlinks: true
      })
    }
    for (const block of blocks) apply(copy, block)
  }, patience)

  afterAll(() => rmSync(copy, { recursive: true, force: true }))

  it("has a declaration, its name in the list, a handler and a row of the test", () => {
    expect(blocks.map(({ file }) => file)).toEqual([
      "packages/core/src/Groups.ts",
      "packages/core/src/CertifierApi.ts",
      "packages/sandbox/src/internal/handlers/groups.ts",
      "packages/core/test/operations.test.ts"
    ])
  })

  it("compiles", async () => {
    await run(bin("tsc"), ["-b", "packages/core", "packages/sandbox"], { cwd: copy, timeout: patience })
  })

  it("adds an operation that the sandbox serves", async () => {
    const path = join(copy, "packages/sandbox/program.mts")
    writeFileSync(path, program)
    const { stdout } = await run(bin("tsx"), [path], { cwd: copy, timeout: patience })
    expect(stdout.trim()).toBe("Copy of Financial Markets")
  })

  it("adds tests of the operation, which pass", async () => {
    const { stdout } = await run(
      bin("vitest"),
      ["run", "--root", "packages/core", "operations.test", "-t", "copyGroup", "--coverage.enabled=false"],
      { cwd: copy, timeout: patience, env: { ...process.env, NO_COLOR: "1" } }
    )
    expect(stdout).toMatch(/Tests +1[0-9] passed/)
  })
})
