import * as Attribute from "@effect-certifier/core/Attribute"
import * as Attributes from "@effect-certifier/core/Attributes"
import * as EmailTemplate from "@effect-certifier/core/EmailTemplate"
import * as EmailTemplates from "@effect-certifier/core/EmailTemplates"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { CliFailure, nothingChanged } from "../failure.js"
import { Output, type View } from "../output.js"
import { type Limit, limited } from "./listing.js"

const attributeView: View<Attribute.Attribute> = {
  columns: [
    { title: "KEY", value: Attribute.key },
    { title: "NAME", value: ({ name }) => name },
    { title: "TYPE", value: ({ type }) => Option.getOrElse(type, () => "") }
  ],
  toJson: Schema.encodeSync(Attribute.Attribute)
}

const templateView: View<EmailTemplate.EmailTemplate> = {
  columns: [
    { title: "ID", value: ({ id }) => id },
    { title: "NAME", value: ({ name }) => name },
    { title: "SUBJECT", value: ({ subject }) => Option.getOrElse(subject, () => "") }
  ],
  toJson: Schema.encodeSync(EmailTemplate.EmailTemplate)
}

/** The endpoint is undocumented, and the vendor can remove it. */
const gone = () =>
  new CliFailure({
    exit: "notFound",
    problem: "The service does not have this list, which is undocumented.",
    changed: nothingChanged,
    next: "In a sandbox: certifier sandbox --experimental"
  })

export const attributes = (options: Limit) =>
  Effect.flatMap(Output, ({ rows }) => rows(attributeView, limited(options)(Attributes.list()))).pipe(
    Effect.catchTag("CertifierNotFound", gone)
  )

export const emailTemplates = (options: Limit) =>
  Effect.flatMap(Output, ({ rows }) => rows(templateView, limited(options)(EmailTemplates.list()))).pipe(
    Effect.catchTag("CertifierNotFound", gone)
  )
