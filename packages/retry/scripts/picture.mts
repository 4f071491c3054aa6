// Draws `docs/policy.svg`: what policies do over time, computed with `RetryDecision.decide`.
// `npx tsx packages/retry/scripts/picture.mts` writes it; with `--check` it only reports whether the file is up to date.
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as RetryDecision from "../src/RetryDecision.js"
import * as RetryPolicy from "../src/RetryPolicy.js"

const file = fileURLToPath(new URL("../docs/policy.svg", import.meta.url))

interface Step {
  /** When the attempt starts, in milliseconds since the start of the call; an attempt itself takes no time here. */
  readonly at: number
  /** The wait that its failure requests. */
  readonly requested: number
  /** The wait after it and the range of the jitter; undefined if the call ends here. */
  readonly wait: { readonly delay: number; readonly least: number; readonly most: number } | undefined
  readonly reason: string
}

const failure = (kind: RetryDecision.Failure["kind"], seconds?: number): RetryDecision.Failure => ({
  kind,
  error: kind,
  retryAfter: Option.map(Option.fromNullable(seconds), Duration.seconds)
})

/** One call whose attempts fail with the failures in turn and then succeed. */
const simulate = (
  policy: RetryPolicy.RetryPolicy,
  failures: ReadonlyArray<RetryDecision.Failure>,
  random: Random.Random
): ReadonlyArray<Step> => {
  const steps: Array<Step> = []
  let history = RetryDecision.start
  for (const failed of failures) {
    const at = Duration.toMillis(history.elapsed)
    const decide = (number: number) => RetryDecision.decide(policy, history, failed, number)
    const delayOf = (number: number, otherwise: number) => {
      const [decision] = decide(number)
      return decision._tag === "Wait" ? Duration.toMillis(decision.delay) : otherwise
    }
    const [decision, next] = decide(Effect.runSync(random.next))
    const requested = Duration.toMillis(Option.getOrElse(failed.retryAfter, () => Duration.zero))
    if (decision._tag === "Stop") return [...steps, { at, requested, wait: undefined, reason: decision.reason }]
    const delay = Duration.toMillis(decision.delay)
    steps.push({
      at,
      requested,
      wait: { delay, least: delayOf(0, delay), most: delayOf(1 - 2 ** -53, delay) },
      reason: ""
    })
    history = next
  }
  return [...steps, { at: Duration.toMillis(history.elapsed), requested: 0, wait: undefined, reason: "Success" }]
}

const four = <A,>(value: A): ReadonlyArray<A> => Array.from({ length: 4 }, () => value)

interface Lane {
  readonly title: string
  readonly policy: RetryPolicy.RetryPolicy
  readonly failures: ReadonlyArray<RetryDecision.Failure>
  readonly seed: string
  /** The text that says how the call ends. */
  readonly end: string
  /** The number of other calls whose retries are shown. */
  readonly others: number
}

const lanes: ReadonlyArray<Lane> = [
  {
    title: "503 each time: transient()",
    policy: RetryPolicy.transient(),
    failures: four(failure("Transient")),
    seed: "transient",
    end: "gives up: 4 attempts",
    others: 150
  },
  {
    title: "429 each time, without Retry-After: rateLimited()",
    policy: RetryPolicy.rateLimited(),
    failures: four(failure("RateLimited")),
    seed: "calls",
    end: "gives up: 4 attempts",
    others: 150
  },
  {
    title: "429 with Retry-After: 3, then success",
    policy: RetryPolicy.rateLimited(),
    failures: [failure("RateLimited", 3)],
    seed: "hint",
    end: "success",
    others: 150
  },
  {
    title: "429 with Retry-After: 120, more than maxRetryAfter",
    policy: RetryPolicy.rateLimited(),
    failures: [failure("RateLimited", 120)],
    seed: "long",
    end: "gives up at once; the error has the 120 s",
    others: 0
  },
  {
    title: 'deadline: "5 seconds"; 429 with Retry-After: 3 each time',
    policy: RetryPolicy.rateLimited({ deadline: "5 seconds" }),
    failures: four(failure("RateLimited", 3)),
    seed: "deadline",
    end: "gives up: too late",
    others: 0
  }
]

