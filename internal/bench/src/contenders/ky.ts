import ky from "ky"
import * as Work from "../group.js"
import { type Contender, fetchOf, promised, type Session, type Settings } from "./contender.js"

const viaKy = (settings: Settings): Session => {
  const client = ky.create({
    headers: Work.headers,
    fetch: fetchOf(settings),
    retry: settings.retries ? { methods: ["patch"], jitter: true } : 0,
    ...(settings.timeout === undefined ? {} : { timeout: settings.timeout })
  })
  return promised((signal) =>
    client.patch(`${settings.baseUrl}${Work.path}`, { json: Work.patch, ...(signal && { signal }) }).json()
  )
}

export const contender: Contender = {
  id: "ky",
  name: "ky",
  packages: ["ky"],
  transport: "fetch",
  ours: false,
  stub: true,
  measured: { overhead: true, resilience: true },
  retries: '`retry: { methods: ["patch"], jitter: true }`',
  open: viaKy
}
