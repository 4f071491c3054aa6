/**
 * The server, in its own process. It handles requests according to a script, and records them with its own clock. It ends with its
 * parent process.
 */
import { Fault, Sandbox } from "@effect-certifier/sandbox"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import { once } from "node:events"
import * as http from "node:http"
import * as Work from "./group.js"
import { forms } from "./retryAfterForms.js"
import { seeded } from "./stats.js"

export type Script =
  /** Always returns the group. */
  | { readonly kind: "ok" }
  /** Returns 503 for a random share of the requests, which is the same for all contenders. */
  | { readonly kind: "failing"; readonly share: number; readonly seed: number }
  /** Returns one 429, then 429 until its wait is over. */
  | { readonly kind: "coolDown"; readonly seconds: number }
  /** Admits a number of requests in any second, and returns 429 for the others. */
  | { readonly kind: "limit"; readonly perSecond: number }
  /** Returns one 429 with one of the forms of `Retry-After`. */
  | { readonly kind: "retryAfter"; readonly form: string }
  /** Always returns this response. */
  | {
      readonly kind: "status"
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly body: string
    }
  /** A fault of the sandbox for the first `times` updates. */
  | { readonly kind: "fault"; readonly fault: typeof Fault.Fault.Encoded; readonly times: number }

export interface Arrival {
  /** Milliseconds of the server's clock. */
  readonly at: number
  readonly method: string
  readonly status: number
}

export interface Report {
  readonly arrivals: ReadonlyArray<Arrival>
  /** When the first requested wait was over. */
  readonly due: number | undefined
}

export type Question =
  | { readonly ask: "start"; readonly id: number; readonly script: Script }
  | { readonly ask: "stop"; readonly id: number }

export type Message =
  | { readonly tell: "started"; readonly id: number; readonly url: string }
  | { readonly tell: "answered"; readonly id: number }
  | { readonly tell: "stopped"; readonly id: number; readonly report: Report }

interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

const ok: Answer = { status: 200, headers: Work.answerHeaders, body: Work.answer }

const json = (status: number, code: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify({ error: { code, message: "A message" } })
})

const limited = (retryAfter: string) => json(429, "rate_limited", { "retry-after": retryAfter })

/** Returns the response to the next request. */
type Judge = (state: {
  readonly now: number
  readonly arrivals: ReadonlyArray<Arrival>
  due: number | undefined
}) => Answer

const judgeOf = (script: Exclude<Script, { kind: "fault" }>): Judge => {
  switch (script.kind) {
    case "ok":
      return () => ok
    case "failing": {
      const next = seeded(script.seed)
      return () => (next() < script.share ? json(503, "unavailable") : ok)
    }
    case "coolDown":
      return (state) => {
        state.due ??= state.now + script.seconds * 1000
        return state.now < state.due ? limited(String(Math.ceil((state.due - state.now) / 1000))) : ok
      }
    case "limit":
      return ({ arrivals, now }) => {
        let inWindow = 0
        for (let index = arrivals.length - 1; index >= 0 && inWindow < script.perSecond; index--) {
          const arrival = arrivals[index]
          if (arrival === undefined || arrival.at <= now - 1000) break
          // Like most services, this one does not count rejected requests.
          if (arrival.status === 200) inWindow++
        }
        return inWindow < script.perSecond ? ok : limited("1")
      }
    case "retryAfter": {
      const form = forms.find(({ name }) => name === script.form)
      if (form === undefined) throw new Error(`no such form: ${script.form}`)
      return (state) => {
        if (state.arrivals.length > 0) return ok
        const wallClock = new Date().getTime()
        // A date has no fractions of a second.
        const moment = Math.ceil((wallClock + (form.seconds ?? 0) * 1000) / 1000) * 1000
        const header = form.header(new Date(moment))
        if (form.seconds !== undefined) {
          state.due = state.now + (/[a-z]/i.test(header) && form.seconds > 0 ? moment - wallClock : form.seconds * 1000)
        }
        return limited(header)
      }
    }
    case "status":
      return () => script
  }
}

interface Running {
  readonly url: string
  readonly stop: () => Promise<Report>
}

const tell = (message: Message) => process.send?.(message)

const listen = async (id: number, script: Exclude<Script, { kind: "fault" }>): Promise<Running> => {
  const judge = judgeOf(script)
  const arrivals: Array<Arrival> = []
  const state: Parameters<Judge>[0] = { now: 0, arrivals, due: undefined }
  // Requests of speed measurements are not recorded.
  const noted = script.kind !== "ok"
  const server = http.createServer((request, response) => {
    const at = performance.now()
    request.resume().on("end", () => {
      const { body, headers, status } = judge(Object.assign(state, { now: at }))
      if (noted) arrivals.push({ at, method: request.method ?? "", status })
      response.writeHead(status, { ...headers }).end(body, () => {
        if (noted) tell({ tell: "answered", id })
      })
    })
  })
  // Longer than any pause between two calls, so that connections are reused.
  server.keepAliveTimeout = 300_000
  await once(server.listen(0, "127.0.0.1"), "listening")
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("no address")
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: async () => {
      const closed = once(server, "close")
      server.close()
      server.closeAllConnections()
      await closed
      return { arrivals, due: state.due }
    }
  }
}

const sandbox = async ({ fault, times }: Extract<Script, { kind: "fault" }>): Promise<Running> => {
  const scope = await Effect.runPromise(Scope.make())
  const service = await Sandbox.serve({
    rateLimit: "Unlimited",
    faults: [{ fault: Schema.decodeSync(Fault.Fault)(fault), times, method: "PATCH" }]
  }).pipe(Scope.extend(scope), Effect.runPromise)
  return {
    url: service.url,
    stop: async () => {
      const requests = await Effect.runPromise(service.requests)
      await Effect.runPromise(Scope.close(scope, Exit.void))
      return { due: undefined, arrivals: requests.map(({ method }) => ({ at: 0, method, status: 0 })) }
    }
  }
}

const running = new Map<number, Running>()

const answerTo = async (question: Question): Promise<void> => {
  const { id } = question
  if (question.ask === "start") {
    const { script } = question
    const started = await (script.kind === "fault" ? sandbox(script) : listen(id, script))
    running.set(id, started)
    tell({ tell: "started", id, url: started.url })
    return
  }
  const found = running.get(id)
  running.delete(id)
  tell({ tell: "stopped", id, report: (await found?.stop()) ?? { arrivals: [], due: undefined } })
}

process.on("message", (question: Question) => void answerTo(question))
process.on("disconnect", () => process.exit())
