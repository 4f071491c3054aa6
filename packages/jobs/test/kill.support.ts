import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { fileURLToPath } from "node:url"

/** A small generator of numbers below 1, so that a seed repeats a run. */
export const randomOf = (seed: number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Each create makes one more record, also if its caller has ended by then. `onCall` sees where each call is. */
export const startApi = async (
  random: () => number,
  onCall: (at: "arrived" | "applied", calls: number) => void | Promise<void> = () => undefined
) => {
  const records = new Map<string, number>()
  let calls = 0
  let isRevoked = false
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "", "http://x")
    const item = url.searchParams.get("item") ?? ""
    if (isRevoked) {
      response.statusCode = 401
      return response.end()
    }
    if (url.pathname === "/find") return response.end(records.has(item) ? item : "")
    calls += 1
    const call = calls
    await onCall("arrived", call)
    await new Promise((resume) => setTimeout(resume, random() * 20))
    records.set(item, (records.get(item) ?? 0) + 1)
    await onCall("applied", call)
    await new Promise((resume) => setTimeout(resume, random() * 20))
    return response.end(item)
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    port: (server.address() as AddressInfo).port,
    records,
    calls: () => calls,
    revoke: (value: boolean) => {
      isRevoked = value
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    }
  }
}

const worker = fileURLToPath(new URL("kill.worker.ts", import.meta.url))

export interface Worker {
  readonly child: ChildProcess
  readonly over: Promise<{ readonly code: number | null; readonly out: string }>
}

export const startWorker = (args: ReadonlyArray<string>): Worker => {
  const child = spawn(process.execPath, ["--import", "tsx", worker, ...args], { stdio: ["ignore", "pipe", "pipe"] })
  let out = ""
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on("data", (chunk: Buffer) => (out += chunk.toString()))
  return { child, over: once(child, "exit").then(([code]) => ({ code, out })) }
}

/** The last line of JSON; what is logged while a process ends can come after it. */
export const lastLine = (out: string): unknown => {
  const line = out.split("\n").findLast((line) => line.startsWith("{"))
  return line === undefined ? out.slice(-2000) : JSON.parse(line)
}

const isCounts = (
  value: unknown
): value is { readonly phase: string; readonly done: number; readonly failed: number; readonly unknown: number } =>
  typeof value === "object" && value !== null && "phase" in value

export const countsOf = (out: string) => {
  const line = lastLine(out)
  if (!isCounts(line)) throw new Error(String(line))
  return line
}