const size = { width: 900, left: 28, right: 24, top: 92, lane: 96, seconds: 8 }
const x = (millis: number): number =>
  size.left + (millis / 1000) * ((size.width - size.left - size.right) / size.seconds)
const n = (value: number): string => String(Math.round(value * 10) / 10)

const element = (name: string, attributes: Record<string, string | number>, text?: string): string => {
  const list = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === "number" ? n(value) : value}"`
  )
  return text === undefined ? `<${name}${list.join("")}/>` : `<${name}${list.join("")}>${escape(text)}</${name}>`
}

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;")

const rectangle = (from: number, to: number, y: number, height: number, className: string): string =>
  element("rect", { class: className, x: x(from), y, width: Math.max(x(to) - x(from), 0), height, rx: 4 })

const cross = (atX: number, y: number): string =>
  element("path", { class: "stop", d: `M${n(atX - 5)} ${n(y - 5)}l10 10m0-10l-10 10` })

/** One line for each time. */
const ticks = (times: ReadonlyArray<number>, y: number, className: string): string =>
  element("path", { class: className, d: times.map((time) => `M${n(x(time))} ${n(y)}v10`).join("") })

const drawLane = (lane: Lane, index: number): ReadonlyArray<string> => {
  const y = size.top + index * size.lane
  const middle = y + 38
  const steps = simulate(lane.policy, lane.failures, Random.make(lane.seed))
  const deadline = Duration.toMillis(lane.policy.settings.deadline)
  const last = steps.at(-1) ?? { at: 0, requested: 0, reason: "" }
  const refused = last.reason === "DeadlineExceeded"
  const gaveUp = last.reason !== "Success"
  const bar = (from: number, to: number, className: string) => rectangle(from, to, middle - 13, 26, className)

  const waits = steps.flatMap(({ requested, at, wait }, retry) => {
    if (wait === undefined) return []
    const jitter = bar(at + wait.least, at + wait.most, `jitter f${retry}`)
    return requested === 0 ? [jitter] : [bar(at, at + wait.least, "requested"), jitter]
  })
  const calls = Array.from({ length: lane.others }, (_, call) =>
    simulate(lane.policy, lane.failures, Random.make(`${lane.seed} ${call}`)).slice(1)
  )
  const others = [0, 1, 2].flatMap((retry) => {
    const times = calls.flatMap((retries) => retries[retry]?.at ?? [])
    return times.length === 0 ? [] : [ticks(times, middle + 17, `other r${retry}`)]
  })
  const dots = steps.map(({ at, reason }) =>
    element("circle", { class: reason === "Success" ? "good" : "bad", cx: x(at), cy: middle, r: 6 })
  )
  const limit =
    deadline > size.seconds * 1000
      ? []
      : [
          element("line", { class: "limit", x1: x(deadline), x2: x(deadline), y1: middle - 20, y2: middle + 20 }),
          element("text", { class: "note", x: x(deadline) + 6, y: middle + 28 }, "deadline")
        ]
  const right = Math.max(
    x(last.at) + (gaveUp ? 22 : 6),
    ...steps.map(({ at, wait }) => x(at + (wait?.most ?? 0))),
    refused ? x(last.at + last.requested) : 0
  )
  return [
    element("text", { class: "title", x: size.left, y: y + 12 }, lane.title),
    element("line", { class: "track", x1: x(0), x2: x(size.seconds * 1000), y1: middle, y2: middle }),
    ...waits,
    ...(refused ? [bar(last.at, last.at + last.requested, "ghost")] : []),
    ...others,
    ...limit,
    ...dots,
    ...(gaveUp ? [cross(x(last.at) + 16, middle)] : []),
    element("text", { class: "note end", x: right + 10, y: middle + 4.5 }, lane.end)
  ]
}

const axis = (bottom: number): ReadonlyArray<string> =>
  Array.from({ length: size.seconds + 1 }, (_, second) => [
    element("line", { class: "grid", x1: x(second * 1000), x2: x(second * 1000), y1: size.top - 16, y2: bottom }),
    element("text", { class: "tick", x: x(second * 1000), y: size.top - 24 }, `${second} s`)
  ]).flat()

