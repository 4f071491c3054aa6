import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** How texts are stored. */
export interface Service {
  readonly encode: (text: string) => Effect.Effect<string>
  readonly decode: (text: string) => Effect.Effect<string>
  /** The same text for the same key, from which the key can't be read. */
  readonly digest: (key: string) => Effect.Effect<string>
}

const plain: Service = { encode: Effect.succeed, decode: Effect.succeed, digest: Effect.succeed }

export class Cipher extends Context.Reference<Cipher>()("@effect-certifier/jobs/Cipher", {
  defaultValue: (): Service => plain
}) {}
