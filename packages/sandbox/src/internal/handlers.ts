import { type CertifierApi, type Credential, type Group, Interaction, type Operation } from "@effect-certifier/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Random from "effect/Random"
import type { ErrorEnvelope } from "../ErrorEnvelope.js"
import * as Api from "./api.js"
import * as Credentials from "./credentials.js"
import * as Cursor from "./cursor.js"
import * as Entries from "./entries.js"
import * as Searching from "./searching.js"
import * as Store from "./store.js"
import * as Workspace from "./workspace.js"

/** What the service does with a request of one operation, after all checks of its form. */
export type Handler<Self extends Operation.Any> = (
  request: Operation.Input<Self>
) => Effect.Effect<Operation.Success<Self>, ErrorEnvelope>

/** One handler for each operation that core declares: an operation without a handler does not compile. */
export type Handlers = {
  readonly [Name in keyof typeof CertifierApi.operations]: Handler<(typeof CertifierApi.operations)[Name]>
}

interface Options {
  readonly random: Random.Random
  readonly store: Store.Store
  readonly workspace: Workspace.Workspace
}

type GroupHandlers = Pick<Handlers, Extract<keyof Handlers, `${string}Group` | `${string}GroupsPage`>>

const notFound = Api.failWith("not_found")

const found = <A>(value: A | undefined): Effect.Effect<A, ErrorEnvelope> =>
  value === undefined ? notFound : Effect.succeed(value)

const pageOrRefuse = <A>(page: Option.Option<A>): Effect.Effect<A, ErrorEnvelope> =>
  Option.match(page, {
    onNone: () => Api.failWith("validation_error", "cursor is not one that a list has returned"),
    onSome: Effect.succeed
  })

