import * as Group from "@effect-certifier/core/Group"
import * as JSONSchema from "effect/JSONSchema"
import * as Schema from "effect/Schema"

/** A group of the file: what a new group is created with, and the id of one that exists. */
export const Entry = Schema.extend(Schema.Struct({ id: Schema.optional(Group.GroupId) }), Group.Create)

export type Entry = typeof Entry.Type

export const File = Schema.Struct({ groups: Schema.Array(Entry) })

export type Field = keyof Entry

/** In the order in which `pull` writes them; what an editor shows next to each. */
export const fields: { readonly [K in Field]-?: string } = {
  id: "The group's id. A group without one is created by `certifier groups apply`, which then writes the id here.",
  name: "The group's name. A new name also changes the credentials that were issued before.",
  designIds:
    "All designs, in order; see `certifier designs list`. New designs also change the credentials that were issued before. Not together with certificateDesignId or badgeDesignId.",
  certificateDesignId: "The design of the certificate, as older groups have it. Use designIds for new groups.",
  badgeDesignId: "The design of the badge, as older groups have it. Use designIds for new groups.",
  learningEventUrl: "The page of the course or event, shown in the digital wallet: an http or https address."
}

/** Where editors find the JSON Schema of the file. */
export const url =
  "https://raw.githubusercontent.com/effect-certifier/effect-certifier/main/packages/cli/groups.schema.json"

/** The JSON Schema of the file, for editors. Its rules are those of `File`, what it says about each field is `fields`. */
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
