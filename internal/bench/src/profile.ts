/** Profiles successful calls with the engine's profiler, in the same process. */
import { Session } from "node:inspector/promises"
import { contenders } from "./contenders/index.js"

export interface Share {
  readonly where: string
  /** The share of all samples, 0 to 1. */
  readonly share: number
}

export interface Profile {
  readonly id: string
  readonly calls: number
  /** By package. */
  readonly packages: ReadonlyArray<Share>
  /** By file, the first twenty. */
  readonly files: ReadonlyArray<Share>
}

interface Frame {
  readonly functionName: string
  readonly url: string
}

/** `effect internal/fiberRuntime.js`, `core internal/run.js`, `node internal/url`, `(garbage collector)`. */
const placeOf = ({ functionName, url }: Frame): readonly [home: string, file: string] => {
  if (url === "") return functionName.startsWith("(") ? [functionName, ""] : ["node, native", ""]
  if (url.startsWith("node:")) return ["node", url.slice("node:".length)]
  const dependency = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(?:dist\/(?:esm\/)?)?((?!.*\/node_modules\/).*)$/.exec(url)
  if (dependency !== null) return [dependency[1] ?? "", dependency[2] ?? ""]
  const own = /\/(?:packages|internal)\/([^/]+)\/dist\/(.*)$/.exec(url)
  return own === null ? ["other", url] : [`@effect-certifier/${own[1] ?? ""}`, own[2] ?? ""]
}

const sorted = (times: ReadonlyMap<string, number>, total: number): ReadonlyArray<Share> =>
  [...times].map(([where, time]) => ({ where, share: time / total })).toSorted((a, b) => b.share - a.share)

export const run = async (id: string, calls: number): Promise<Profile> => {
  const contender = contenders.find((one) => one.id === id)
  if (contender === undefined) throw new Error(`no such contender: ${id}`)
  const client = contender.open({ baseUrl: "http://127.0.0.1:1", stub: true, retries: true })
  const inspector = new Session()
  inspector.connect()
  try {
    await client.batch(calls, 1)
    await inspector.post("Profiler.enable")
    await inspector.post("Profiler.setSamplingInterval", { interval: 200 })
    await inspector.post("Profiler.start")
    await client.batch(calls, 1)
    const { profile } = await inspector.post("Profiler.stop")
    const frames = new Map(profile.nodes.map(({ callFrame, id }) => [id, callFrame]))
    const packages = new Map<string, number>()
    const files = new Map<string, number>()
    let total = 0
    const { samples = [], timeDeltas = [] } = profile
    for (const [index, sample] of samples.entries()) {
      const frame = frames.get(sample)
      const delta = timeDeltas[index] ?? 0
      if (frame === undefined || frame.functionName === "(idle)") continue
      const [home, file] = placeOf(frame)
      const place = `${home} ${file}`.trim()
      packages.set(home, (packages.get(home) ?? 0) + delta)
      files.set(place, (files.get(place) ?? 0) + delta)
      total += delta
    }
    return { id, calls, packages: sorted(packages, total), files: sorted(files, total).slice(0, 20) }
  } finally {
    inspector.disconnect()
    await client.close()
  }
}
