import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { errorResponse } from "../http.js"
import { securityHeaders } from "../pages/html.js"
import type { Next, Transmission } from "../transmission.js"
import { sections } from "./sections.js"
import type { Sources } from "./sources.js"

/** The maximum number of consoles that are open at a time. */
const mostStreams = 16

const encode = (text: string) => Option.some(new TextEncoder().encode(text))

/** Encoded as JSON, so that no text can end the event. */
const eventOf = (id: string, markup: string) => `event: section\ndata: ${JSON.stringify({ id, html: markup })}\n\n`

/** The parts that have changed since the last call. */
const differences = (sources: Sources): Effect.Effect<string> => {
  const sent = new Map<string, string>()
  return Effect.reduce(sections, "", (events, { id, render }) =>
    Effect.map(sources.time.within(render(sources)), ({ markup }) => {
      if (sent.get(id) === markup) return events
      sent.set(id, markup)
      return events + eventOf(id, markup)
    })
  )
}

/**
 * The parts of the console as they change, as Server-Sent Events. A part is rendered when its reader is ready, at most ten
 * times a second: a slow reader gets fewer events, and none are queued for it.
 */
export const make = (sources: Sources): Effect.Effect<Transmission> => {
  const { changes } = sources
  let open = 0

  const start: Effect.Effect<Next> = Effect.sync(() => {
    open++
    const render = differences(sources)
    let seen: number | undefined
    // The clock and the rate limit change without a request.
    const wait = Effect.suspend(() =>
      seen === undefined
        ? Effect.void
        : Effect.zipRight(Effect.sleep("100 millis"), Effect.race(changes.after(seen), Effect.sleep("900 millis")))
    )
    const next = Effect.suspend(() => {
      seen = changes.version()
      return render
    })
    return Effect.map(Effect.repeat(Effect.zipRight(wait, next), { until: (events) => events !== "" }), encode)
  })

  return Effect.sync(() =>
    open >= mostStreams
      ? { response: errorResponse("rate_limited", "Too many consoles are open") }
      : {
          stream: start,
          release: Effect.sync(() => void open--),
          response: {
            status: 200,
            headers: { ...securityHeaders, "content-type": "text/event-stream" },
            body: new Uint8Array()
          }
        }
  )
}
