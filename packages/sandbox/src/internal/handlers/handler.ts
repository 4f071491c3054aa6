import type { Operation } from "@effect-certifier/core"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Random from "effect/Random"
import type { ErrorEnvelope } from "../../ErrorEnvelope.js"
import * as Api from "../api.js"
import type { Given } from "../quirks/given.js"
import type { Quirks } from "../../Quirk.js"
import * as Page from "../workspace/page.js"
import type { Workspace } from "../workspace/workspace.js"

/** Handles a valid request of one operation. `given` has the parts of the request that only a quirk accepts. */
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

/** The lifetime of a cursor, if a quirk limits it, in milliseconds. */
const lifetime = 60_000

/** Appends its creation time in base 36 to a cursor. The base64url of a cursor has no dot. */
const dated = (now: number) => (cursor: string) => `${cursor}.${now.toString(36)}`

/** The cursor without its creation time. An expired one becomes the empty string, which is not a cursor of any list. */
const undated = (now: number, cursor: string): string => {
  const [made = "", at = ""] = cursor.split(".")
  return Number.parseInt(at, 36) + lifetime >= now ? made : ""
}

/** One page of a list. Fails if the cursor was not returned by a list. */
export const page = <A, Derived>(
  query: Page.Query<A, Derived>,
  { cursor, ...options }: Operation.PageOptions,
  { cursorLife, cursors, unknownCursor }: Quirks
): Effect.Effect<Operation.Page<A>, ErrorEnvelope> =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const ages = cursorLife === "minute"
    const read = cursor === undefined || !ages ? cursor : undated(now, cursor)
    const found = Option.orElse(Page.page(query, { ...options, cursor: read }, cursors), () =>
      unknownCursor === "refuse" ? Option.none() : Page.page(query, options, cursors)
    )
    if (Option.isNone(found)) {
      return yield* Api.failWith("validation_error", "cursor was not returned by a list")
    }
    const { data, pagination } = found.value
    const link = (cursor: Option.Option<string>) => (ages ? Option.map(cursor, dated(now)) : cursor)
    return { data, pagination: { prev: link(pagination.prev), next: link(pagination.next) } }
  })
