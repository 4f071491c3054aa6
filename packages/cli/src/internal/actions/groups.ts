import * as Group from "@effect-certifier/core/Group"
import * as Groups from "@effect-certifier/core/Groups"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { Output, type View } from "../output.js"

export const view: View<Group.Group> = {
  columns: [
    { title: "ID", value: ({ id }) => id },
    { title: "NAME", value: ({ name }) => name },
    { title: "UPDATED", value: ({ updatedAt }) => DateTime.formatIso(updatedAt) }
  ],
  toJson: Schema.encodeSync(Group.Group)
}

const limited =
  (limit: Option.Option<number>) =>
  <A, E, R>(stream: Stream.Stream<A, E, R>): Stream.Stream<A, E, R> =>
    Option.match(limit, { onNone: () => stream, onSome: (count) => Stream.take(stream, count) })

export const list = ({ limit }: { readonly limit: Option.Option<number> }) =>
  Effect.flatMap(Output, ({ rows }) => rows(view, limited(limit)(Groups.list())))
