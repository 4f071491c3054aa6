import { type CertifierApi, type Credential, type Group, Interaction, type Operation } from "@effect-certifier/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Random from "effect/Random"
import type { ErrorEnvelope } from "../ErrorEnvelope.js"
import * as Api from "./api.js"
import * as Credentials from "./credentials.js"
import * as Groups from "./groups.js"
import * as Ids from "./ids.js"
import * as Searching from "./searching.js"
import { Event } from "./workspace/event.js"
import * as Page from "./workspace/page.js"
import type { State } from "./workspace/state.js"
import type { Change, Workspace } from "./workspace/workspace.js"
import * as Writes from "./workspace/write.js"

/** What the service does with a request of one operation, after all checks of its form. */
export type Handler<Self extends Operation.Any> = (
  request: Operation.Input<Self>
) => Effect.Effect<Operation.Success<Self>, ErrorEnvelope>

/** One handler for each operation that core declares: an operation without a handler does not compile. */
export type Handlers = {
  readonly [Name in keyof typeof CertifierApi.operations]: Handler<(typeof CertifierApi.operations)[Name]>
}

export interface Options {
  readonly random: Random.Random
  readonly workspace: Workspace
}

type GroupHandlers = Pick<Handlers, Extract<keyof Handlers, `${string}Group` | `${string}GroupsPage`>>

const notFound = Api.failWith("not_found")

const found = <A>(value: A | undefined): Effect.Effect<A, ErrorEnvelope> =>
  value === undefined ? notFound : Effect.succeed(value)

const page = <A, Derived>(
  query: Page.Query<A, Derived>,
  options: Operation.PageOptions
): Effect.Effect<Operation.Page<A>, ErrorEnvelope> =>
  Option.match(Page.page(query, options), {
    onNone: () => Api.failWith("validation_error", "cursor is not one that a list has returned"),
    onSome: Effect.succeed
  })

const groups = ({ random, workspace }: Options): GroupHandlers => ({
  listGroupsPage: ({ urlParams }) =>
    Effect.flatMap(workspace.state, ({ groups }) =>
      page({ list: groups.orderedBy("list"), isDescending: false }, urlParams)
    ),
  createGroup: ({ payload }) =>
    workspace.modify((state) =>
      Effect.map(Groups.create(random, state, payload), (group) => ({
        result: group,
        writes: [Writes.put("groups", group)],
        events: [Event.GroupCreated({ group })]
      }))
    ),
  getGroup: ({ path }) => Effect.flatMap(workspace.state, ({ groups }) => found(groups.get(path.id))),
  updateGroup: ({ path, payload }) =>
    workspace.modify((state) =>
      Effect.gen(function* () {
        const previous = yield* found(state.groups.get(path.id))
        const group: Group.Group = yield* Groups.patch(previous, payload)
        return {
          result: group,
          writes: [Writes.put("groups", group)],
          events: [Event.GroupUpdated({ group, previous })]
        }
      })
    ),
  deleteGroup: ({ path }) =>
    workspace.modify((state) =>
      Effect.gen(function* () {
        const group = yield* found(state.groups.get(path.id))
        const credentials = state.credentials.lookUp("groupId", path.id.toLowerCase())
        if (Array.from(credentials).some(({ value }) => value.groupId === path.id && value.status === "issued")) {
          return yield* Api.failWith("conflict", "The group has issued credentials")
        }
        return {
          result: undefined,
          writes: [Writes.remove("groups", path.id)],
          events: [Event.GroupDeleted({ group })]
        }
      })
    )
})

const designs = ({ workspace }: Options): Pick<Handlers, "listDesignsPage" | "getDesign"> => ({
  listDesignsPage: ({ urlParams }) =>
    Effect.flatMap(workspace.state, ({ designs }) => page({ list: designs.stored, isDescending: true }, urlParams)),
  getDesign: ({ path }) => Effect.flatMap(workspace.state, ({ designs }) => found(designs.get(path.id)))
})

const interactions = ({
  random,
  workspace
}: Options): Pick<Handlers, "listInteractionsPage" | "createInteraction"> => ({
  listInteractionsPage: ({ urlParams: { credentialId, ...options } }) =>
    Effect.flatMap(workspace.state, ({ interactions }) => {
      const list = credentialId === undefined ? interactions.stored : interactions.lookUp("credentialId", credentialId)
      return page({ list, isDescending: true }, options)
    }),
  createInteraction: ({ payload }) => recordInteraction({ random, workspace }, payload)
})

/** Stores an interaction with a credential that exists. */
export const recordInteraction = (
  { random, workspace }: Options,
  fields: Interaction.Create
): Effect.Effect<Interaction.Interaction, ErrorEnvelope> =>
  workspace.modify((state) =>
    Effect.gen(function* () {
      const credential = yield* found(state.credentials.get(fields.credentialId))
      const id = Interaction.InteractionId.make(yield* Ids.make(random, (id) => state.interactions.has(id)))
      const interaction = new Interaction.Interaction({ ...fields, id })
      return {
        result: interaction,
        writes: [Writes.put("interactions", interaction)],
        events: [Event.InteractionCreated({ interaction, credential })]
      }
    })
  )

