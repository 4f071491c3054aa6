import * as Interaction from "@effect-certifier/core/Interaction"
import * as Interactions from "@effect-certifier/core/Interactions"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Output, type View } from "../output.js"
import { type Limit, limited, pageOptions } from "./listing.js"
import * as Pick from "./pick.js"

const view: View<Interaction.Interaction> = {
  columns: [
    { title: "TIME", value: ({ triggeredAt }) => DateTime.formatIso(triggeredAt) },
    { title: "TYPE", value: ({ eventType }) => eventType },
    { title: "BY", value: ({ triggeredBy }) => triggeredBy },
    { title: "CREDENTIAL", value: ({ credentialId }) => credentialId }
  ],
  details: [{ title: "ID", value: ({ id }) => id }],
  toJson: Schema.encodeSync(Interaction.Interaction)
}

export const list = Effect.fnUntraced(function* ({
  credential,
  ...options
}: Limit & { readonly credential: Option.Option<string> }) {
  const { rows } = yield* Output
  const credentialId = Option.isSome(credential) ? (yield* Pick.credential(credential.value)).id : undefined
  yield* rows(view, limited(options)(Interactions.list({ credentialId, ...pageOptions(options) })))
})

export const create = Effect.fnUntraced(function* ({
  at,
  by,
  credential,
  type
}: {
  readonly credential: string
  readonly type: Interaction.KnownEventType
  readonly by: Interaction.KnownTriggeredBy
  readonly at: Option.Option<string>
}) {
  const { one } = yield* Output
  const { id } = yield* Pick.credential(credential)
  const triggeredAt = Option.isSome(at) ? at.value : yield* DateTime.now
  yield* one(view, yield* Interactions.create({ credentialId: id, eventType: type, triggeredBy: by, triggeredAt }))
})
