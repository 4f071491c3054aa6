import type { CertifierError } from "@effect-certifier/core/CertifierError"
import type * as Issuance from "@effect-certifier/core/Issuance"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { ItemProblem } from "../JobError.js"
import type { Finding } from "../JobOperation.js"
import type { Lost } from "./lost.js"

export const TypeId: unique symbol = /* #__PURE__ */ Symbol.for("@effect-certifier/jobs/JobOperation")

export const CodecId: unique symbol = /* #__PURE__ */ Symbol.for("@effect-certifier/jobs/JobOperation/Codec")

/** The current step of an item, as JSON text. */
export interface Steps {
  readonly stored: Option.Option<string>
  /** Whether the stored step is repeated even if it may have taken effect, after `Jobs.retry`. */
  readonly repeats: boolean
  readonly store: (text: string) => Effect.Effect<void, Lost>
}

/** An operation on JSON texts, so that a runner can have operations of all types. */
export interface Erased<R> {
  readonly kind: "idempotent" | "find" | "unknowable" | "steps"
  readonly send: (
    payload: string,
    steps: Steps
  ) => Effect.Effect<string, CertifierError | Issuance.Uncertain | ItemProblem | Lost, R>
  readonly find: (
    payload: string,
    since: DateTime.Utc
  ) => Effect.Effect<Finding<string>, CertifierError | ItemProblem, R>
}

export interface Codec<Item, Out> {
  readonly key: (item: Item) => string
  /** Fails with a description of the problem, which never contains a value. */
  readonly encodeItem: (item: Item) => Effect.Effect<string, string>
  readonly decodeItem: (text: string) => Effect.Effect<Item, ItemProblem>
  readonly encodeResult: (result: Out) => Effect.Effect<string, ItemProblem>
  readonly decodeResult: (text: string) => Effect.Effect<Out, ItemProblem>
  readonly undecodable: ItemProblem
}

const whereOf = (error: ParseResult.ParseError): string => {
  const paths = ParseResult.ArrayFormatter.formatErrorSync(error).map(({ path }) => path.join("."))
  const fields = [...new Set(paths)].filter((path) => path !== "")
  return fields.length === 0 ? "is invalid" : `is invalid at ${fields.join(", ")}`
}

const json = Schema.decode(Schema.parseJson())

export const codec = <Item, ItemEncoded, Out, OutEncoded>(
  operation: string,
  schemas: {
    readonly item: Schema.Schema<Item, ItemEncoded>
    readonly success: Schema.Schema<Out, OutEncoded>
    readonly key: (item: Item) => string
  }
): Codec<Item, Out> => {
  const encodeItem = Schema.encode(Schema.parseJson(schemas.item))
  const decodeItem = Schema.decode(Schema.parseJson(schemas.item))
  const encodeResult = Schema.encode(schemas.success)
  const decodeResult = Schema.decodeUnknown(schemas.success)
  const undecodable = new ItemProblem({ operation, reason: "Undecodable", outcome: "NotSent" })
  return {
    key: schemas.key,
    undecodable,
    encodeItem: (item) => Effect.mapError(encodeItem(item), whereOf),
    decodeItem: (text) => Effect.mapError(decodeItem(text), () => undecodable),
    // `Schema.Void` encodes to `undefined`, which JSON does not have.
    encodeResult: (result) =>
      Effect.mapBoth(encodeResult(result), {
        onSuccess: (encoded) => JSON.stringify(encoded ?? null),
        onFailure: () => new ItemProblem({ operation, reason: "ResultNotEncodable", outcome: "MaybeApplied" })
      }),
    decodeResult: (text) =>
      json(text).pipe(
        Effect.flatMap((value) =>
          Effect.catchAll(decodeResult(value), (error) =>
            value === null ? decodeResult(undefined) : Effect.fail(error)
          )
        ),
        Effect.mapError(() => undecodable)
      )
  }
}
