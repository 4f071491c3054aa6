import type * as Jobs from "@effect-certifier/jobs/Jobs"
import CliProgress from "cli-progress"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import { Writable } from "node:stream"
import { Host, type Sink } from "../host.js"

export type Counts = Pick<Jobs.Progress, "total" | "done" | "failed" | "unknown" | "rate" | "remaining">

export const settled = ({ done, failed, unknown }: Pick<Counts, "done" | "failed" | "unknown">): number =>
  done + failed + unknown

/** `1:05:09`, `4:07` or `0:09`. */
export const clock = (duration: Duration.Duration): string => {
  const seconds = Math.ceil(Duration.toSeconds(duration))
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const two = (n: number) => String(n).padStart(2, "0")
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

/** The parts of a line, most important first. */
const parts = (counts: Counts): ReadonlyArray<string> => [
  `${settled(counts)}/${counts.total}`,
  ...(counts.failed > 0 ? [`${counts.failed} failed`] : []),
  ...(counts.unknown > 0 ? [`${counts.unknown} unknown`] : []),
  ...Option.match(counts.remaining, { onNone: () => [], onSome: (rest) => [`${clock(rest)} left`] }),
  ...(counts.rate > 0 ? [`${counts.rate.toFixed(1)}/s`] : [])
]

const smallest = 6

/** One line for a terminal: the bar, and the parts that fit. */
export const line = (counts: Counts, columns: number): string => {
  const texts: Array<string> = []
  let room = columns - 1 - smallest - 2
  for (const part of parts(counts)) {
    if (part.length + 2 > room) continue
    texts.push(part)
    room -= part.length + 2
  }
  const size = Math.min(smallest + Math.max(room, 0), 40)
  const share = counts.total === 0 ? 0 : settled(counts) / counts.total
  const bar = CliProgress.Format.BarFormat(share, {
    barsize: size,
    barCompleteString: "=".repeat(size),
    barIncompleteString: " ".repeat(size),
    barGlue: ""
  })
  return [`[${bar}]`, ...texts].join("  ")
}

/** The progress library needs a Node.js stream. */
const streamOf = (sink: Sink, runtime: Runtime.Runtime<never>) =>
  Object.assign(
    new Writable({
      decodeStrings: false,
      write: (chunk, _encoding, done) =>
        void Runtime.runPromise(runtime)(sink.write(String(chunk))).then(() => done(), done)
    }),
    { isTTY: true, columns: sink.columns }
  )

export type Show = (counts: Counts) => Effect.Effect<void>

const onTerminal = (sink: Sink) =>
  Effect.gen(function* () {
    const stream = streamOf(sink, yield* Effect.runtime())
    const bar = new CliProgress.SingleBar({
      stream,
      hideCursor: true,
      gracefulExit: false,
      linewrap: true,
      format: (_options, _params, counts: Counts) => line(counts, sink.columns)
    })
    const none: Counts = { total: 0, done: 0, failed: 0, unknown: 0, rate: 0, remaining: Option.none() }
    bar.start(1, 0, none)
    yield* Effect.addFinalizer(() =>
      Effect.async<void>((resume) => {
        bar.stop()
        stream.end(() => resume(Effect.void))
      })
    )
    return (counts: Counts) =>
      Effect.sync(() => {
        bar.setTotal(Math.max(counts.total, 1))
        bar.update(settled(counts), counts)
      })
  })

/** Without a terminal, prints one line per tenth. */
const inLines = (sink: Sink): Show => {
  let last = -1
  return (counts) => {
    const tenth = counts.total === 0 ? 0 : Math.floor((settled(counts) / counts.total) * 10)
    if (tenth === last) return Effect.void
    last = tenth
    return sink.write(`${parts(counts).join("  ")}\n`)
  }
}

export const make: Effect.Effect<Show, never, Host | Scope.Scope> = Effect.flatMap(Host, ({ stderr }) =>
  stderr.isTerminal ? onTerminal(stderr) : Effect.succeed(inLines(stderr))
)
