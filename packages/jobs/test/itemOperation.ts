import type * as CertifierError from "@effect-certifier/core/CertifierError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import * as JobOperation from "../src/JobOperation.js"

export const limits = { attempts: 3, intentAge: Duration.seconds(10) }

/** Runs to its end within an hour of the test clock. */
export const inTime = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Effect.fork(Effect.exit(effect)), (fiber) =>
    Effect.zipRight(TestClock.adjust("1 hour"), Fiber.join(fiber))
  )

export const operationOf = (
  send: (item: string) => Effect.Effect<string, CertifierError.CertifierError>,
  find?: JobOperation.Declaration<"x", string, string, string, string, never>["find"]
) =>
  JobOperation.make({
    name: "x",
    item: Schema.String,
    success: Schema.String,
    key: (item) => item,
    send,
    ...(find === undefined ? {} : { find })
  })
