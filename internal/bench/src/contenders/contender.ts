/** The interface of a contender, and shared helpers. */
import * as Work from "../group.js"

export interface Settings {
  readonly baseUrl: string
  /** Whether responses come from memory. */
  readonly stub: boolean
  readonly retries: boolean
  /** The number of requests that the service permits per second, for contenders with a rate limiter. */
  readonly perSecond?: number
  /** The time limit of a call in milliseconds; by default the contender's own. */
  readonly timeout?: number
}

export interface Session {
  /** One call. Rejects with the error that the caller gets. */
  readonly call: (signal?: AbortSignal) => Promise<unknown>
  /** Many calls with a given concurrency, as users of the contender would write it. */
  readonly batch: (count: number, concurrency: number) => Promise<void>
  readonly close: () => Promise<void>
}

export type Transport = "undici" | "fetch" | "node:http"

export interface Contender {
  readonly id: string
  readonly name: string
  /** The packages whose versions are listed. */
  readonly packages: ReadonlyArray<string>
  readonly transport: Transport
  readonly ours: boolean
  /** Whether the caller can provide the transport. */
  readonly stub: boolean
  readonly measured: { readonly overhead: boolean; readonly resilience: boolean }
  /** How retries are configured, and where that is documented. */
  readonly retries: string
  readonly open: (settings: Settings) => Session
}

export const stubResponse = () => new Response(Work.answer, { headers: Work.answerHeaders })

export const stubFetch: typeof fetch = () => Promise.resolve(stubResponse())

export const fetchOf = (settings: Settings): typeof fetch => (settings.stub ? stubFetch : fetch)

const noop = () => Promise.resolve()

export const promised = (call: Session["call"], close: Session["close"] = noop): Session => ({
  call,
  close,
  batch: async (count, concurrency) => {
    let left = count
    const worker = async () => {
      while (left-- > 0) await call()
    }
    await Promise.all(Array.from({ length: concurrency }, worker))
  }
})

export const refuse = (status: number): never => {
  throw new Error(`The service returned ${status}`)
}
