import * as Group from "@effect-certifier/core/Group"
import * as Groups from "@effect-certifier/core/Groups"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { confirm } from "../confirm.js"
import { usage } from "../failure.js"
import { Output, type View } from "../output.js"
import { type Limit, limited, pageOptions } from "./listing.js"
import * as Pick from "./pick.js"

export const view: View<Group.Group> = {
  columns: [
    { title: "ID", value: ({ id }) => id },
    { title: "NAME", value: ({ name }) => name },
    { title: "UPDATED", value: ({ updatedAt }) => DateTime.formatIso(updatedAt) }
  ],
  details: [
    {
      title: "DESIGNS",
      value: ({ badgeDesignId, certificateDesignId, designIds }) =>
        Option.getOrElse(designIds, () => [
          ...Option.toArray(certificateDesignId),
          ...Option.toArray(badgeDesignId)
        ]).join(", ")
    },
    { title: "LEARNING EVENT", value: ({ learningEventUrl }) => Option.getOrElse(learningEventUrl, () => "") },
    { title: "CREATED", value: ({ createdAt }) => DateTime.formatIso(createdAt) }
  ],
  toJson: Schema.encodeSync(Group.Group)
}

interface Fields {
  readonly designs: ReadonlyArray<string>
  readonly learningEventUrl: Option.Option<string>
}

const fieldsOf = ({ designs, learningEventUrl }: Fields) =>
  Effect.map(Effect.forEach(designs, Pick.designId), (designIds) => ({
    designIds: designIds.length === 0 ? undefined : designIds,
    learningEventUrl: Option.getOrUndefined(learningEventUrl)
  }))

const shown = (group: Group.Group) => Effect.flatMap(Output, ({ one }) => one(view, group))

export const list = (options: Limit) =>
  Effect.flatMap(Output, ({ rows }) => rows(view, limited(options)(Groups.list(pageOptions(options)))))

export const get = ({ group }: { readonly group: string }) => Effect.flatMap(Pick.group(group), shown)

export const create = Effect.fnUntraced(function* ({ name, ...options }: Fields & { readonly name: string }) {
  yield* shown(yield* Groups.create({ name, ...(yield* fieldsOf(options)) }))
})

export const update = Effect.fnUntraced(function* ({
  group,
  name,
  ...options
}: Fields & { readonly group: string; readonly name: Option.Option<string> }) {
  if (Option.isNone(name) && Option.isNone(options.learningEventUrl) && options.designs.length === 0) {
    return yield* usage("There is nothing to change.", "See certifier groups update --help")
  }
  const id = yield* Pick.groupId(group)
  const patch = { name: Option.getOrUndefined(name), ...(yield* fieldsOf(options)) }
  yield* shown(yield* Groups.withConcurrencyCheck(Groups.update(id, patch)))
})

export const remove = Effect.fnUntraced(function* ({ group, yes }: { readonly group: string; readonly yes: boolean }) {
  const { id, name } = yield* Pick.group(group)
  yield* confirm(`Delete the group "${name}" (${id})?`, yes)
  yield* Groups.delete(id)
  const { message } = yield* Output
  yield* message(`Deleted the group "${name}".`)
})
