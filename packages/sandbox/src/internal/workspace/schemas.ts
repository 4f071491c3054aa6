import { Attribute, Credential, Design, EmailTemplate, Group, Interaction } from "@effect-certifier/core"
import * as Schema from "effect/Schema"
import { ScheduledIssue } from "../../Workspace.js"
import type { Kind, Kinds } from "./event.js"

type Texts = { readonly [K in Kind]: Schema.Schema<Kinds[K], string> }

/** The storage format of each kind of object: the JSON of the API. */
const texts: Texts = {
  groups: Schema.parseJson(Group.Group),
  designs: Schema.parseJson(Design.Design),
  attributes: Schema.parseJson(Attribute.Attribute),
  emailTemplates: Schema.parseJson(EmailTemplate.EmailTemplate),
  credentials: Schema.parseJson(Credential.Credential),
  schedules: Schema.parseJson(ScheduledIssue),
  interactions: Schema.parseJson(Interaction.Interaction)
}

type Codecs = {
  readonly [K in Kind]: {
    readonly encode: (value: Kinds[K]) => string
    readonly decode: (text: string) => Kinds[K]
  }
}

const codec = <A>(schema: Schema.Schema<A, string>) => ({
  encode: Schema.encodeSync(schema),
  decode: Schema.decodeSync(schema)
})

/** Encodes and decodes an object of each kind. Decoding throws a `ParseError`. */
export const codecs: Codecs = {
  groups: codec(texts.groups),
  designs: codec(texts.designs),
  attributes: codec(texts.attributes),
  emailTemplates: codec(texts.emailTemplates),
  credentials: codec(texts.credentials),
  schedules: codec(texts.schedules),
  interactions: codec(texts.interactions)
}