const groups = ({ random, store, workspace }: Options): GroupHandlers => {
  /** Changes or removes one group. */
  const change = (id: string, f: (group: Group.Group) => Effect.Effect<Option.Option<Group.Group>, ErrorEnvelope>) =>
    store.modify((groups) =>
      Effect.gen(function* () {
        const group = yield* found(groups.get(id))
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
      Effect.flatMap(store.groups, (groups) => pageOrRefuse(Cursor.page(groups, urlParams))),
    createGroup: ({ payload }) =>
      store.modify((groups) =>
        Effect.map(Store.create(random, groups, payload), (group) => [group, Store.set(groups, group)] as const)
      ),
    getGroup: ({ path }) => Effect.flatMap(store.groups, (groups) => found(groups.get(path.id))),
    updateGroup: ({ path, payload }) => change(path.id, (group) => Effect.asSome(Store.patch(group, payload))),
    deleteGroup: ({ path }) =>
      // The workspace first, here and where a credential is created: none is created in a group that is being deleted.
      workspace.modify((state) =>
        Effect.as(
          change(path.id, ({ id }) =>
            [...state.credentials.values()].some(({ value }) => value.groupId === id && value.status === "issued")
              ? Api.failWith("conflict", "The group has issued credentials")
              : Effect.succeedNone
          ),
          [undefined, state] as const
        )
      )
  }
}

const designs = ({ workspace }: Options): Pick<Handlers, "listDesignsPage" | "getDesign"> => ({
  listDesignsPage: ({ urlParams }) =>
    Effect.flatMap(workspace.state, ({ designs }) =>
      pageOrRefuse(Entries.page(designs.values(), Entries.newestFirst, urlParams))
    ),
  getDesign: ({ path }) => Effect.flatMap(workspace.state, ({ designs }) => found(designs.get(path.id)?.value))
})

const interactions = ({
  random,
  workspace
}: Options): Pick<Handlers, "listInteractionsPage" | "createInteraction"> => ({
  listInteractionsPage: ({ urlParams }) =>
    Effect.flatMap(workspace.state, ({ interactions }) => {
      const { credentialId, ...page } = urlParams
      const listed = [...interactions.values()].filter(
        ({ value }) => credentialId === undefined || value.credentialId === credentialId
      )
      return pageOrRefuse(Entries.page(listed, Entries.newestFirst, page))
    }),
  createInteraction: ({ payload }) =>
    workspace.modify((state) =>
      Effect.gen(function* () {
        yield* found(state.credentials.get(payload.credentialId))
        const id = Interaction.InteractionId.make(yield* Store.makeId(random, yield* DateTime.now))
        const interaction = new Interaction.Interaction({ ...payload, id })
        return [interaction, { ...state, interactions: Workspace.set(state.interactions, interaction) }] as const
      })
    )
})

const credentials = ({
  random,
  store,
  workspace
}: Options): Omit<
  Handlers,
  keyof GroupHandlers | "listDesignsPage" | "getDesign" | "listInteractionsPage" | "createInteraction"
> => {
  /** The credentials as they are today. */
  const current = Effect.zipWith(workspace.state, DateTime.now, ({ credentials }, now) =>
    Array.from(credentials.values(), ({ sequence, value }) => ({ sequence, value: Credentials.at(value, now) }))
  )

  const read = (state: Workspace.State, id: string) =>
    Effect.zipWith(found(state.credentials.get(id)), DateTime.now, ({ value }, now) => Credentials.at(value, now))

  const stored = (state: Workspace.State, credential: Credential.Credential) =>
    Effect.map(
      DateTime.now,
      (now) =>
        [
          Credentials.at(credential, now),
          { ...state, credentials: Workspace.set(state.credentials, credential) }
        ] as const
    )

  /** Changes one credential. */
  const change = (
    id: string,
    f: (credential: Credential.Credential) => Effect.Effect<Credential.Credential, ErrorEnvelope>
  ) => workspace.modify((state) => Effect.flatMap(Effect.flatMap(read(state, id), f), (next) => stored(state, next)))

  /** Creates one credential in a group that exists. */
  const create = (
    fields: Credential.Create,
    after: (credential: Credential.Credential) => Effect.Effect<Credential.Credential, ErrorEnvelope>
  ) =>
    workspace.modify((state) =>
      Effect.gen(function* () {
        yield* found((yield* store.groups).get(fields.groupId))
        const created = yield* Credentials.create(random, fields)
        return yield* stored(state, yield* after(created))
      })
    )

  return {
    listCredentialsPage: ({ urlParams }) =>
      Effect.flatMap(current, (credentials) => pageOrRefuse(Entries.page(credentials, Entries.newestFirst, urlParams))),
    searchCredentialsPage: ({ payload: { filter, sort, ...page } }) =>
      Effect.flatMap(current, (credentials) =>
        pageOrRefuse(
          Entries.page(
            credentials.filter(({ value }) => filter === undefined || Searching.matches(filter, value)),
            sort === undefined ? Entries.newestFirst : Searching.orderOf(sort),
            page
          )
        )
      ),
    getCredential: ({ path }) => Effect.flatMap(workspace.state, (state) => read(state, path.id)),
    createCredential: ({ payload }) => create(payload, Effect.succeed),
    createIssueSendCredential: ({ payload }) =>
      create(payload, (draft) => Effect.flatMap(Credentials.issue(draft), Credentials.send)),
    updateCredential: ({ path, payload }) => change(path.id, (credential) => Credentials.update(credential, payload)),
    issueCredential: ({ path }) => change(path.id, Credentials.issue),
    sendCredential: ({ path }) => change(path.id, Credentials.send),
    deleteCredential: ({ path }) =>
      workspace.modify((state) =>
        Effect.as(found(state.credentials.get(path.id)), [
          undefined,
          { ...state, credentials: Workspace.remove(state.credentials, path.id) }
        ] as const)
      ),
    listCredentialDesigns: ({ path }) =>
      Effect.gen(function* () {
        const state = yield* workspace.state
        const credential = yield* read(state, path.id)
        const group = (yield* store.groups).get(credential.groupId)
        return group === undefined ? [] : Credentials.designs(credential, group, state.designs)
      })
  }
}

export const make = ({ random, store }: { readonly random: Random.Random; readonly store: Store.Store }): Handlers => {
  const options: Options = { random, store, workspace: Workspace.make() }
  return { ...groups(options), ...designs(options), ...credentials(options), ...interactions(options) }
}
