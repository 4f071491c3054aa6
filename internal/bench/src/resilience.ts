/** The effects on calls and on the service when the service rejects, limits, fails or hangs. Each cell is a number. */
import { Fault } from "@effect-certifier/sandbox"
import * as Schema from "effect/Schema"
import { setTimeout as sleep } from "node:timers/promises"
import { inspect } from "node:util"
import { type Contender, contenders, type Session, type Settings } from "./contenders/index.js"
import * as Work from "./group.js"
import { progress } from "./progress.js"
import { forms } from "./retryAfterForms.js"
import type { Report, Running, Script, Service } from "./service.js"
import { median } from "./stats.js"

export interface Size {
  /** Calls for each share of failures. */
  readonly calls: number
  readonly shares: ReadonlyArray<number>
  /** Calls against 50 a second. */
  readonly limited: number
  /** The number of concurrent contenders in measurements of milliseconds. */
  readonly atOnce: number
}

const perSecond = 50
const concurrency = 32

export interface Failing {
  readonly share: number
  readonly requestsPerCall: number
  /** The success rate. */
  readonly succeeded: number
}

export interface CoolDown {
  /** Requests before the end of the wait that the 429 requested. */
  readonly during: number
  /** Requests in the first 50 ms after it. */
  readonly justAfter: number
  readonly failed: number
}

export interface Limited {
  readonly refused: number
  readonly failed: number
  /** Relative to the ideal duration. */
  readonly timeRatio: number
}

export interface RetryAfter {
  readonly form: string
  readonly asked: number | undefined
  /** Milliseconds from the 429 to the next request; undefined if there was none within the limit. */
  readonly waited: number | undefined
  /** Milliseconds after the requested time; negative if the request was too early. */
  readonly late: number | undefined
}

export interface Ending {
  readonly outcome: "succeeded" | "failed" | "hung"
  /** Milliseconds. */
  readonly after: number
  readonly error: string | undefined
}

export interface Row {
  readonly id: string
  readonly failing: ReadonlyArray<Failing>
  readonly coolDown: CoolDown
  readonly limited: Limited
  readonly retryAfter: ReadonlyArray<RetryAfter>
  /** Milliseconds; undefined if there was no back-off to interrupt. */
  readonly interruption: number | undefined
  readonly bodies: { readonly stalled: Ending; readonly dripping: Ending; readonly cut: Ending }
  /** PATCH requests of one call whose first connection breaks after the update was applied. */
  readonly brokenOnce: number
  /** The same if every connection breaks. */
  readonly brokenAlways: number
  /** The renderings of failures that contain the token. */
  readonly leaks: ReadonlyArray<string>
}

/** Opens a contender on its own server, and always closes both. */
const on = async <A>(
  service: Service,
  contender: Contender,
  script: Script,
  settings: Omit<Settings, "baseUrl" | "stub">,
  use: (session: Session, server: Running) => Promise<A>
): Promise<{ readonly result: A; readonly report: Report }> => {
  const server = await service.start(script)
  const session = contender.open({ baseUrl: server.url, stub: false, ...settings })
  try {
    const result = await use(session, server)
    return { result, report: await server.stop() }
  } finally {
    await session.close()
    await server.stop()
  }
}

/** Waits for a promise to settle, for at most `limit` milliseconds. */
const ending = async (promise: Promise<unknown>, limit: number): Promise<Ending> => {
  const start = performance.now()
  const controller = new AbortController()
  const settled = promise.then(
    () => ({ outcome: "succeeded" as const, error: undefined }),
    (error: unknown) => ({ outcome: "failed" as const, error: error instanceof Error ? error.name : String(error) })
  )
  const late = sleep(limit, { outcome: "hung" as const, error: undefined }, { signal: controller.signal }).catch(
    () => ({
      outcome: "hung" as const,
      error: undefined
    })
  )
  const end = await Promise.race([settled, late])
  controller.abort()
  return { ...end, after: performance.now() - start }
}

