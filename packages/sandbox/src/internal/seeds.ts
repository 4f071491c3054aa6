import { Attribute, Design, EmailTemplate } from "@effect-certifier/core"
import * as Schema from "effect/Schema"

const at = { createdAt: "2022-01-01T00:00:00.000Z", updatedAt: "2022-01-01T00:00:00.000Z" }

/** The sample designs: those of the vendor's sample group, and two more. */
export const designs: ReadonlyArray<Design.Design> = Schema.decodeSync(Schema.Array(Design.Design))(
  [
    { id: "01fpwtztwf7sacca5r0c483mnm", name: "Certificate of completion", type: "certificate" },
    { id: "01hz2ej4yzdcfkq9fa78nhyj0x", name: "Badge of completion", type: "badge" },
    { id: "01k0dsn00000000000000000d1", name: "Blue frame", type: "certificate" },
    { id: "01k0dsn00000000000000000d2", name: "Blue badge", type: "badge" }
  ].map((design) => ({ ...design, previewUrl: `https://cdn.example.com/w1%2Fdesigns%2F${design.id}.png`, ...at }))
)

/** The sample attributes: three that a workspace has made for itself, and those that every workspace has. */
export const attributes: ReadonlyArray<Attribute.Attribute> = Schema.decodeSync(Schema.Array(Attribute.Attribute))([
  { id: "01k0att00000000000000000a1", tag: "custom.mentor", name: "Mentor", type: "text", isDefault: false },
  { id: "01k0att00000000000000000a2", tag: "custom.course", name: "Course", type: "text", isDefault: false },
  { id: "01k0att00000000000000000a3", tag: "custom.grade", name: "Grade", type: "text", isDefault: false },
  { id: "01k0att00000000000000000a4", tag: "recipient.name", name: "Recipient name", type: "text", isDefault: true },
  { id: "01k0att00000000000000000a5", tag: "group.name", name: "Group name", type: "text", isDefault: true }
])

export const emailTemplates: ReadonlyArray<EmailTemplate.EmailTemplate> = Schema.decodeSync(
  Schema.Array(EmailTemplate.EmailTemplate)
)([{ id: "01k0eml00000000000000000e1", name: "Default", subject: "Your credential is ready", ...at }])
