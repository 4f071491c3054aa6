/** A handle to the process of the server. */
import { once } from "node:events"
import { forkModule } from "./fork.js"
import type { Message, Question, Report, Script } from "./server.js"

export type { Report, Script }

export interface Running {
  readonly url: string
  /** Resolves when the server has responded to its first request. */
  readonly answered: Promise<void>
  readonly stop: () => Promise<Report>
}

export interface Service {
  readonly start: (script: Script) => Promise<Running>
  readonly close: () => Promise<void>
}

interface Waiting {
  readonly started: (url: string) => void
  readonly answered: () => void
  readonly stopped: (report: Report) => void
}

const deferred = <A>() => {
  let resolve: (value: A) => void = () => undefined
  const promise = new Promise<A>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

export const launch = async (): Promise<Service> => {
  const child = forkModule("server")
  await once(child, "spawn")
  const waiting = new Map<number, Waiting>()
  let next = 0
  child.on("message", (message: Message) => {
    const one = waiting.get(message.id)
    if (message.tell === "started") one?.started(message.url)
    else if (message.tell === "answered") one?.answered()
    else one?.stopped(message.report)
  })
  const ask = (question: Question) => child.send(question)
  return {
    start: async (script) => {
      const id = next++
      const started = deferred<string>()
      const answered = deferred<void>()
      const stopped = deferred<Report>()
      waiting.set(id, { started: started.resolve, answered: answered.resolve, stopped: stopped.resolve })
      ask({ ask: "start", id, script })
      let report: Promise<Report> | undefined
      return {
        url: await started.promise,
        answered: answered.promise,
        stop: () => {
          if (report === undefined) {
            ask({ ask: "stop", id })
            report = stopped.promise.finally(() => waiting.delete(id))
          }
          return report
        }
      }
    },
    close: async () => {
      const exit = once(child, "exit")
      child.disconnect()
      await exit
    }
  }
}
