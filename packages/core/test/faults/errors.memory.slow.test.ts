import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import * as CertifierClient from "../../src/CertifierClient.js"
import * as CertifierError from "../../src/CertifierError.js"
import * as Fake from "../support/fake.js"
import { groupId } from "../support/page.js"

setFlagsFromString("--expose-gc")
const collectGarbage: () => void = runInNewContext("gc")

/** The memory of a buffer is released some turns of the event loop after its collection. */
const heldMegabytes = Effect.gen(function* () {
  for (let turn = 0; turn < 5; turn++) {
    collectGarbage()
    yield* Effect.async<void>((resume) => void setImmediate(() => resume(Effect.void)))
  }
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 1024 / 1024
})

const count = 200

describe("an error with the beginning of a body", () => {
  it.live.each([
    ["a success that is no JSON", 200, (n: number) => `${n}${"x".repeat(900_000)}`],
    ["a page of HTML", 502, (n: number) => `<html>${n}${"x".repeat(900_000)}`],
    ["a long message", 400, (n: number) => `{"error":{"code":"c${n}","message":"${"x".repeat(60_000)}"}}`]
  ] as const)(
    "does not keep the whole body in memory: %s",
    ([, status, body]) =>
      Effect.gen(function* () {
        let n = 0
        const fail = Effect.flip(CertifierClient.updateGroup(groupId, {})).pipe(
          // A turn of the event loop, as a response from a socket takes.
          Effect.zipLeft(Effect.async<void>((resume) => void setImmediate(() => resume(Effect.void))))
        )
        const layer = Fake.make(() => Fake.json(status, body(n++))).layer()
        yield* Effect.gen(function* () {
          yield* Effect.replicateEffect(fail, 10)
          const before = yield* heldMegabytes
          const errors = yield* Effect.replicateEffect(fail, count)
          const held = (yield* heldMegabytes) - before
          assert.isTrue(errors.every(CertifierError.isCertifierError))
          // The bodies have 180 MB, the part that is read of errors 12 MB, and the errors themselves less than one.
          assert.isBelow(held, 5)
        }).pipe(Effect.provide(layer))
      }),
    60_000
  )
})
