import { Fault, Sandbox } from "@effect-certifier/sandbox"
import { Effect, Option, Stream } from "effect"
import { type Behaviour, suite } from "./support/suite.js"

/** Each behaviour of the suite as a fault. */
const faults: { readonly [K in Behaviour]: Option.Option<Fault.Fault> } = {
  "returns the documented response": Option.none(),
  "answers late": Option.some(Fault.delay("50 millis")),
  "resets before the response": Option.some(Fault.reset("Start")),
  "resets within the body": Option.some(Fault.reset("Body")),
  "cuts the body short": Option.some(Fault.close("Body")),
  "stalls before the headers": Option.some(Fault.stall("Start")),
  "stalls within the body": Option.some(Fault.stall("Body")),
  "drips the body": Option.some(Fault.slowBody({ bytes: 1, every: "5 millis" })),
  "returns 429 with Retry-After": Option.some(Fault.error("rate_limited", { retryAfter: "7" })),
  "returns 502 with HTML": Option.some(Fault.htmlBadGateway),
  "returns 200 with half of a JSON body": Option.some(Fault.malformedJson),
  "returns 200 with 10 MB": Option.some(Fault.largeBody)
}

const host = (fault: Option.Option<Fault.Fault>) =>
  Effect.gen(function* () {
    const sandbox = yield* Sandbox.serve({ rateLimit: "Unlimited", faults: Option.toArray(fault) })
    return { origin: sandbox.url, received: Stream.runHead(sandbox.requestStream) }
  }).pipe(Effect.orDie)

suite("the sandbox", {
  behaving: (behaviour) => host(faults[behaviour]),
  redirecting: (to) => host(Option.some(Fault.redirect(to)))
})