/** A credential after a step, and what has happened in it. */
interface Step {
  readonly credential: Credential.Credential
  readonly event: Event
}

/** The change of a credential by some steps: what it is at the end is stored. */
const inSteps = (steps: readonly [Step, ...ReadonlyArray<Step>]): Effect.Effect<Change<Credential.Credential>> =>
  Effect.map(DateTime.now, (now) => {
    const last = steps.reduce<Credential.Credential>((_, { credential }) => credential, steps[0].credential)
    const credential = Credentials.at(last, now)
    return {
      result: credential,
      writes: [Writes.put("credentials", credential)],
      events: [
        ...steps.map(({ event }) => event),
        ...(credential.status === last.status ? [] : [Event.CredentialExpired({ credential })])
      ]
    }
  })

const issue = (draft: Credential.Credential): Effect.Effect<Step, ErrorEnvelope> =>
  Effect.map(Credentials.issue(draft), (credential) => ({ credential, event: Event.CredentialIssued({ credential }) }))

const send = (issued: Credential.Credential): Effect.Effect<Step, ErrorEnvelope> =>
  Effect.map(Credentials.send(issued), (credential) => ({ credential, event: Event.CredentialSent({ credential }) }))

const credentials = ({
  random,
  workspace
}: Options): Omit<
  Handlers,
  keyof GroupHandlers | "listDesignsPage" | "getDesign" | "listInteractionsPage" | "createInteraction"
> => {
  /** Changes one credential. */
  const change = (
    id: string,
    f: (credential: Credential.Credential, state: State) => Effect.Effect<Step, ErrorEnvelope>
  ) =>
    workspace.modify((state) =>
      Effect.flatMap(found(state.credentials.get(id)), (credential) =>
        Effect.flatMap(f(credential, state), (step) => inSteps([step]))
      )
    )

  /** A new draft in a group that exists. */
  const create = (state: State, fields: Credential.Create): Effect.Effect<Step, ErrorEnvelope> =>
    Effect.zipRight(
      found(state.groups.get(fields.groupId)),
      Effect.map(Credentials.create(random, state, fields), (credential) => ({
        credential,
        event: Event.CredentialCreated({ credential })
      }))
    )

  return {
    listCredentialsPage: ({ urlParams }) =>
      Effect.flatMap(workspace.state, ({ credentials }) =>
        page({ list: credentials.stored, isDescending: true }, urlParams)
      ),
    searchCredentialsPage: ({ payload: { filter, sort, ...options } }) =>
      Effect.flatMap(workspace.state, ({ credentials }) =>
        page(
          {
            list: Searching.listOf(credentials, filter, sort?.property),
            isDescending: sort?.order !== "asc",
            matches: filter === undefined ? undefined : Searching.compile(filter)
          },
          options
        )
      ),
    getCredential: ({ path }) => Effect.flatMap(workspace.state, ({ credentials }) => found(credentials.get(path.id))),
    createCredential: ({ payload }) =>
      workspace.modify((state) => Effect.flatMap(create(state, payload), (step) => inSteps([step]))),
    createIssueSendCredential: ({ payload }) =>
      workspace.modify((state) =>
        Effect.gen(function* () {
          const created = yield* create(state, payload)
          const issued = yield* issue(created.credential)
          return yield* inSteps([created, issued, yield* send(issued.credential)])
        })
      ),
    updateCredential: ({ path, payload }) =>
      change(path.id, (previous, state) =>
        Effect.map(Credentials.update(state, previous, payload), (credential) => ({
          credential,
          event: Event.CredentialUpdated({ credential, previous })
        }))
      ),
    issueCredential: ({ path }) => change(path.id, issue),
    sendCredential: ({ path }) => change(path.id, send),
    deleteCredential: ({ path }) =>
      workspace.modify((state) =>
        Effect.map(found(state.credentials.get(path.id)), (credential) => ({
          result: undefined,
          writes: [
            Writes.remove("credentials", path.id),
            ...(state.schedules.has(path.id) ? [Writes.remove("schedules", path.id)] : [])
          ],
          events: [Event.CredentialDeleted({ credential })]
        }))
      ),
    listCredentialDesigns: ({ path }) =>
      Effect.gen(function* () {
        const { credentials, designs, groups } = yield* workspace.state
        const credential = yield* found(credentials.get(path.id))
        const group = groups.get(credential.groupId)
        return group === undefined ? [] : Credentials.designs(credential, group, designs)
      })
  }
}

export const make = (options: Options): Handlers => ({
  ...groups(options),
  ...designs(options),
  ...credentials(options),
  ...interactions(options)
})
