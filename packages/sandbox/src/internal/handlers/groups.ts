import type { CertifierApi } from "@effect-certifier/core"
import * as Effect from "effect/Effect"
import * as Api from "../api.js"
import * as Groups from "../groups.js"
import { Event } from "../workspace/event.js"
import * as Writes from "../workspace/write.js"
import { found, type HandlersOf, type Options, page } from "./handler.js"

type Operations = typeof CertifierApi.operations

/** The names of the operations of groups. */
type Names = Extract<keyof Operations, `${string}Group` | `${string}GroupsPage`>

export type Handlers = HandlersOf<Pick<Operations, Names>>

export const make = ({ quirks, random, workspace }: Options): Handlers => ({
  listGroupsPage: ({ urlParams }) =>
    Effect.flatMap(workspace.state, ({ groups }) =>
      page({ list: groups.orderedBy("list"), isDescending: quirks.listOrder === "newest-first" }, urlParams, quirks)
    ),
  createGroup: ({ payload }, given) =>
    workspace.modify((state) =>
      Effect.map(Groups.create(random, state, payload, given, quirks), (group) => ({
        result: group,
        writes: [Writes.put("groups", group)],
        events: [Event.GroupCreated({ group })]
      }))
    ),
  getGroup: ({ path }) => Effect.flatMap(workspace.state, ({ groups }) => found(groups.get(path.id))),
  updateGroup: ({ path, payload }, given) =>
    workspace.modify((state) =>
      Effect.gen(function* () {
        const previous = yield* found(state.groups.get(path.id))
        const group = yield* Groups.patch(state, previous, payload, given, quirks)
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
        const group = state.groups.get(path.id)
        if (group === undefined && quirks.deleteTwice === "accept") return { result: undefined }
        if (group === undefined) return yield* Api.failWith("not_found")
        yield* Groups.checkDeletion(state, group, quirks)
        return {
          result: undefined,
          writes: [Writes.remove("groups", path.id)],
          events: [Event.GroupDeleted({ group })]
        }
      })
    )
})
