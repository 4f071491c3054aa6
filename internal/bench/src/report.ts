/** Renders the results as a page, only from the JSON. */
import * as Charts from "./charts.js"
import { type Contender, contenders, sdks } from "./contenders/index.js"
import type * as Growth from "./growth.js"
import type { SandboxScale } from "./sandbox.js"
import type * as Overhead from "./overhead.js"
import type * as Profile from "./profile.js"
import * as Resilience from "./resilience.js"
import type { Jobs } from "./jobs.js"
import * as JobsReport from "./jobsReport.js"
import { median, type Spread } from "./stats.js"
import { none, table, verdict } from "./table.js"

export interface Results {
  readonly date: string
  readonly quick: boolean
  readonly machine: {
    readonly cpu: string
    readonly cores: number
    readonly node: string
    readonly system: string
    /** The load average of one minute at the start and at the end. */
    readonly load: ReadonlyArray<number>
  }
  readonly versions: Readonly<Record<string, string>>
  readonly overhead: ReadonlyArray<Overhead.Scenario>
  readonly pairs: ReadonlyArray<Overhead.Pair>
  readonly resilience: ReadonlyArray<Resilience.Row>
  readonly growth: Growth.Growth
  readonly sandbox: SandboxScale
  readonly profiles: ReadonlyArray<Profile.Profile>
  /** Measured by `--jobs` only. */
  readonly jobs?: Jobs
}

const of = (id: string): Contender => {
  const found = contenders.find((contender) => contender.id === id)
  if (found === undefined) throw new Error(`no such contender: ${id}`)
  return found
}

const digits = (value: number): string => value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2)

const micros = ({ mad, median }: Spread): string => `${digits(median)} ± ${digits(mad)}`

const times = ({ mad, median }: Spread): string => `${median.toFixed(2)} ± ${mad.toFixed(2)}`

const millis = (value: number): string =>
  value >= 10_000 ? `${(value / 1000).toFixed(1)} s` : `${value >= 10 ? Math.round(value) : value.toFixed(1)} ms`

const percent = (share: number): string => `${Math.round(share * 100)} %`

