import { describe, it } from "@effect/vitest"
import { CertifierClient } from "@effect-certifier/core"
import { Effect, FastCheck, Layer, Redacted, Schema } from "effect"
import { Quirk, Sandbox } from "../src/index.js"
import { journey } from "./support/journey.js"

const layer = (quirks: Partial<Quirk.Quirks>) =>
  CertifierClient.layer({ accessToken: Redacted.make("any") }).pipe(
    Layer.provideMerge(Sandbox.layerInProcess({ rateLimit: "Unlimited", experimental: true, quirks }))
  )

const decode = Schema.decodeUnknownSync(Quirk.Overrides)

/** Each quirk with each of its values. */
const each = Object.entries<Quirk.Quirk>(Quirk.table).flatMap(([name, { values }]) =>
  Object.keys(values).map((value) => [name, value] as const)
)

describe("the client survives", () => {
  it.effect.each(each)("%s = %s", ([name, value]) => Effect.provide(journey, layer(decode({ [name]: value }))))

  const combinations = FastCheck.sample(
    FastCheck.record(
      Object.fromEntries(
        Object.entries<Quirk.Quirk>(Quirk.table).map(([name, { values }]) => [
          name,
          FastCheck.constantFrom(...Object.keys(values))
        ])
      )
    ),
    { numRuns: 40, seed: 21 }
  )
  it.effect.each(combinations.map((quirks, index) => [index, quirks] as const))(
    "all quirks at random, combination %i",
    ([, quirks]) => Effect.provide(journey, layer(decode(quirks)))
  )
})
