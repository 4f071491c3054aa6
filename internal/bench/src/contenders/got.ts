import { got } from "got"
import * as Work from "../group.js"
import { type Contender, promised, type Session, type Settings } from "./contender.js"

const viaGot = (settings: Settings): Session => {
  const client = got.extend({
    headers: Work.headers,
    retry: settings.retries ? { methods: ["PATCH"] } : { limit: 0 },
    ...(settings.timeout === undefined ? {} : { timeout: { request: settings.timeout } })
  })
  return promised((signal) =>
    client.patch(`${settings.baseUrl}${Work.path}`, { json: Work.patch, ...(signal && { signal }) }).json()
  )
}

export const contender: Contender = {
  id: "got",
  name: "got",
  packages: ["got"],
  transport: "node:http",
  ours: false,
  stub: false,
  measured: { overhead: true, resilience: true },
  retries: '`retry: { methods: ["PATCH"] }`',
  open: viaGot
}
