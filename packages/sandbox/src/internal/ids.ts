import { Credential } from "@effect-certifier/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Random from "effect/Random"

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

/**
 * A new id in the service's format: a ULID in lower case, 48 bits of time and 80 random bits. After a restart with the same
 * seed the random ones can repeat.
 */
export const make = (random: Random.Random, isTaken: (id: string) => boolean = () => false): Effect.Effect<string> =>
  Effect.gen(function* () {
    const now = yield* DateTime.now
    const time = Array.from({ length: 10 }, (_, index) => Math.floor(now.epochMillis / 32 ** (9 - index)) % 32)
    const chances = yield* Effect.replicateEffect(random.nextIntBetween(0, 32), 16)
    return time
      .concat(chances)
      .map((digit) => alphabet[digit])
      .join("")
  }).pipe(Effect.repeat({ while: isTaken }))

/** A new UUID of version 4. */
export const makePublicId = (
  random: Random.Random,
  isTaken: (id: string) => boolean
): Effect.Effect<Credential.PublicId> =>
  Effect.map(Effect.replicateEffect(random.nextIntBetween(0, 16), 32), (digits) => {
    const hex = digits.map((digit, index) => (index === 12 ? 4 : index === 16 ? 8 + (digit % 4) : digit).toString(16))
    const text = hex.join("")
    const parts = [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)]
    return Credential.PublicId.make(parts.join("-"))
  }).pipe(Effect.repeat({ while: isTaken }))
