import { type CertifierApi, Interaction } from "@effect-certifier/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { ErrorEnvelope } from "../../ErrorEnvelope.js"
import * as Api from "../api.js"
import * as Ids from "../ids.js"
import { Event } from "../workspace/event.js"
import * as Writes from "../workspace/write.js"
import { found, type HandlersOf, type Options, page } from "./handler.js"

type Operations = typeof CertifierApi.operations

export type Handlers = HandlersOf<
  Pick<Operations, "listDesignsPage" | "getDesign" | "listInteractionsPage" | "createInteraction">
>

/** Stores an interaction with an existing credential. */
export const record = (
  { quirks, random, workspace }: Options,
  fields: Interaction.Create
): Effect.Effect<Interaction.Interaction, ErrorEnvelope> =>
  workspace.modify((state) =>
    Effect.gen(function* () {
      const credential = state.credentials.get(fields.credentialId)
      if (credential === undefined) {
        return yield* quirks.unknownCredential === "not-found"
          ? Api.failWith("not_found")
          : Api.failWith("validation_error", "credentialId is not the id of a credential")
      }
      if (quirks.interactionPlan === "payment-required") return yield* Api.failWith("payment_required")
      if (quirks.futureInteractions === "refuse" && DateTime.greaterThan(fields.triggeredAt, yield* DateTime.now)) {
        return yield* Api.failWith("validation_error", "triggeredAt is in the future")
      }
      const id = Interaction.InteractionId.make(yield* Ids.make(random, quirks, (id) => state.interactions.has(id)))
      const interaction = new Interaction.Interaction({ ...fields, id })
      return {
        result: interaction,
        writes: [Writes.put("interactions", interaction)],
        events: [Event.InteractionCreated({ interaction, credential })]
      }
    })
  )

export const make = (options: Options): Handlers => {
  const { quirks, workspace } = options
  const isDescending = quirks.listOrder === "newest-first"
  return {
    listDesignsPage: ({ urlParams }) =>
      Effect.flatMap(workspace.state, ({ designs }) => page({ list: designs.stored, isDescending }, urlParams, quirks)),
    getDesign: ({ path }) => Effect.flatMap(workspace.state, ({ designs }) => found(designs.get(path.id))),
    listInteractionsPage: ({ urlParams: { credentialId, ...params } }) =>
      Effect.flatMap(workspace.state, ({ interactions }) => {
        const list =
          credentialId === undefined ? interactions.stored : interactions.lookUp("credentialId", credentialId)
        return page({ list, isDescending }, params, quirks)
      }),
    createInteraction: ({ payload }) => record(options, payload)
  }
}