/** Runs all calls with a concurrency, and returns how many failed. Calls that take longer than two minutes are abandoned. */
const settle = async (session: Session, calls: number, atOnce: number): Promise<number> => {
  let left = calls
  let failed = 0
  const worker = async () => {
    while (left-- > 0) {
      const { outcome } = await ending(session.call(AbortSignal.timeout(120_000)), 125_000)
      if (outcome !== "succeeded") failed++
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return failed
}

export const failing = async (
  service: Service,
  contender: Contender,
  share: number,
  calls: number
): Promise<Failing> => {
  const { report, result } = await on(
    service,
    contender,
    { kind: "failing", share, seed: 20_221_026 },
    { retries: true },
    (session) => settle(session, calls, calls)
  )
  return { share, requestsPerCall: report.arrivals.length / calls, succeeded: (calls - result) / calls }
}

/** Updates, without the reads of the concurrency check. */
const patches = ({ arrivals }: Report): number => arrivals.filter(({ method }) => method === "PATCH").length

export const coolDown = async (service: Service, contender: Contender): Promise<CoolDown> => {
  const { report, result } = await on(
    service,
    contender,
    { kind: "coolDown", seconds: 1 },
    { retries: true },
    async (session, server) => {
      const first = settle(session, 1, 1)
      await server.answered
      // The response uses another socket than this message.
      await sleep(50)
      const others = await settle(session, concurrency - 1, concurrency - 1)
      return others + (await first)
    }
  )
  const { arrivals, due = 0 } = report
  return {
    // The first request is the one that got the 429.
    during: arrivals.slice(1).filter(({ at }) => at < due).length,
    justAfter: arrivals.filter(({ at }) => at >= due && at < due + 50).length,
    failed: result
  }
}

export const limited = async (service: Service, contender: Contender, calls: number): Promise<Limited> => {
  const { report, result } = await on(
    service,
    contender,
    { kind: "limit", perSecond },
    { retries: true, perSecond },
    async (session) => {
      const start = performance.now()
      const failed = await settle(session, calls, concurrency)
      return { failed, took: performance.now() - start }
    }
  )
  // The calls of the last window can be sent together as soon as it opens; a round trip on loopback takes about a millisecond.
  const ideal = (Math.ceil(calls / perSecond) - 1) * 1000 + 1
  return {
    refused: report.arrivals.filter(({ status }) => status === 429).length,
    failed: result.failed,
    timeRatio: result.took / ideal
  }
}

/** Longer than any requested wait, except those of a day and more. */
const patience = 6000

export const retryAfter = async (service: Service, contender: Contender, form: string): Promise<RetryAfter> => {
  const controller = new AbortController()
  const { report } = await on(service, contender, { kind: "retryAfter", form }, { retries: true }, async (session) => {
    await ending(session.call(controller.signal), patience)
    controller.abort()
  })
  const [first, second] = report.arrivals
  const asked = report.due === undefined || first === undefined ? undefined : report.due - first.at
  const waited = first === undefined || second === undefined ? undefined : second.at - first.at
  return { form, asked, waited, late: asked === undefined || waited === undefined ? undefined : waited - asked }
}

/** Milliseconds after the requested time, if any; negative if the request was too early. */
export const lateness = (waits: ReadonlyArray<RetryAfter>): ReadonlyArray<number> =>
  waits.flatMap(({ asked, late }) => (asked !== undefined && asked > 0 && late !== undefined ? [late] : []))

/** Requests before the requested time; a date may be rounded by a millisecond. */
export const early = (waits: ReadonlyArray<RetryAfter>): number => lateness(waits).filter((late) => late < -1).length

export const interruption = async (service: Service, contender: Contender): Promise<number | undefined> => {
  const { result } = await on(
    service,
    contender,
    { kind: "status", status: 503, headers: { "retry-after": "3" }, body: "" },
    { retries: true },
    async (session, server) => {
      const times: Array<number> = []
      // A single call would measure code that the engine runs for the first time.
      for (let turn = 0; turn < 9; turn++) {
        const controller = new AbortController()
        let settled = false
        const call = ending(session.call(controller.signal), 10_000).finally(() => {
          settled = true
        })
        await server.answered
        await sleep(100)
        if (settled) return undefined
        const start = performance.now()
        controller.abort()
        await call
        times.push(performance.now() - start)
      }
      return median(times)
    }
  )
  return result
}

const applied = (fault: Fault.Fault, times = 1000): Script => ({
  kind: "fault",
  fault: Schema.encodeSync(Fault.Fault)(Fault.applied(fault)),
  times
})

const body = async (service: Service, contender: Contender, fault: Fault.Fault): Promise<Ending> => {
  const { result } = await on(service, contender, applied(fault), { retries: false, timeout: 500 }, (session) =>
    ending(session.call(), patience)
  )
  return result
}

export const broken = async (service: Service, contender: Contender, times: number): Promise<number> => {
  const { report } = await on(service, contender, applied(Fault.reset(), times), { retries: true }, (session) =>
    ending(session.call(), 30_000)
  )
  return patches(report)
}

const renderings: Readonly<Record<string, (error: unknown) => string>> = {
  message: (error) => (error instanceof Error ? error.message : ""),
  stack: (error) => (error instanceof Error ? String(error.stack) : ""),
  "JSON.stringify": (error) => {
    try {
      return JSON.stringify(error) ?? ""
    } catch {
      // A value that can't be rendered, such as a circular one, shows nothing.
      return ""
    }
  },
  "util.inspect": (error) => inspect(error, { depth: 10 }),
  String
}

const refused: Script = {
  kind: "status",
  status: 401,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ error: { code: "unauthorized", message: "Unauthorized" } })
}

