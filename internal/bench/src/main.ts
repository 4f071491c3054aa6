/**
 * `npx -y pnpm bench` measures everything in twenty minutes and writes `results`; `--quick` does the same in three minutes, with
 * meaningless numbers, and writes to `.quick`; `--report` only writes the page and the charts again,
 * `--sandbox` only measures the sandbox with many credentials, `--jobs` only durable jobs (in half an hour; it needs
 * PostgreSQL and Redis, and only it measures them), and `--pairs` only compares pairs, and writes nothing.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises"
import { createRequire } from "node:module"
import { cpus, loadavg, release, type } from "node:os"
import { fileURLToPath } from "node:url"
import { contenders, sdks } from "./contenders/index.js"
import * as Growth from "./growth.js"
import * as Jobs from "./jobs.js"
import * as JobsReport from "./jobsReport.js"
import * as Overhead from "./overhead.js"
import * as Profile from "./profile.js"
import { done } from "./progress.js"
import * as Report from "./report.js"
import * as Resilience from "./resilience.js"
import * as Sandbox from "./sandbox.js"
import { launch } from "./service.js"
import * as Takeover from "./jobs/takeover.js"

interface Size {
  readonly overhead: Overhead.Size
  readonly resilience: Resilience.Size
  readonly growth: Growth.Size
  readonly sandbox: Sandbox.Size
  readonly jobs: Jobs.Size
  readonly profiled: number
}

const quick: Size = {
  overhead: {
    concurrency: [1],
    sdks: 1,
    processes: 1,
    pairProcesses: 1,
    rounds: 2,
    batch: 5,
    warmUp: { turns: 1, calls: 50 }
  },
  resilience: { calls: 30, shares: [0, 0.5, 1], limited: 100, atOnce: contenders.length },
  growth: { fibers: [1, 10, 100], groups: [10, 100], held: [100, 300], calls: 200 },
  sandbox: { credentials: [100, 1000], requests: 5 },
  jobs: {
    items: [100],
    otherItems: [20],
    warmUp: 20,
    bound: 60,
    quota: { runners: [1], limit: 20, seconds: 1 },
    takeovers: { cases: ["embedded, started again"], times: 1, items: 50 }
  },
  profiled: 300
}

const full: Size = {
  overhead: {
    concurrency: [1, 32],
    sdks: sdks.length,
    processes: 2,
    pairProcesses: 6,
    rounds: 12,
    batch: 60,
    warmUp: { turns: 24, calls: 250 }
  },
  resilience: { calls: 100, shares: [0, 0.1, 0.5, 1], limited: 1000, atOnce: 1 },
  growth: {
    fibers: [1, 10, 100, 1000, 10_000],
    groups: [10, 100, 1000, 10_000, 100_000],
    held: [1000, 10_000, 100_000],
    calls: 10_000
  },
  sandbox: { credentials: [1000, 10_000, 100_000], requests: 300 },
  jobs: {
    items: [10_000, 100_000, 1_000_000],
    otherItems: [1000, 10_000],
    warmUp: 10_000,
    bound: 60,
    quota: { runners: [1, 3], limit: 50, seconds: 60 },
    takeovers: { cases: Takeover.cases, times: 3, items: 1000 }
  },
  profiled: 20_000
}

const isQuick = process.argv.includes("--quick")
const size = isQuick ? quick : full
const target = new URL(isQuick ? "../.quick/" : "../results/", import.meta.url)

const versionOf = async (name: string): Promise<string> => {
  const paths = createRequire(import.meta.url).resolve.paths(name) ?? []
  for (const path of paths) {
    const text = await readFile(`${path}/${name}/package.json`, "utf8").catch(() => undefined)
    if (text === undefined) continue
    const { version } = JSON.parse(text)
    return String(version)
  }
  return "?"
}

const step = async <A>(name: string, run: () => Promise<A>): Promise<A> => {
  const start = performance.now()
  const result = await run()
  done(`${name}: ${((performance.now() - start) / 1000).toFixed(0)} s`)
  return result
}

const measure = async (): Promise<Report.Results> => {
  const service = await launch()
  const loadBefore = loadavg()[0] ?? Number.NaN
  const overhead = await step("overhead", () => Overhead.run(service, size.overhead))
  const pairs = await step("pairs", () => Overhead.pairs(service, size.overhead))
  const profiles = await step("profile", async () => [
    await Profile.run("ours-undici", size.profiled),
    await Profile.run("hand-undici", size.profiled)
  ])
  const growth = await step("growth", () => Growth.run(size.growth))
  const sandbox = await step("sandbox", () => Sandbox.run(size.sandbox))
  const resilience = await step("resilience", () => Resilience.run(service, size.resilience))
  await service.close()
  const names = [...new Set(["effect", ...contenders.flatMap(({ packages }) => packages)])]
  return {
    date: new Date().toISOString(),
    quick: isQuick,
    machine: {
      cpu: cpus()[0]?.model.trim() ?? "?",
      cores: cpus().length,
      node: process.version,
      system: `${type()} ${release()}`,
      load: [loadBefore, loadavg()[0] ?? Number.NaN]
    },
    versions: Object.fromEntries(await Promise.all(names.map(async (name) => [name, await versionOf(name)] as const))),
    overhead,
    pairs,
    resilience,
    growth,
    sandbox,
    profiles
  }
}

if (process.argv.includes("--pairs")) {
  console.log(Report.pairTable(await Overhead.pairs(await launch(), size.overhead)))
  process.exit()
}

const json = new URL("results.json", target)
await mkdir(target, { recursive: true })
const readResults = async (): Promise<Report.Results> => JSON.parse(await readFile(json, "utf8"))
const write = (results: Report.Results) => writeFile(json, `${JSON.stringify(results, null, 2)}\n`)
if (process.argv.includes("--sandbox")) {
  const sandbox = await step("sandbox", () => Sandbox.run(size.sandbox))
  await write({ ...(await readResults()), sandbox })
} else if (process.argv.includes("--jobs")) {
  const jobs = await step("jobs", () => Jobs.run(size.jobs))
  console.log(JobsReport.markdown(jobs))
  if (isQuick) process.exit()
  await write({ ...(await readResults()), jobs })
} else if (!process.argv.includes("--report")) {
  const { jobs } = isQuick ? { jobs: undefined } : await readResults()
  await write({ ...(await measure()), ...(jobs === undefined ? {} : { jobs }) })
}
// What is written below comes out of the file, so that nothing is in the page that is not in it.
const results = await readResults()
await writeFile(new URL("README.md", target), Report.markdown(results))
for (const [name, content] of Object.entries(Report.charts(results))) await writeFile(new URL(name, target), content)
if (!isQuick) {
  const guide = new URL("../../../docs/guides/comparison.md", import.meta.url)
  const marks = /(?<=<!-- measured -->\n).*(?=<!-- \/measured -->)/s
  const text = await readFile(guide, "utf8")
  await writeFile(
    guide,
    text.replace(marks, () => `\n${Report.summary(results)}\n\n`)
  )
}
console.log(`The results are in ${fileURLToPath(target)}`)
// Peers that can't be interrupted may still be waiting.
process.exit()
