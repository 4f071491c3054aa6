import { Credential } from "@effect-certifier/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Random from "effect/Random"
import type { Quirks } from "../Quirk.js"

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

/** Each format begins with the time, in its own unit; the other digits are random. */
const formats = {
  ulid: { base: 32, timeDigits: 10, unit: 1 },
  hex: { base: 16, timeDigits: 8, unit: 1000 }
} as const

/** The number of random digits in every format. */
const randomDigits = 16

/** A new id in a format of the service. After a restart with the same seed the random digits can repeat. */
export const make = (
  random: Random.Random,
  { idFormat }: Pick<Quirks, "idFormat">,
  isTaken: (id: string) => boolean = () => false
): Effect.Effect<string> =>
  Effect.gen(function* () {
    const { base, timeDigits, unit } = formats[idFormat]
    const now = (yield* DateTime.now).epochMillis / unit
    const time = Array.from(
      { length: timeDigits },
      (_, index) => Math.floor(now / base ** (timeDigits - 1 - index)) % base
    )
    const chances = yield* Effect.replicateEffect(random.nextIntBetween(0, base), randomDigits)
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
