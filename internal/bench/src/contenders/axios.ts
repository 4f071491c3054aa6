import { create as createAxios } from "axios"
import axiosRetry, { exponentialDelay, isNetworkError, isRetryableError } from "axios-retry"
import * as Work from "../group.js"
import { type Contender, promised, type Session, type Settings, stubFetch } from "./contender.js"

const viaAxios = (settings: Settings): Session => {
  const client = createAxios({
    baseURL: settings.baseUrl,
    headers: Work.headers,
    ...(settings.timeout === undefined ? {} : { timeout: settings.timeout }),
    ...(settings.stub ? { adapter: "fetch", env: { fetch: stubFetch } } : {})
  })
  axiosRetry(client, {
    retries: settings.retries ? 3 : 0,
    retryDelay: exponentialDelay,
    retryCondition: (error) => isNetworkError(error) || isRetryableError(error)
  })
  return promised(async (signal) => {
    const { data } = await client.patch<unknown>(Work.path, Work.patch, signal && { signal })
    return data
  })
}

export const contender: Contender = {
  id: "axios",
  name: "axios, axios-retry",
  packages: ["axios", "axios-retry"],
  transport: "node:http",
  ours: false,
  stub: true,
  measured: { overhead: true, resilience: true },
  retries: "`retries: 3, retryDelay: exponentialDelay`, `retryCondition` for any method",
  open: viaAxios
}