const plainName = (id: string): string => of(id).name.replace(/[*`]/g, "")

const titleOf = ({ concurrency, transport }: Overhead.Scenario): string =>
  `${transport === "stub" ? "Responses from memory" : "Over loopback"}, ${concurrency === 1 ? "one call after the other" : `${concurrency} at a time`}`

const overheadTable = (scenario: Overhead.Scenario): string =>
  table(
    ["", "transport", "time per call, µs", "CPU per call, µs", "CPU × hand-written", "time × hand-written"],
    scenario.rows
      .toSorted((a, b) => a.cpu.median - b.cpu.median)
      .map(({ cpu, cpuRatio, id, time, timeRatio }) => [
        of(id).name,
        scenario.transport === "stub" ? "memory" : of(id).transport,
        micros(time),
        micros(cpu),
        times(cpuRatio),
        timeRatio.median.toFixed(2)
      ])
  )

export const pairTable = (pairs: ReadonlyArray<Overhead.Pair>): string =>
  table(
    ["", "compared with", "responses", "concurrency", "time ×", "CPU ×", "additional CPU per call, µs"],
    pairs.map(({ concurrency, cpu, id, than, time, transport }) => [
      of(id).name,
      of(than).name,
      transport === "stub" ? "memory" : transport,
      String(concurrency),
      times(time.ratio),
      times(cpu.ratio),
      micros(cpu.more)
    ])
  )

const find = (scenarios: ReadonlyArray<Overhead.Scenario>, transport: string, concurrency: number, id: string) =>
  scenarios
    .find((one) => one.transport === transport && one.concurrency === concurrency)
    ?.rows.find((row) => row.id === id)

const unknown: Spread = { median: NaN, mad: NaN }

/** Whether a limit is met; undecided if it is within the distance of the measured value. */
const atMost = ({ mad, median }: Spread, limit: number): string =>
  Math.abs(median - limit) <= mad ? "undecided" : verdict(median <= limit)

/** The goals, and whether they are met. */
const wanted = ({ growth, pairs }: Results): string => {
  const beside = (than: string) => pairs.find((one) => one.than === than)?.cpu
  const client = beside("hand-undici")?.ratio ?? unknown
  const policies = beside("ours-undici")?.ratio ?? unknown
  /** The SDK that comes closest. */
  const closest = (concurrency: number) =>
    pairs
      .filter((one) => one.transport === "loopback" && one.concurrency === concurrency)
      .toSorted((one, other) => other.time.ratio.median - one.time.ratio.median)[0]
  const [first, last] = [growth.held[0], growth.held.at(-1)]
  const grown = ((last?.bytes ?? NaN) - (first?.bytes ?? NaN)) / 1024
  return table(
    ["goal", "measured", "met"],
    [
      [
        "CPU of a call at most 1.05 times that of the hand-written pipeline, responses from memory",
        times(client),
        atMost(client, 1.05)
      ],
      [
        "CPU of a call with retry and rate limit at most 1.05 times that of a call without, responses from memory",
        times(policies),
        atMost(policies, 1.05)
      ],
      ...[1, 32].map((concurrency) => {
        const sdk = closest(concurrency)
        const ratio = sdk?.time.ratio ?? unknown
        return [
          `faster on undici than every peer's SDK over loopback, ${concurrency} at a time`,
          sdk === undefined ? none : `${times(ratio)} times ${plainName(sdk.than)}`,
          atMost(ratio, 1)
        ]
      }),
      [
        `no more memory after ${last?.calls.toLocaleString("en")} calls than after ${first?.calls.toLocaleString("en")}`,
        `${grown > 0 ? "+" : ""}${Math.round(grown)} kB`,
        verdict(grown < 512)
      ]
    ]
  )
}

/** The delays of the forms whose wait is kept; retries that ignore a wait of a day or more would distort the median. */
const kept = (row: Resilience.Row): ReadonlyArray<number> =>
  Resilience.lateness(row.retryAfter).filter((late) => late > -60_000)

const ending = ({ after, error, outcome }: Resilience.Ending): string =>
  outcome === "hung"
    ? `still open after ${millis(after)}`
    : `${outcome === "succeeded" ? "success" : (error ?? "failure")} after ${millis(after)}`

interface Column {
  readonly name: string
  /** Less is better; undefined if there is nothing to compare. */
  readonly value: (row: Resilience.Row) => number | undefined
  readonly text: (row: Resilience.Row) => string
}

const shareColumns = (rows: ReadonlyArray<Resilience.Row>): ReadonlyArray<Column> =>
  (rows[0]?.failing ?? []).map(({ share }, index) => ({
    name: share === 1 ? "requests per call, 100 % fail" : `success rate, ${percent(share)} fail`,
    // If some requests succeed, the number of successful calls is compared, otherwise the number of useless requests.
    value: ({ failing }) => {
      const cell = failing[index]
      return cell && (share === 1 ? cell.requestsPerCall : 1 - cell.succeeded)
    },
    text: ({ failing }) => {
      const cell = failing[index]
      return cell === undefined ? none : `${cell.requestsPerCall.toFixed(2)} (${percent(cell.succeeded)})`
    }
  }))

const retrying = ({ id }: Resilience.Row): boolean => of(id).retries !== "has none"

