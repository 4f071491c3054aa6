import * as Group from "@effect-certifier/core/Group"
import * as JSONSchema from "effect/JSONSchema"
import * as Schema from "effect/Schema"

/** A group in the file: the fields of a new group, and the id of an existing one. */
export const Entry = Schema.extend(Schema.Struct({ id: Schema.optional(Group.GroupId) }), Group.Create)

export type Entry = typeof Entry.Type

export const File = Schema.Struct({ groups: Schema.Array(Entry) })

export type Field = keyof Entry

/** The descriptions of the fields in editors, in the order in which `pull` writes the fields. */
export const fields: { readonly [K in Field]-?: string } = {
  id: "The group's id. A group without one is created by `certifier groups apply`, which then writes the id here.",
  name: "The group's name. A new name also changes the credentials that were issued before.",
  designIds:
    "All designs, in order; see `certifier designs list`. New designs also change the credentials that were issued before. Not together with certificateDesignId or badgeDesignId.",
  certificateDesignId: "The design of the certificate, as older groups have it. Use designIds for new groups.",
  badgeDesignId: "The design of the badge, as older groups have it. Use designIds for new groups.",
  learningEventUrl: "The page of the course or event, shown in the digital wallet: an http or https address."
}

/** The URL of the JSON Schema of the file, for editors. */
export const url =
  "https://raw.githubusercontent.com/effect-certifier/effect-certifier/main/packages/cli/groups.schema.json"

/** The JSON Schema of the file, for editors, from the schema `File` and the descriptions in `fields`. */
export const jsonSchema = (): object => {
  const describe = (text: string) => ({ description: text })
  const entry = JSONSchema.make(Entry)
  const properties = "properties" in entry ? entry.properties : {}
  const { $schema, ...rest } = JSONSchema.make(File)
  return {
    $schema,
    $id: url,
    title: "Groups of a Certifier workspace",
    description: "Read by `certifier groups plan` and `certifier groups apply`, written by `certifier groups pull`.",
    ...rest,
    properties: {
      groups: {
        type: "array",
        description: "The groups. One that is left out stays unchanged, unless `apply --prune` deletes it.",
        items: {
          ...entry,
          $schema: undefined,
          properties: Object.fromEntries(
            Object.entries(fields).map(([field, text]) => [field, { ...properties[field], ...describe(text) }])
          ),
          not: {
            required: ["designIds"],
            anyOf: [{ required: ["certificateDesignId"] }, { required: ["badgeDesignId"] }]
          }
        }
      }
    }
  }
}
