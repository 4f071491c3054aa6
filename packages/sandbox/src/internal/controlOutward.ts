import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Behavior, Delivery } from "../Delivery.js"
import * as ErrorEnvelope from "../ErrorEnvelope.js"
import { Mail } from "../Mail.js"
import * as Api from "./api.js"
import type { Sources } from "./console/sources.js"
import * as Wait from "./wait.js"

/** The kept items of a kind, and the number of older ones that were dropped. */
const kept = <A, I>(item: Schema.Schema<A, I>) => Schema.Struct({ data: Schema.Array(item), forgotten: Schema.Int })

const Bounce = Schema.Struct({
  address: Schema.NonEmptyTrimmedString.pipe(Schema.maxLength(320)),
  bounces: Schema.optionalWith(Schema.Boolean, { default: () => true })
})

const Bounces = Schema.Struct({ addresses: Schema.Array(Schema.String) })

const Changes = Schema.partialWith(Behavior, { exact: true })

const Move = Schema.Struct({ by: Wait.Long })

const Numbered = Schema.Struct({ number: Schema.String })

const Webhooks = Schema.Struct({ targets: Schema.Array(Schema.String), behavior: Behavior })

const Clock = Schema.Struct({ moved: Schema.DurationFromMillis })

const invalid = ErrorEnvelope.schema("invalid_json")

/** The endpoints for mails, webhooks and the clock. */
export const group = HttpApiGroup.make("Outward")
  .add(HttpApiEndpoint.get("mails", "/mails").addSuccess(kept(Mail)))
  .add(HttpApiEndpoint.del("clearMails", "/mails"))
  .add(HttpApiEndpoint.get("bounces", "/bounces").addSuccess(Bounces))
  .add(HttpApiEndpoint.post("bounce", "/bounces").setPayload(Bounce).addSuccess(Bounces).addError(invalid))
  .add(HttpApiEndpoint.get("deliveries", "/deliveries").addSuccess(kept(Delivery)))
  .add(HttpApiEndpoint.del("clearDeliveries", "/deliveries"))
  .add(HttpApiEndpoint.post("redeliver", "/deliveries/:number/redeliver").setPath(Numbered).addSuccess(Delivery))
  .add(HttpApiEndpoint.get("webhooks", "/webhooks").addSuccess(Webhooks))
  .add(HttpApiEndpoint.patch("changeWebhooks", "/webhooks").setPayload(Changes).addSuccess(Webhooks).addError(invalid))
  .add(HttpApiEndpoint.get("clock", "/clock").addSuccess(Clock))
  .add(HttpApiEndpoint.post("moveClock", "/clock").setPayload(Move).addSuccess(Clock).addError(invalid))

export const handlers = ({ changes, mails, time, webhooks }: Sources) => {
  const bounces = Effect.map(mails.bouncing, (addresses) => ({ addresses }))
  const clock = Effect.map(time.moved, (moved) => ({ moved }))
  const settings = Effect.map(webhooks.behavior, (behavior) => ({ targets: webhooks.targets, behavior }))
  return {
    mails: () => Effect.all({ data: mails.mails, forgotten: mails.forgotten }),
    clearMails: () => Effect.zipRight(mails.clear, Effect.sync(changes.announce)),
    bounces: () => bounces,
    bounce: () =>
      Effect.flatMap(Api.body(Bounce), (bounce) =>
        Effect.zipRight(mails.bounce(bounce.address, bounce.bounces), bounces)
      ),
    deliveries: () => Effect.all({ data: webhooks.deliveries, forgotten: webhooks.forgotten }),
    clearDeliveries: () => webhooks.clear,
    redeliver: ({ path }: { readonly path: { readonly number: string } }) =>
      Effect.flatMap(
        webhooks.redeliver(Number(path.number)),
        Option.match({ onNone: () => Api.failWith("not_found"), onSome: Effect.succeed })
      ),
    webhooks: () => settings,
    changeWebhooks: () =>
      Effect.flatMap(Api.body(Changes), (changes) => Effect.zipRight(webhooks.setBehavior(changes), settings)),
    clock: () => clock,
    moveClock: () => Effect.flatMap(Api.body(Move), ({ by }) => Effect.zipRight(time.advance(by), clock))
  }
}
