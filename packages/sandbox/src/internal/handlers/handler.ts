import type { Operation } from "@effect-certifier/core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Random from "effect/Random"
import type { ErrorEnvelope } from "../../ErrorEnvelope.js"
import * as Api from "../api.js"
import type { Given } from "../quirks/given.js"
import type { Quirks } from "../../Quirk.js"
import * as Page from "../workspace/page.js"
import type { Workspace } from "../workspace/workspace.js"

/**
 * What the service does with a request of one operation, after all checks of its form. `given` is what the request has
 * besides, by a quirk.
 */
export type Handler<Self extends Operation.Any> = (
  request: Operation.Input<Self>,
  given: Given
) => Effect.Effect<Operation.Success<Self>, ErrorEnvelope>

/** One handler for each operation of a table: an operation without a handler does not compile. */
export type HandlersOf<Operations extends { readonly [name: string]: Operation.Any }> = {
  readonly [Name in keyof Operations]: Handler<Operations[Name]>
}

export interface Options {
  readonly random: Random.Random
  readonly workspace: Workspace
  readonly quirks: Quirks
  /** The URL of the sandbox, for links and images. */
  readonly url: () => string
}

export const found = <A>(value: A | undefined): Effect.Effect<A, ErrorEnvelope> =>
  value === undefined ? Api.failWith("not_found") : Effect.succeed(value)

/** One page of a list, or the error of a cursor that no list has returned. */
export const page = <A, Derived>(
  query: Page.Query<A, Derived>,
  options: Operation.PageOptions,
  { cursors }: Quirks
): Effect.Effect<Operation.Page<A>, ErrorEnvelope> =>
  Option.match(Page.page(query, options, cursors), {
    onNone: () => Api.failWith("validation_error", "cursor is not one that a list has returned"),
    onSome: Effect.succeed
  })
