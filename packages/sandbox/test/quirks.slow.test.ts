import { describe, it } from "@effect/vitest"
import { CertifierClient } from "@effect-certifier/core"
import { Effect, FastCheck, Layer, Redacted, Schema } from "effect"
import { Quirk, Sandbox } from "../src/index.js"
import { journey, seeds } from "./support/journey.js"

const layer = (quirks: Partial<Quirk.Quirks>) =>
  CertifierClient.layer({ accessToken: Redacted.make("any") }).pipe(
    Layer.provideMerge(Sandbox.layerInProcess({ ...seeds, rateLimit: "Unlimited", experimental: true, quirks }))
  )

const decode = Schema.decodeUnknownSync(Quirk.Overrides)

/** Each quirk with each of its values except the default. */
const each = Object.entries<Quirk.Quirk>(Quirk.table).flatMap(([name, { default: usual, values }]) =>
  Object.keys(values)
    .filter((value) => value !== usual)
    .map((value) => [name, value] as const)
)

describe("the client works with", () => {
  it.effect("all defaults", () => Effect.provide(journey, layer({})))

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
    { numRuns: 25, seed: 21 }
  )
  it.effect.each(combinations.map((quirks, index) => [index, quirks] as const))(
    "all quirks at random, combination %i",
    ([, quirks]) => Effect.provide(journey, layer(decode(quirks)))
  )
})
