import { execFile, execFileSync } from "node:child_process"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { beforeAll, describe, expect, it } from "vitest"
import { editor, type Editor } from "./support/language.js"
import { committed } from "./support/numbers.js"

const root = fileURLToPath(new URL("../../..", import.meta.url))

const preamble = `
import { CertifierClient, CertifierError, Group, Groups, Operation, UpdateStatus } from "@effect-certifier/core"
import { RateLimiter, RetryBudget, RetryDecision, RetryPolicy } from "@effect-certifier/retry"
import { Effect } from "effect"
declare const client: CertifierClient.Service
declare const error: CertifierError.CertifierError
declare const patch: Group.PatchInput
const call = CertifierClient.updateGroup("id", patch)
const rest = call.pipe(Effect.catchTag("CertifierNotFound", () => Effect.void))
const retried = call.pipe(Effect.retry(RetryPolicy.rateLimited()))
const CertifierLive = CertifierClient.layerConfig()
`

const hovers = [
  `CertifierClient.updateGroup("id", patch)`,
  `Groups.update("id", patch)`,
  `Groups.get("id")`,
  "Groups.listPage()",
  "Groups.list()",
  `Groups.create({ name: "Financial Markets" })`,
  `Groups.delete("id")`,
  `client.call(Groups.update, "id", patch)`,
  "call",
  "retried",
  "rest",
  "error",
  "error.message",
  "patch",
  "patch.name",
  "Groups.modify",
  "Groups.updateMany",
  "Groups.verifyUpdate",
  "Groups.withConcurrencyCheck",
  "Groups.diff",
  "Groups.progress",
  "UpdateStatus.compare",
  "Operation.make",
  "Operation.handle",
  "CertifierClient.make",
  "CertifierClient.layer",
  "CertifierClient.layerConfig",
  "CertifierClient.layerMock",
  "CertifierLive",
  "CertifierError.isRetryable",
  "RetryPolicy.rateLimited",
  "RetryPolicy.transient",
  "RetryPolicy.retry",
  "RetryPolicy.toClientTransform",
  "RetryPolicy.withPolicy",
  "RetryDecision.decide",
  "RetryBudget.unsafeMake",
  "RateLimiter.layer",
  "RateLimiter.clientLayer"
]

const block = (language: string, text: string) => `\`\`\`${language}\n${text}\n\`\`\``

const page = (title: string, sections: ReadonlyArray<string>) =>
  [`# ${title}`, "Written by `npx -y pnpm surface`; CI compares it.", ...sections].join("\n\n") + "\n"

/** A time limit for the compiler on a busy machine, in milliseconds; the first test waits for it. */
const patience = 180_000

let shown: Editor

beforeAll(() => {
  // Builds the declarations, which are tested instead of the sources. This is fast if they are up to date.
  const tsc = fileURLToPath(new URL("../../../node_modules/typescript/bin/tsc", import.meta.url))
  execFileSync(process.execPath, [tsc, "-b", "packages/retry/tsconfig.src.json"], { cwd: root, timeout: patience })
  shown = editor(preamble, hovers)
}, patience)

describe("what an editor shows", { timeout: patience }, () => {
  it("is recorded", async () => {
    const sections = hovers.map((expression) => `## ${expression}\n\n${block("text", shown.hover(expression))}`)
    await expect(page("Hover texts", sections)).toMatchFileSnapshot("../hovers.md")
  })

  // Handling some tags leaves a union of the remaining errors, which has no name.
  it.each(hovers.filter((expression) => expression !== "rest"))("%s: no type is truncated or unknown", (expression) => {
    expect(shown.hover(expression)).not.toMatch(/\.\.\. \d+ more \.\.\.|\bany\b|import\(|args_0/)
  })
})

describe("a wrong call", { timeout: patience }, () => {
  it("does not compile, and the message names the problem", () => {
    const verdicts = shown.verdicts("wrong.ts")
    expect(verdicts.length).toBeGreaterThan(20)
    const unnamed = verdicts.filter(
      ({ comment, messages }) => !messages.join("\n").includes(comment.split(": ")[0] ?? "")
    )
    expect(unnamed).toEqual([])
  })

  it("has the recorded message", async () => {
    const sections = shown.verdicts("wrong.ts").map(({ comment, messages, statement }) => {
      const title = comment.slice(comment.indexOf(": ") + 2)
      return `## ${title}\n\n${block("ts", statement)}\n\n${block("text", messages.join("\n\n"))}`
    })
    await expect(page("Compiler messages for wrong calls", sections)).toMatchFileSnapshot("../errors.md")
  })
})

describe("the compiler's work on a user's module", { timeout: patience }, () => {
  it("is within its budget", async () => {
    const tsc = createRequire(import.meta.url).resolve("typescript/lib/tsc.js")
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [tsc, "-p", "internal/api-surface/fixtures", "--extendedDiagnostics"],
      { cwd: root, timeout: patience }
    )
    const count = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)$`, "m").exec(stdout)?.[1])
    const measured = { instantiations: count("Instantiations"), types: count("Types") }
    const budget = committed("types", measured)
    const apart = Object.entries(measured)
      .map(([name, value]) => ({ name, value, writtenDown: budget[name] ?? 0 }))
      .filter(({ value, writtenDown }) => value > writtenDown * 1.02 || value < writtenDown * 0.9)
    expect(apart).toEqual([])
  })
})
