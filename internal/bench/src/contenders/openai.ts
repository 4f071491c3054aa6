import OpenAI from "openai"
import * as Work from "../group.js"
import { type Contender, fetchOf, promised, type Session, type Settings } from "./contender.js"

const viaOpenAI = (settings: Settings): Session => {
  const client = new OpenAI({
    apiKey: Work.token,
    baseURL: settings.baseUrl,
    fetch: fetchOf(settings),
    defaultHeaders: { "certifier-version": Work.headers["certifier-version"] },
    ...(settings.retries ? {} : { maxRetries: 0 }),
    ...(settings.timeout === undefined ? {} : { timeout: settings.timeout })
  })
  return promised((signal) => client.patch<unknown>(Work.path, { body: Work.patch, ...(signal && { signal }) }))
}

export const contender: Contender = {
  id: "openai",
  name: "openai SDK, `client.patch`",
  packages: ["openai"],
  transport: "fetch",
  ours: false,
  stub: true,
  measured: { overhead: true, resilience: true },
  retries: "its defaults",
  open: viaOpenAI
}
