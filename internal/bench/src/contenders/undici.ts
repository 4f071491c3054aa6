import * as undici from "undici"
import * as Work from "../group.js"
import { type Contender, promised, refuse, type Session, type Settings } from "./contender.js"

const viaUndici = (dispatcher: undici.Dispatcher, settings: Settings): Session =>
  promised(
    async (signal) => {
      const { body, statusCode } = await undici.request(`${settings.baseUrl}${Work.path}`, {
        dispatcher,
        method: "PATCH",
        headers: { ...Work.headers, "content-type": "application/json" },
        body: JSON.stringify(Work.patch),
        signal: signal ?? null,
        headersTimeout: settings.timeout ?? null,
        bodyTimeout: settings.timeout ?? null
      })
      if (statusCode >= 400) {
        await body.dump()
        return refuse(statusCode)
      }
      return body.json()
    },
    () => dispatcher.destroy()
  )

export const request: Contender = {
  id: "undici",
  name: "undici `request`",
  packages: ["undici"],
  transport: "undici",
  ours: false,
  stub: false,
  measured: { overhead: true, resilience: false },
  retries: "none",
  open: (settings) => viaUndici(new undici.Agent(), settings)
}

export const retryAgent: Contender = {
  id: "undici-retry",
  name: "undici `RetryAgent`",
  packages: ["undici"],
  transport: "undici",
  ours: false,
  stub: false,
  measured: { overhead: false, resilience: true },
  retries: '`new RetryAgent(agent, { methods: ["PATCH"] })`',
  open: (settings) =>
    viaUndici(
      new undici.RetryAgent(new undici.Agent(), settings.retries ? { methods: ["PATCH"] } : { maxRetries: 0 }),
      settings
    )
}
