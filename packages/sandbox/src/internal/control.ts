import type { HttpApp } from "@effect/platform"
import * as HttpApi from "@effect/platform/HttpApi"
import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as ErrorEnvelope from "../ErrorEnvelope.js"
import { Rule } from "../Fault.js"
import { RecordedRequest } from "../RecordedRequest.js"
import * as Api from "./api.js"
import type { Sources } from "./console/sources.js"
import * as ControlOutward from "./controlOutward.js"
import * as ControlWorkspace from "./controlWorkspace.js"

const Rules = Schema.Array(Rule)

const group = HttpApiGroup.make("Control")
  .add(HttpApiEndpoint.get("faults", "/faults").addSuccess(Rules))
  .add(
    HttpApiEndpoint.post("addFaults", "/faults")
      .setPayload(Schema.Union(Rule, Rules))
      .addSuccess(Rules)
      .addError(ErrorEnvelope.schema("invalid_json"))
  )
  .add(HttpApiEndpoint.del("clearFaults", "/faults"))
  .add(HttpApiEndpoint.get("requests", "/requests").addSuccess(Schema.Array(RecordedRequest)))
  .add(HttpApiEndpoint.del("clearRequests", "/requests"))

const control = HttpApi.make("sandbox")
  .add(group)
  .add(ControlWorkspace.group)
  .add(ControlOutward.group)
  .addError(ErrorEnvelope.schema("not_found"))
  .addError(ErrorEnvelope.schema("validation_error"))
  .prefix("/__sandbox")

/** The endpoints that control the sandbox, for programs in any language. */
export const make = (options: Sources): Effect.Effect<HttpApp.Default, never, Scope.Scope> => {
  const { recorder, pendingFaults } = options
  const handlers = HttpApiBuilder.group(control, group.identifier, (handlers) =>
    handlers
      .handle("faults", () => pendingFaults.rules)
      .handleRaw("addFaults", () =>
        Effect.flatMap(Api.body(Schema.Union(Rule, Rules)), (rules) =>
          Effect.zipRight(pendingFaults.add("fault" in rules ? [rules] : rules), pendingFaults.rules)
        )
      )
      .handle("clearFaults", () => pendingFaults.clear)
      .handle("requests", () => recorder.requests)
      .handle("clearRequests", () => recorder.clear)
  )
  const stored = ControlWorkspace.handlers(options.store)
  const workspaceHandlers = HttpApiBuilder.group(control, ControlWorkspace.group.identifier, (handlers) =>
    handlers
      .handle("export", stored.export)
      .handleRaw("import", stored.import)
      .handleRaw("set", stored.set)
      .handle("list", stored.list)
      .handle("remove", stored.remove)
      .handle("snapshots", stored.snapshots)
      .handleRaw("snapshot", stored.snapshot)
      .handle("restore", stored.restore)
      .handle("removeSnapshot", stored.removeSnapshot)
  )
  const reached = ControlOutward.handlers(options)
  const outward = HttpApiBuilder.group(control, ControlOutward.group.identifier, (handlers) =>
    handlers
      .handle("mails", reached.mails)
      .handle("clearMails", reached.clearMails)
      .handle("bounces", reached.bounces)
      .handleRaw("bounce", reached.bounce)
      .handle("deliveries", reached.deliveries)
      .handle("clearDeliveries", reached.clearDeliveries)
      .handle("redeliver", reached.redeliver)
      .handle("webhooks", reached.webhooks)
      .handleRaw("changeWebhooks", reached.changeWebhooks)
      .handle("clock", reached.clock)
      .handleRaw("moveClock", reached.moveClock)
  )
  return Api.serve(control, Layer.provide(HttpApiBuilder.api(control), [handlers, workspaceHandlers, outward]))
}
