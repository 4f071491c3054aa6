/** The section about durable jobs. */
import type { Jobs, OtherCost, OurCallsCost, OurCost } from "./jobs.js"
import { margin } from "./jobs/settings.js"
import type { Engine } from "./jobs/store.js"
import { none, table, verdict } from "./table.js"

const whole = (value: number) => Math.round(value).toLocaleString("en")

const millis = (micros: number) => (micros / 1000).toFixed(2)

const megabytes = (bytes: number) => String(Math.round(bytes / 1e6))

const costs: Readonly<Record<Engine, number>> = { SQLite: 300, PostgreSQL: 700 }

const most = (values: ReadonlyArray<number>) => Math.max(...values)

const wantedCosts = ({ ours }: Jobs): ReadonlyArray<ReadonlyArray<string>> =>
  (["SQLite", "PostgreSQL"] as const).flatMap((engine) => {
    const rows = ours.filter((row) => row.engine === engine)
    const cpu = rows.map((row) => row.cpu)
    const ratio = most(cpu) / Math.min(...cpu)
    const memory = most(rows.map((row) => row.memory))
    const load = rows.find(({ items }) => items === 100_000)?.load
    return [
      [
        `${engine}: at most ${millis(costs[engine])} ms of CPU per item`,
        `${millis(most(cpu))} ms`,
        verdict(most(cpu) <= costs[engine])
      ],
      [`${engine}: the same cost for every size, within 1.3 times`, ratio.toFixed(2), verdict(ratio <= 1.3)],
      [`${engine}: less than 300 MB`, `${megabytes(memory)} MB`, verdict(memory < 300e6)],
      ...(load === undefined
        ? []
        : [[`${engine}: 100,000 items submitted in 2 seconds`, `${load.toFixed(1)} s`, verdict(load <= 2)]])
    ]
  })

const wanted = (jobs: Jobs): string =>
  table(
    ["goal", "measured", "met"],
    [
      ...wantedCosts(jobs),
      ...jobs.quota.map(({ runners, seconds, used }) => [
        `${runners} ${runners === 1 ? "runner uses" : "runners use"} at least 97 % of the quota in ${seconds} s`,
        `${(used * 100).toFixed(1)} %`,
        verdict(used >= 0.97)
      ]),
      ...jobs.takeovers.flatMap(({ case: which, lost, repeated, seconds }) => {
        const limit = which === "embedded, started again" ? 3 : 25
        return [
          [
            `next call at most ${limit} s after \`kill -9\`: ${which}`,
            `${seconds.toFixed(1)} s`,
            verdict(seconds <= limit)
          ],
          [
            `nothing created twice, nothing lost: ${which}`,
            `${repeated} and ${lost}`,
            verdict(repeated === 0 && lost === 0)
          ]
        ]
      })
    ]
  )

const ourRow = ({ cpu, engine, items, load, memory, perSecond }: OurCost) => [
  `**effect-certifier**, ${engine}`,
  whole(items),
  millis(cpu),
  whole(perSecond),
  megabytes(memory),
  `${load.toFixed(1)} s`
]

const otherRow = ({ cost, engine, items, way }: OtherCost, bound: number) => [
  `${way}, ${engine}`,
  whole(items),
  ...(cost === undefined
    ? [`stopped after ${bound} s`, none, none]
    : [millis(cost.cpu), whole(cost.perSecond), megabytes(cost.memory)]),
  none
]

const callsRow = ({ call, cpu, engine, items, perSecond }: OurCallsCost) => [
  engine,
  whole(items),
  millis(cpu),
  millis(call),
  whole(perSecond)
]

/** The alternatives that use less CPU or memory on the same store, with the same number of items if that was measured. */
const worse = ({ others, ours }: Jobs): string => {
  const found = others.flatMap(({ cost, engine, items, way }) => {
    const own =
      ours.find((row) => row.engine === engine && row.items === items) ?? ours.find((row) => row.engine === engine)
    if (cost === undefined || own === undefined) return []
    const name = `${way}, ${whole(items)} items (${engine})`
    return [
      ...(cost.cpu < own.cpu ? [`- CPU per item in ms: ${name} ${millis(cost.cpu)}; ours ${millis(own.cpu)}`] : []),
      ...(cost.memory < own.memory
        ? [`- memory in MB: ${name} ${megabytes(cost.memory)}; ours ${megabytes(own.memory)} for ${whole(own.items)}`]
        : [])
    ]
  })
  return found.join("\n") || "Nowhere."
}

export const markdown = (jobs: Jobs): string => `## Durable jobs

Measured on ${jobs.date.slice(0, 10)} with PostgreSQL ${jobs.versions.PostgreSQL} and Redis ${jobs.versions.Redis} on the same machine; \`fsync\` is on.

${wanted(jobs)}

### Cost of an item

Updates of groups with calls that succeed without a request, so that only the durable work is measured, here and for the
alternatives. CPU is that of the process, without the database server.

${table(
  ["", "items", "CPU per item, ms", "items per second", "maximum memory, MB", "submit takes"],
  [...jobs.ours.map(ourRow), ...jobs.others.map((row) => otherRow(row, jobs.bound))]
)}

With the calls of the client and its rate limiter, with responses from memory; the call alone is measured in the same process:

${table(["", "items", "CPU per item, ms", "of which the call", "items per second"], jobs.withCalls.map(callsRow))}

### Where an alternative is better

${worse(jobs)}

### The quota

Runners over PostgreSQL that share a limit in Redis, against the sandbox. The margin of the limiter is ${margin} ms, which is
enough on loopback. With the default of 250 ms, for the internet, 80 % of the quota is used.

${table(
  ["runners", "active", "requests per second", "used", "rejected with 429"],
  jobs.quota.map(({ active, limit, refused, runners, used }) => [
    String(runners),
    String(active),
    String(limit),
    `${(used * 100).toFixed(1)} %`,
    String(refused)
  ])
)}

### \`kill -9\` of a runner

The runner creates 100 groups a second when it is killed. The time until the next call of its part is the median of ${jobs.takeoverTimes}; if the runner
is restarted, it includes the start of the process. Groups that exist twice and items that are not done are counted over all runs.

${table(
  ["", "next call after", "created twice", "lost"],
  jobs.takeovers.map(({ case: which, lost, repeated, seconds }) => [
    which,
    `${seconds.toFixed(1)} s`,
    String(repeated),
    String(lost)
  ])
)}`