const columns: ReadonlyArray<Column> = [
  {
    name: "hits during the cool-down",
    value: ({ coolDown }) => coolDown.during,
    text: ({ coolDown }) => String(coolDown.during)
  },
  {
    name: "in the 50 ms after it",
    value: ({ coolDown }) => coolDown.justAfter,
    text: ({ coolDown }) => String(coolDown.justAfter)
  },
  {
    name: "429s with a limit of 50 a second",
    value: ({ limited }) => limited.refused,
    text: ({ limited }) => String(limited.refused)
  },
  {
    name: "failed calls",
    value: ({ limited }) => limited.failed,
    text: ({ limited }) => String(limited.failed)
  },
  {
    name: "time × ideal",
    value: (row) => (retrying(row) && row.limited.failed === 0 ? row.limited.timeRatio : undefined),
    text: ({ limited }) => limited.timeRatio.toFixed(2)
  },
  {
    name: "interruption takes",
    value: ({ interruption }) => interruption,
    text: ({ interruption }) => (interruption === undefined ? none : millis(interruption))
  }
]

const retryAfterColumns: ReadonlyArray<Column> = [
  {
    name: "retries that were too early",
    value: (row) => (retrying(row) ? Resilience.early(row.retryAfter) : undefined),
    text: (row) => (retrying(row) ? String(Resilience.early(row.retryAfter)) : none)
  },
  {
    name: "median delay",
    value: (row) => (kept(row).length === 0 ? undefined : median(kept(row))),
    text: (row) => (kept(row).length === 0 ? none : millis(median(kept(row))))
  }
]

const otherColumns: ReadonlyArray<Column> = [
  { name: "updates sent, broken once", value: () => undefined, text: ({ brokenOnce }) => String(brokenOnce) },
  {
    name: "updates sent, always broken",
    value: ({ brokenAlways }) => brokenAlways,
    text: ({ brokenAlways }) => String(brokenAlways)
  },
  { name: "renderings with the token", value: ({ leaks }) => leaks.length, text: ({ leaks }) => String(leaks.length) }
]

const resilienceTable = (rows: ReadonlyArray<Resilience.Row>, shown: ReadonlyArray<Column>): string =>
  table(
    ["", ...shown.map(({ name }) => name)],
    rows.map((row) => [of(row.id).name, ...shown.map(({ text }) => text(row))])
  )

const form = ({ asked, late, waited }: Resilience.RetryAfter): string => {
  if (waited === undefined) return "no retry"
  if (asked === undefined || asked === 0) return `own pause, ${millis(waited)}`
  return (late ?? 0) < -60_000
    ? `**too early**, after ${millis(waited)}`
    : `${(late ?? 0) < 0 ? "" : "+"}${millis(late ?? NaN)}`
}

/** For each column, the peers that are better than this client with its policies. */
const better = (rows: ReadonlyArray<Resilience.Row>, scenarios: ReadonlyArray<Overhead.Scenario>): string => {
  const ours = rows.find(({ id }) => id === "ours-policies")
  const peers = rows.filter(({ id }) => !of(id).ours && of(id).retries !== "has none")
  const found = [...shareColumns(rows), ...columns, ...retryAfterColumns, ...otherColumns].flatMap(
    ({ name, text, value }) => {
      const own = ours && value(ours)
      // A difference of less than two percent does not count.
      const ahead = peers.filter((row) => own !== undefined && (value(row) ?? Infinity) < own * 0.98)
      if (ours === undefined || ahead.length === 0) return []
      return [`- ${name}: ${ahead.map((row) => `${of(row.id).name} ${text(row)}`).join(", ")}; ours ${text(ours)}`]
    }
  )
  const slower = scenarios.flatMap((scenario) => {
    const own = scenario.rows.find(({ id }) => id === "ours-undici")
    const ahead = scenario.rows.filter(
      ({ cpu, id }) => (sdks.includes(id) || id === "effect4") && own !== undefined && cpu.median < own.cpu.median
    )
    if (own === undefined || ahead.length === 0) return []
    const shown = ahead.map(({ cpu, id }) => `${of(id).name} ${digits(cpu.median)}`).join(", ")
    return [`- CPU of a call in µs, ${titleOf(scenario).toLowerCase()}: ${shown}; ours ${digits(own.cpu.median)}`]
  })
  return [...slower, ...found].join("\n") || "Nowhere."
}

