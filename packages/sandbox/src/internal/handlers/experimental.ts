import type { Operation } from "@effect-certifier/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Api from "../api.js"
import * as CredentialRules from "../credentials.js"
import type { undocumented } from "../operationOf.js"
import { Event } from "../workspace/event.js"
import type { ReadonlyTable } from "../workspace/table.js"
import * as Writes from "../workspace/write.js"
import { found, type HandlersOf, type Options, page } from "./handler.js"

export { undocumented as operations } from "../operationOf.js"

export type Handlers = HandlersOf<typeof undocumented>

export const make = ({ quirks, workspace }: Options): Handlers => {
  const isDescending = quirks.listOrder === "newest-first"

  /** A page, or all objects if the list is a bare array. */
  const list = <A>(table: ReadonlyTable<A>, shape: "array" | "page", params: Operation.PageOptions) =>
    shape === "page"
      ? page({ list: table.stored, isDescending }, params, quirks)
      : Effect.succeed({
          data: isDescending ? table.values().toReversed() : table.values(),
          pagination: { prev: Option.none(), next: Option.none() }
        })

  return {
    listAttributesPage: ({ urlParams }) =>
      Effect.flatMap(workspace.state, ({ attributes }) => list(attributes, quirks.attributesShape, urlParams)),
    listEmailTemplatesPage: ({ urlParams }) =>
      Effect.flatMap(workspace.state, ({ emailTemplates }) =>
        list(emailTemplates, quirks.emailTemplatesShape, urlParams)
      ),
    scheduleCredential: ({ path, payload: { issueAt, sendAtIssuance } }) =>
      workspace.modify((state) =>
        Effect.gen(function* () {
          const draft = yield* found(state.credentials.get(path.id))
          // Fails if the draft can't be issued.
          yield* CredentialRules.issue(draft, quirks)
          if (issueAt === undefined && quirks.scheduleWithoutTime === "refuse") {
            return yield* Api.failWith("validation_error", "issueAt is missing")
          }
          const now = yield* DateTime.now
          const credential = CredentialRules.change(draft, now, { status: "scheduled" })
          return {
            result: credential,
            writes: [
              Writes.put("credentials", credential),
              // A credential that is due is issued before the next read.
              Writes.put("schedules", { id: credential.id, issueAt: issueAt ?? now, sendAtIssuance })
            ],
            events: [Event.CredentialScheduled({ credential })]
          }
        })
      )
  }
}
