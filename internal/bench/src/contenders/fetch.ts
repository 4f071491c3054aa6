import * as Work from "../group.js"
import { type Contender, fetchOf, promised, refuse, type Session, type Settings } from "./contender.js"

const viaFetch = (settings: Settings): Session => {
  const send = fetchOf(settings)
  return promised(async (signal) => {
    const signals = [
      ...(signal === undefined ? [] : [signal]),
      ...(settings.timeout === undefined ? [] : [AbortSignal.timeout(settings.timeout)])
    ]
    const response = await send(`${settings.baseUrl}${Work.path}`, {
      method: "PATCH",
      headers: { ...Work.headers, "content-type": "application/json" },
      body: JSON.stringify(Work.patch),
      ...(signals.length === 0 ? {} : { signal: AbortSignal.any(signals) })
    })
    if (!response.ok) {
      await response.body?.cancel()
      return refuse(response.status)
    }
    return response.json()
  })
}

export const contender: Contender = {
  id: "fetch",
  name: "global `fetch`",
  packages: [],
  transport: "fetch",
  ours: false,
  stub: true,
  measured: { overhead: true, resilience: true },
  retries: "has none",
  open: viaFetch
}