const sandboxTable = ({ bytes, credentials, rows }: SandboxScale): string => {
  const whole = (value: number) => Math.round(value).toLocaleString("en")
  return table(
    ["request", ...credentials.map(whole)],
    [...rows.map(({ cpu, request }) => [request, ...cpu.map(whole)]), ["memory of a credential", ...bytes.map(whole)]]
  )
}

const growthTable = (name: string, points: ReadonlyArray<Growth.Point>, memory: string): string =>
  table(
    [name, "time per call, µs", "CPU per call, µs", memory],
    points.map(({ count, cpu, memory, time }) => [
      count.toLocaleString("en"),
      digits(time),
      digits(cpu),
      Math.round(memory).toLocaleString("en")
    ])
  )

export const markdown = (results: Results): string => {
  const { growth, machine, overhead, pairs, profiles, resilience, sandbox, versions } = results
  const limitedCalls = results.quick ? "a few" : "1,000"
  return `# Results

Written by \`npx -y pnpm bench${results.quick ? " --quick" : ""}\` on ${results.date.slice(0, 10)}; all numbers are in
[results.json](results.json). See [the method](../README.md) for how they were measured. ± is the median distance from the median.

Machine: ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, ${machine.system}, load ${machine.load.map((load) => load.toFixed(1)).join(" before, ")} after.

${table(
  ["package", "version"],
  Object.entries(versions).map(([name, version]) => [name, version])
)}

## Goals

${wanted(results)}

## Where a peer is better

${better(resilience, overhead)}

## Cost of a call

![CPU of a call over loopback](cpu-loopback.svg)

\`hand-written\` is the hand-written pipeline on the transport of the row (undici for \`node:http\`).

${overhead.map((scenario) => `### ${titleOf(scenario)}\n\n${overheadTable(scenario)}`).join("\n\n")}

### Pairs, in turns

${pairTable(pairs)}

## Resilience

The retry options of each contender:

${table(
  ["", "retries"],
  resilience.map(({ id }) => [of(id).name, of(id).retries])
)}

### Requests per call, and success rate

![Requests per call while the service is down](requests-down.svg)

${resilienceTable(
  resilience,
  shareColumns(resilience).map((column) => ({ ...column, name: column.name.replace(/^.*, /, "") }))
)}

### Rate limits

![Requests during a cool-down](cool-down.svg)

First, 32 calls, one of which gets a 429 with \`Retry-After: 1\`. Then ${limitedCalls} calls, 32 at a time, against a service with a
limit of 50 requests a second. Then a call that is interrupted during its back-off. The concurrency check sends two requests per call.

${resilienceTable(resilience, columns)}

### Retry-After

The delay of the next request after the requested time; "own pause" if the header requests no wait.

${table(
  ["", ...resilience.map(({ id }) => of(id).name)],
  [
    ...retryAfterColumns.map(({ name, text }) => [name, ...resilience.map(text)]),
    ...(resilience[0]?.retryAfter ?? []).map(({ form: name }, index) => [
      name,
      ...resilience.map(({ retryAfter }) => {
        const cell = retryAfter[index]
        return cell === undefined ? none : form(cell)
      })
    ])
  ]
)}

### Incomplete bodies, with a time limit of 500 ms

${table(
  ["", "stalled", "dripping", "cut"],
  resilience.map(({ bodies, id }) => [of(id).name, ending(bodies.stalled), ending(bodies.dripping), ending(bodies.cut)])
)}

### Connections that break after the update was applied, and renderings with the token

${resilienceTable(resilience, otherColumns)}

${resilience
  .filter(({ leaks }) => leaks.length > 0)
  .map(({ id, leaks }) => `- ${of(id).name}: ${leaks.join("; ")}`)
  .join("\n")}

## Growth

![CPU of a call](growth.svg)

${growthTable("concurrent fibers", growth.fibers, "bytes per waiting fiber")}

${growthTable("groups in a stream", growth.groups, "bytes per call, afterwards")}

${table(
  ["calls", "bytes in use"],
  growth.held.map(({ bytes, calls }) => [calls.toLocaleString("en"), bytes.toLocaleString("en")])
)}

## The sandbox with many credentials

CPU per request in µs, in process, by the number of stored credentials. The last row is the memory per credential, in bytes.

${sandboxTable(sandbox)}

${results.jobs === undefined ? "" : `${JobsReport.markdown(results.jobs)}\n\n`}## Profile

The shares of the samples of the engine's profiler, with responses from memory, one call after the other.

${profiles
  .map(
    ({ files, id, packages }) => `### ${of(id).name}

${table(
  ["package", "share"],
  packages.map(({ share, where }) => [where, percent(share)])
)}

${table(
  ["file", "share"],
  files.map(({ share, where }) => [where, `${(share * 100).toFixed(1)} %`])
)}`
  )
  .join("\n\n")}
`
}

