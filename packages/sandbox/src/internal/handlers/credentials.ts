import { type CertifierApi, Credential } from "@effect-certifier/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { ErrorEnvelope } from "../../ErrorEnvelope.js"
import * as Api from "../api.js"
import * as Credentials from "../credentials.js"
import type { Given } from "../quirks/given.js"
import * as Searching from "../searching.js"
import { Event } from "../workspace/event.js"
import type { State } from "../workspace/state.js"
import * as Writes from "../workspace/write.js"
import { found, type HandlersOf, type Options, page } from "./handler.js"
import * as Steps from "./steps.js"

type Operations = typeof CertifierApi.operations

export type Handlers = HandlersOf<
  Pick<
    Operations,
    | "listCredentialsPage"
    | "searchCredentialsPage"
    | "getCredential"
    | "createCredential"
    | "createIssueSendCredential"
    | "updateCredential"
    | "issueCredential"
    | "sendCredential"
    | "deleteCredential"
    | "listCredentialDesigns"
  >
>

/** The read operations. */
const reading = (
  options: Options,
  { quirks, workspace } = options
): Pick<Handlers, "listCredentialsPage" | "searchCredentialsPage" | "getCredential" | "listCredentialDesigns"> => ({
  listCredentialsPage: ({ urlParams }) =>
    Effect.flatMap(workspace.state, ({ credentials }) =>
      page({ list: credentials.stored, isDescending: quirks.listOrder === "newest-first" }, urlParams, quirks)
    ),
  searchCredentialsPage: ({ payload: { filter, sort, ...options } }) =>
    Effect.gen(function* () {
      yield* Searching.check(filter, quirks)
      const { credentials } = yield* workspace.state
      const order = sort?.order ?? (quirks.searchOrder === "newest-first" ? "desc" : "asc")
      return yield* page(
        {
          list: Searching.listOf(credentials, filter, sort?.property, quirks),
          isDescending: order === "desc",
          matches: Searching.predicate(filter, yield* DateTime.now, quirks)
        },
        options,
        quirks
      )
    }),
  getCredential: ({ path }) => Effect.flatMap(workspace.state, ({ credentials }) => found(credentials.get(path.id))),
  listCredentialDesigns: ({ path }) =>
    Effect.gen(function* () {
      const state = yield* workspace.state
      const credential = yield* found(state.credentials.get(path.id))
      return Credentials.designs(credential, state, yield* DateTime.now, options)
    })
})

/** The first step of creating: a draft in an existing group. */
const draft =
  ({ quirks, random }: Options, fields: Credential.Create, given: Given) =>
  (state: State): Effect.Effect<Steps.Step, ErrorEnvelope> =>
    Effect.gen(function* () {
      if (!state.groups.has(fields.groupId)) {
        return yield* quirks.unknownGroup === "not-found"
          ? Api.failWith("not_found")
          : Api.failWith("validation_error", "groupId is not the id of a group")
      }
      if (quirks.unknownAttribute === "refuse") yield* Credentials.checkAttributes(state, fields.customAttributes)
      const credential = yield* Credentials.create(random, state, fields, given, quirks)
      return { credential, events: [Event.CredentialCreated({ credential })] }
    })

export const make = (options: Options): Handlers => {
  const { quirks, workspace } = options

  /** Changes an existing credential. */
  const change = (id: string, step: (credential: Credential.Credential, state: State) => ReturnType<Steps.NextStep>) =>
    Steps.run(workspace, quirks, (state) =>
      Effect.flatMap(found(state.credentials.get(id)), (credential) => step(credential, state))
    )

  /** The last step of creating if a quirk rejects unknown attributes only after the draft is stored. */
  const late =
    (fields: Credential.Create): Steps.NextStep =>
    (credential) =>
      Effect.flatMap(workspace.state, (state) =>
        Effect.as(Credentials.checkAttributes(state, fields.customAttributes), { credential, events: [] })
      )

  const isLate = quirks.unknownAttribute === "refuse-late"

  const asResponse = (credential: Credential.Credential): Credential.Credential =>
    quirks.issueResponse === "draft" ? new Credential.Credential({ ...credential, status: "draft" }) : credential

  return {
    ...reading(options),
    createCredential: ({ payload }, given) =>
      Steps.run(workspace, quirks, draft(options, payload, given), isLate ? [late(payload)] : [], isLate),
    createIssueSendCredential: ({ payload }, given) =>
      Effect.map(
        Steps.run(
          workspace,
          quirks,
          draft(options, payload, given),
          [
            ...(isLate ? [late(payload)] : []),
            Steps.issue(quirks),
            quirks.createIssueSendWithoutEmail === "issue" ? Steps.sendIfPossible(quirks) : Steps.send(quirks)
          ],
          quirks.createIssueSend === "steps" || isLate
        ),
        asResponse
      ),
    updateCredential: ({ path, payload }, given) =>
      change(path.id, (previous, state) =>
        Effect.map(Credentials.update(state, previous, payload, given, quirks), (credential) => ({
          credential,
          events: [Event.CredentialUpdated({ credential, previous })]
        }))
      ),
    issueCredential: ({ path }) => Effect.map(change(path.id, Steps.issue(quirks)), asResponse),
    sendCredential: ({ path }) => Effect.map(change(path.id, Steps.send(quirks)), asResponse),
    deleteCredential: ({ path }) =>
      workspace.modify((state) =>
        Effect.gen(function* () {
          const credential = state.credentials.get(path.id)
          if (credential === undefined && quirks.deleteTwice === "accept") return { result: undefined }
          if (credential === undefined) return yield* Api.failWith("not_found")
          if (quirks.deleteIssued === "conflict" && credential.status === "issued") {
            return yield* Api.failWith("conflict", "The credential is issued")
          }
          return {
            result: undefined,
            writes: [
              Writes.remove("credentials", path.id),
              ...(state.schedules.has(path.id) ? [Writes.remove("schedules", path.id)] : [])
            ],
            events: [Event.CredentialDeleted({ credential })]
          }
        })
      )
  }
}