const failures: Readonly<Record<string, Script>> = {
  "401": refused,
  "401 that echoes the token": {
    ...refused,
    body: JSON.stringify({ error: { code: "unauthorized", message: `${Work.token} is not a token` } })
  },
  "broken connection": applied(Fault.reset()),
  "cut body": applied(Fault.close()),
  "time-out": applied(Fault.stall())
}

export const leaks = async (service: Service, contender: Contender): Promise<ReadonlyArray<string>> => {
  const found: Array<string> = []
  for (const [failure, script] of Object.entries(failures)) {
    const { result } = await on(service, contender, script, { retries: false, timeout: 500 }, (session) =>
      Promise.race([
        session.call().then(
          () => undefined,
          (error: unknown) => error
        ),
        sleep(patience, undefined, { ref: false })
      ])
    )
    for (const [name, render] of Object.entries(renderings)) {
      if (render(result).includes(Work.token)) found.push(`${failure}: ${name}`)
    }
  }
  return found
}

const inTurn = async <A, B>(
  items: ReadonlyArray<A>,
  f: (item: A) => Promise<B>,
  atOnce = 1
): Promise<ReadonlyArray<B>> => {
  const results: Array<B> = []
  for (let start = 0; start < items.length; start += atOnce) {
    results.push(...(await Promise.all(items.slice(start, start + atOnce).map(f))))
  }
  return results
}

/**
 * Measurements that mostly wait run for all contenders at the same time, each against its own server. Measurements of milliseconds
 * follow in turn.
 */
export const run = async (service: Service, size: Size): Promise<ReadonlyArray<Row>> => {
  const taking = contenders.filter(({ measured }) => measured.resilience)
  const now = (what: string, { id }: Contender) =>
    progress(`resilience: ${what}, ${id}, ${taking.findIndex((one) => one.id === id) + 1} of ${taking.length}`)
  const together = <A>(f: (contender: Contender) => Promise<A>) => Promise.all(taking.map(f))
  progress("resilience: requests for each call")
  const counted = await together(async (contender) => {
    const [shares, brokenOnce, brokenAlways] = await Promise.all([
      Promise.all(size.shares.map((share) => failing(service, contender, share, size.calls))),
      broken(service, contender, 1),
      broken(service, contender, 1000)
    ])
    return { id: contender.id, failing: shares, brokenOnce, brokenAlways }
  })
  progress("resilience: forms of Retry-After")
  const waited = await together((contender) =>
    inTurn(forms, ({ name }) => retryAfter(service, contender, name), forms.length)
  )
  const kept = await inTurn(
    taking,
    (contender) => {
      now("50 a second", contender)
      return limited(service, contender, size.limited)
    },
    size.atOnce * 4
  )
  const timed = await inTurn(
    taking,
    async (contender) => {
      now("cool-down, interruption, bodies, token", contender)
      return {
        coolDown: await coolDown(service, contender),
        interruption: await interruption(service, contender),
        bodies: {
          stalled: await body(service, contender, Fault.stall("Body")),
          dripping: await body(service, contender, Fault.slowBody()),
          cut: await body(service, contender, Fault.close())
        },
        leaks: await leaks(service, contender)
      }
    },
    size.atOnce
  )
  const rows: Array<Row> = []
  for (const [index, counts] of counted.entries()) {
    const [retryAfter, limited, others] = [waited[index], kept[index], timed[index]]
    if (retryAfter !== undefined && limited !== undefined && others !== undefined) {
      rows.push({ ...counts, retryAfter, limited, ...others })
    }
  }
  return rows
}
