import type { CertifierApi, Group, Operation } from "@effect-certifier/core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Random from "effect/Random"
import type { ErrorEnvelope } from "../ErrorEnvelope.js"
import * as Api from "./api.js"
import * as Cursor from "./cursor.js"
import * as Store from "./store.js"

/** What the service does with a request of one operation, after all checks of its form. */
export type Handler<Self extends Operation.Any> = (
  request: Operation.Input<Self>
) => Effect.Effect<Operation.Success<Self>, ErrorEnvelope>

/** One handler for each operation that core declares: an operation without a handler does not compile. */
export type Handlers = {
  readonly [Name in keyof typeof CertifierApi.operations]: Handler<(typeof CertifierApi.operations)[Name]>
}

const notFound = Api.failWith("not_found")

export const make = ({ random, store }: { readonly random: Random.Random; readonly store: Store.Store }): Handlers => {
  /** Changes or removes one group. */
  const change = (id: string, f: (group: Group.Group) => Effect.Effect<Option.Option<Group.Group>>) =>
    store.modify((groups) =>
      Effect.gen(function* () {
        const group = yield* Effect.orElse(Effect.fromNullable(groups.get(id)), () => notFound)
        return yield* Effect.map(
          f(group),
          Option.match({
            onNone: () => [group, Store.remove(groups, id)] as const,
            onSome: (changed) => [changed, Store.set(groups, changed)] as const
          })
        )
      })
    )

  return {
    listGroupsPage: ({ urlParams }) =>
      Effect.flatMap(store.groups, (groups) =>
        Option.match(Cursor.page(groups, urlParams), {
          onNone: () => Api.failWith("validation_error", "cursor is not one that a list has returned"),
          onSome: Effect.succeed
        })
      ),
    createGroup: ({ payload }) =>
      store.modify((groups) =>
        Effect.map(Store.create(random, groups, payload), (group) => [group, Store.set(groups, group)] as const)
      ),
    getGroup: ({ path }) =>
      Effect.flatMap(store.groups, (groups) => Effect.orElse(Effect.fromNullable(groups.get(path.id)), () => notFound)),
    updateGroup: ({ path, payload }) => change(path.id, (group) => Effect.asSome(Store.patch(group, payload))),
    deleteGroup: ({ path }) => Effect.asVoid(change(path.id, () => Effect.succeedNone))
  }
}
