import * as Design from "@effect-certifier/core/Design"
import * as Designs from "@effect-certifier/core/Designs"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Output, type View } from "../output.js"
import { type Limit, limited, pageOptions } from "./listing.js"
import * as Pick from "./pick.js"

const view: View<Design.Design> = {
  columns: [
    { title: "ID", value: ({ id }) => id },
    { title: "TYPE", value: ({ type }) => type },
    { title: "NAME", value: ({ name }) => name }
  ],
  details: [
    { title: "PREVIEW", value: ({ previewUrl }) => Option.getOrElse(previewUrl, () => "") },
    { title: "CREATED", value: ({ createdAt }) => DateTime.formatIso(createdAt) },
    { title: "UPDATED", value: ({ updatedAt }) => DateTime.formatIso(updatedAt) }
  ],
  toJson: Schema.encodeSync(Design.Design)
}

export const list = (options: Limit) =>
  Effect.flatMap(Output, ({ rows }) => rows(view, limited(options)(Designs.list(pageOptions(options)))))

export const get = Effect.fnUntraced(function* ({ design }: { readonly design: string }) {
  const { one } = yield* Output
  yield* one(view, yield* Pick.design(design))
})
