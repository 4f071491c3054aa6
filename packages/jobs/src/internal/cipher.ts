import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** Encodes and decodes stored texts. */
export interface Service {
  readonly encode: (text: string) => Effect.Effect<string>
  readonly decode: (text: string) => Effect.Effect<string>
  /** A deterministic digest of a key, from which the key can't be read. */
  readonly digest: (key: string) => Effect.Effect<string>
}

const plain: Service = { encode: Effect.succeed, decode: Effect.succeed, digest: Effect.succeed }

export class Cipher extends Context.Reference<Cipher>()("@effect-certifier/jobs/Cipher", {
  defaultValue: (): Service => plain
}) {}