/** A table in the layout of the repository's formatter. */
const aligned = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((cells) => cells[column]?.length ?? 0)))
  const pad = (cells: ReadonlyArray<string>) =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
  const rule = widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`))
  return [pad(head), rule, ...rows.map(pad)].map((cells) => `| ${cells.join(" | ")} |`).join("\n")
}

/** The summary for the guide: the most important numbers, compared with the peers. */
export const summary = ({ overhead, resilience }: Results): string =>
  aligned(
    [
      "",
      "requests per call, service down",
      "success rate, half fail",
      "hits in a cool-down",
      "429s of 1,000 calls",
      "token in renderings",
      "CPU per call, µs"
    ],
    ["ours-policies", "effect4", ...sdks, "undici-retry"].flatMap((id) => {
      const row = resilience.find((one) => one.id === id)
      if (row === undefined) return []
      const share = (wanted: number) => row.failing.find(({ share }) => share === wanted)
      const cost = find(overhead, "loopback", 1, id === "undici-retry" ? "undici" : id)
      return [
        [
          of(id).name,
          share(1)?.requestsPerCall.toFixed(2) ?? none,
          percent(share(0.5)?.succeeded ?? NaN),
          String(row.coolDown.during),
          String(row.limited.refused),
          String(row.leaks.length),
          cost === undefined ? none : digits(cost.cpu.median)
        ]
      ]
    })
  )

export const charts = ({ growth, overhead, resilience }: Results): Readonly<Record<string, string>> => {
  const loopback = overhead.find(({ concurrency, transport }) => transport === "loopback" && concurrency === 1)
  const bar = (id: string, value: number, text: string): Charts.Bar => ({
    label: plainName(id),
    value,
    text,
    ours: of(id).ours
  })
  return {
    "cpu-loopback.svg": Charts.bars(
      "CPU of a call over loopback, µs",
      (loopback?.rows ?? [])
        .toSorted((a, b) => a.cpu.median - b.cpu.median)
        .map(({ cpu, id }) => bar(id, cpu.median, digits(cpu.median)))
    ),
    "requests-down.svg": Charts.bars(
      "Requests per call while the service is down",
      resilience.map(({ failing, id }) => {
        const value = failing.find(({ share }) => share === 1)?.requestsPerCall ?? 0
        return bar(id, value, value.toFixed(2))
      })
    ),
    "cool-down.svg": Charts.bars(
      "Requests during a cool-down, of 32 calls",
      resilience.map(({ coolDown, id }) => bar(id, coolDown.during, String(coolDown.during)))
    ),
    // CPU instead of wall time, which includes other work on the machine.
    "growth.svg": Charts.lines(
      "CPU of a call, µs",
      [
        { label: "concurrent fibers", points: growth.fibers.map(({ count, cpu }) => ({ x: count, y: cpu })) },
        { label: "groups in a stream", points: growth.groups.map(({ count, cpu }) => ({ x: count, y: cpu })) }
      ],
      digits
    )
  }
}
