import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { countsOf, lastLine, randomOf, startApi, startWorker, type Worker } from "./kill.support.js"

const seed = Number(process.env["SEED"] ?? 20_261_127)

const twice = (records: ReadonlyMap<string, number>) => [...records].filter(([, count]) => count > 1)

describe("embedded: a process that is really killed", { timeout: 240_000 }, () => {
  const inFolder = async (use: (file: string) => Promise<void>) => {
    const folder = mkdtempSync(join(tmpdir(), "certifier-jobs-kill-"))
    try {
      await use(join(folder, "jobs.db"))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }

  it.each(["find", "send", "idempotent"])(`%s: kill -9 while calls arrive and are applied (seed ${seed})`, (kind) =>
    inFolder(async (file) => {
      let current: Worker | undefined
      let kills = 0
      // Each kill is at a moment that the server sees: a call on its way, or applied and not yet responded to.
      const api = await startApi(randomOf(seed), (at, calls) => {
        if ((at === "arrived" && calls % 13 === 0) || (at === "applied" && calls % 17 === 0)) {
          if (current?.child.kill("SIGKILL") === true) kills += 1
        }
      })
      const items = 40
      let out = ""
      for (let life = 0; life < 20; life += 1) {
        current = startWorker(["sqlite", file, "", String(api.port), String(items), kind])
        const over = await current.over
        out = over.out
        if (over.code === 0) break
      }
      api.close()
      expect(kills).toBeGreaterThanOrEqual(3)
      const { done, failed, phase, unknown } = countsOf(out)
      expect({ phase, failed, items: done + unknown }).toEqual({ phase: "done", failed: 0, items })
      // Of each kill, at most what was in flight: two chunks of four.
      expect(unknown <= (kind === "send" ? 8 * kills : 0)).toBe(true)
      expect(api.records.size >= (kind === "send" ? done : items)).toBe(true)
      expect(kind === "idempotent" ? [] : twice(api.records)).toEqual([])
    })
  )

  it("refuses a second process, ends a call in flight at SIGTERM, and pauses when the token is revoked", () =>
    inFolder(async (file) => {
      let reach: (() => void) | undefined
      let release: (() => void) | undefined
      const reached = new Promise<void>((resume) => (reach = resume))
      const released = new Promise<void>((resume) => (release = resume))
      const api = await startApi(randomOf(seed), async (at, calls) => {
        if (at === "applied" || calls < 20) return
        reach?.()
        await released
      })
      const args = ["sqlite", file, "", String(api.port), "60", "send"]
      const first = startWorker(args)
      await reached
      const second = await startWorker(args).over
      expect(second.code).toBe(1)
      expect(second.out).toContain("is in use by another process")
      first.child.kill("SIGTERM")
      release?.()
      await first.over
      api.revoke(true)
      const paused = await startWorker(args).over
      expect(lastLine(paused.out)).toMatchObject({ phase: "paused", failed: 0, unknown: 0 })
      expect(lastLine(paused.out)).toMatchObject({ done: api.records.size })
      expect(twice(api.records)).toEqual([])
      api.close()
    }))
})

const psql = (...commands: ReadonlyArray<string>) =>
  execFileSync("psql", ["-h", "127.0.0.1", "-U", "postgres", "-qAt", ...commands.flatMap((c) => ["-c", c])], {
    stdio: ["ignore", "pipe", "ignore"]
  }).toString()

const hasPostgres = spawnSync("psql", ["-h", "127.0.0.1", "-U", "postgres", "-c", "select 1"]).status === 0

if (!hasPostgres && process.env["CI"] === undefined) {
  process.stderr.write("No PostgreSQL on 127.0.0.1:5432 (trust, user postgres): its tests of jobs are left out.\n")
}

describe.runIf(hasPostgres || process.env["CI"] !== undefined)("three runners over PostgreSQL", () => {
  const run = async (
    fault: (workers: Array<Worker>, start: (index: number) => Worker, database: string) => Promise<void>
  ) => {
    const database = `certifier_jobs_${process.pid}_${Math.trunc(performance.now())}`
    psql(`CREATE DATABASE ${database}`)
    let arrived: (() => void) | undefined
    const some = new Promise<void>((resume) => (arrived = resume))
    const api = await startApi(randomOf(seed), (at, calls) => {
      if (at === "arrived" && calls === 30) arrived?.()
    })
    const port = 24_600 + Math.trunc(Math.abs(process.pid % 300)) * 4
    const start = (index: number) =>
      startWorker(["pg", String(port + index), database, String(api.port), index === 0 ? "150" : "0", "find"])
    const workers = [start(0), start(1), start(2)]
    try {
      await some
      await fault(workers, start, database)
      const { out } = await (workers[0]?.over ?? Promise.reject(new Error("no worker")))
      expect(lastLine(out)).toEqual({ phase: "done", done: 150, failed: 0, unknown: 0 })
      expect(api.records.size).toBe(150)
      expect(twice(api.records)).toEqual([])
    } finally {
      for (const { child } of workers) child.kill("SIGKILL")
      api.close()
      psql(`DROP DATABASE ${database} WITH (FORCE)`)
    }
  }

  it(
    "two first starts at once, and kill -9 of two of them, one started again",
    () =>
      run(async (workers, start) => {
        workers[1]?.child.kill("SIGKILL")
        workers[2]?.child.kill("SIGKILL")
        workers.push(start(1))
      }),
    120_000
  )

  it(
    "a database that refuses connections for 5 seconds",
    () =>
      run(async (_workers, _start, database) => {
        psql(
          `ALTER DATABASE ${database} ALLOW_CONNECTIONS false`,
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database}'`
        )
        await new Promise((resume) => setTimeout(resume, 5000))
        psql(`ALTER DATABASE ${database} ALLOW_CONNECTIONS true`)
      }),
    180_000
  )
})