const legend = (y: number): ReadonlyArray<string> => {
  const items: ReadonlyArray<readonly [mark: (at: number) => string, text: string, width: number]> = [
    [(at) => element("circle", { class: "bad", cx: at + 6, cy: y, r: 6 }), "failed attempt", 128],
    [
      (at) => element("rect", { class: "requested", x: at, y: y - 8, width: 24, height: 16, rx: 4 }),
      "Retry-After: never earlier",
      204
    ],
    [
      (at) => element("rect", { class: "jitter f0", x: at, y: y - 8, width: 24, height: 16, rx: 4 }),
      "range of the retry's start",
      194
    ],
    [
      (at) =>
        [0, 1, 2]
          .map((retry) => element("path", { class: `r${retry}`, d: `M${n(at + 4 + retry * 7)} ${n(y - 5)}v10` }))
          .join(""),
      "retries of 150 other calls",
      200
    ],
    [(at) => cross(at + 8, y), "no more attempts", 0]
  ]
  let at = size.left
  return items.flatMap(([mark, text, width]) => {
    const from = at
    at += width
    const textX = from + (text === "failed attempt" || width === 0 ? 20 : 32)
    return [mark(from), element("text", { class: "note", x: textX, y: y + 4.5 }, text)]
  })
}

const light = {
  text: "#1f2328",
  quiet: "#59636e",
  grid: "#d1d9e0",
  bad: "#d1242f",
  good: "#1a7f37",
  requested: "#d4a72c",
  retries: ["#0969da", "#8250df", "#bf3989"],
  paper: "#ffffff"
}
const dark: typeof light = {
  text: "#f0f6fc",
  quiet: "#9198a1",
  grid: "#3d444d",
  bad: "#f85149",
  good: "#3fb950",
  requested: "#d29922",
  retries: ["#58a6ff", "#bc8cff", "#f778ba"],
  paper: "#0d1117"
}

const style = (colours: typeof light): string =>
  [
    `.paper{fill:${colours.paper}}`,
    `text{fill:${colours.text}}`,
    `.note,.tick{fill:${colours.quiet}}`,
    `.grid,.track{stroke:${colours.grid}}`,
    `.bad{fill:${colours.bad}}.good{fill:${colours.good}}`,
    `.bad,.good,.end{stroke:${colours.paper}}`,
    `.requested{fill:${colours.requested};fill-opacity:.45}`,
    `.ghost{stroke:${colours.requested}}`,
    `.stop{stroke:${colours.bad}}`,
    `.limit{stroke:${colours.text}}`,
    ...colours.retries.map((colour, index) => `.r${index}{stroke:${colour}}.f${index}{fill:${colour}}`)
  ].join("")

const fixed = [
  `text{font:13px ui-sans-serif,system-ui,"Segoe UI",Helvetica,Arial,sans-serif}`,
  `.head{font-size:17px;font-weight:600}.title{font-weight:600}.tick{text-anchor:middle;font-size:12px}`,
  `.end{stroke-width:6;stroke-linejoin:round;paint-order:stroke}.jitter{fill-opacity:.22}`,
  `.grid{stroke-dasharray:2 4}.bad,.good{stroke-width:2}`,
  `.ghost{fill:none;stroke-dasharray:4 3}.stop{fill:none;stroke-width:2.5;stroke-linecap:round}`,
  `.limit{stroke-width:1.5;stroke-dasharray:5 3}.other{stroke-opacity:.45}.r0,.r1,.r2{stroke-width:1.2}`
].join("")

/** The picture; it is deterministic. */
export const draw = (): string => {
  const bottom = size.top + lanes.length * size.lane - 12
  const height = bottom + 52
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${height}" role="img" aria-label="Retry policies over time">`,
    `<style>${fixed}${style(light)}@media (prefers-color-scheme:dark){${style(dark)}}</style>`,
    element("rect", { class: "paper", width: size.width, height, rx: 8 }),
    element("text", { class: "head", x: size.left, y: 36 }, "Retry policies over time"),
    ...axis(bottom),
    ...lanes.flatMap(drawLane),
    ...legend(bottom + 26),
    "</svg>",
    ""
  ].join("\n")
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes("--check")) {
    if (readFileSync(file, "utf8") !== draw()) {
      console.error("stale: packages/retry/docs/policy.svg. Run `npx tsx packages/retry/scripts/picture.mts`.")
      process.exitCode = 1
    }
  } else {
    writeFileSync(file, draw())
  }
}
