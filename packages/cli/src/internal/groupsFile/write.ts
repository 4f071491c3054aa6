import type * as Design from "@effect-certifier/core/Design"
import * as Group from "@effect-certifier/core/Group"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Yaml from "yaml"
import { type Entry, type Faults, parse } from "./parse.js"
import * as File from "./schema.js"

const head = ` yaml-language-server: $schema=${File.url}

 The groups of the workspace. To change them, edit this file, and then:
   certifier groups plan FILE     shows what would change
   certifier groups apply FILE    changes it, after confirmation
 A group without an id is new. Omitted fields and groups stay unchanged.`

const isSettable = (learningEventUrl: string): boolean =>
  Either.isRight(Schema.decodeEither(Group.Patch)({ learningEventUrl }))

type Value = string | ReadonlyArray<string>

/** The fields of a group in the file. With `older`, it prefers the older form of the designs, if the group has it. */
const written = (group: Group.Group, older: boolean): { readonly [K in File.Field]: Value | undefined } => {
  const certificateDesignId = Option.getOrUndefined(group.certificateDesignId)
  const badgeDesignId = Option.getOrUndefined(group.badgeDesignId)
  const designIds = Option.getOrUndefined(Option.filter(group.designIds, (ids) => ids.length > 0))
  const hasOlder = (certificateDesignId ?? badgeDesignId) !== undefined
  const isOlder = designIds === undefined || (older && hasOlder)
  return {
    id: group.id,
    name: group.name,
    designIds: isOlder ? undefined : designIds,
    certificateDesignId: isOlder ? certificateDesignId : undefined,
    badgeDesignId: isOlder ? badgeDesignId : undefined,
    // The service can return values that requests can't set, such as an empty text.
    learningEventUrl: Option.getOrUndefined(Option.filter(group.learningEventUrl, isSettable))
  }
}

type Names = ReadonlyMap<string, Design.Design>

/** Creates the node of a value. Ids of designs get the name of the design as a comment. */
const nodeOf = (document: Yaml.Document, field: File.Field, value: Value, names: Names) => {
  const scalar = (text: string) => {
    const node = document.createNode(text)
    const design = field.endsWith("DesignId") || field === "designIds" ? names.get(text) : undefined
    if (design !== undefined) node.comment = ` ${design.name.replaceAll(/\p{Cc}+/gu, " ")} (${design.type})`
    return node
  }
  if (typeof value === "string") return scalar(value)
  const list = new Yaml.YAMLSeq<Yaml.Scalar<string>>(document.schema)
  list.items = value.map(scalar)
  return list
}

const textOf = (value: unknown): unknown => {
  if (Yaml.isSeq(value)) return value.items.map(textOf).join(" ")
  return Yaml.isScalar(value) ? (value.source ?? String(value.value)) : undefined
}

/** Sets only the fields that differ, to preserve the comments, quotes and order of all others. */
const setFields = (document: Yaml.Document, map: Yaml.YAMLMap, group: Group.Group, names: Names) => {
  const older = map.has("certificateDesignId") || map.has("badgeDesignId")
  for (const [field, value] of Object.entries(written(group, older))) {
    if (!isField(field)) continue
    const held = map.get(field, true)
    if (value === undefined) map.delete(field)
    else if (textOf(held) !== (typeof value === "string" ? value : value.join(" "))) {
      set(map, field, keep(held, nodeOf(document, field, value, names)))
    }
  }
}

const isField = (name: string): name is File.Field => name in File.fields

/** Preserves comments: the nodes of unchanged list items, and the comment of a text. */
const keep = (held: unknown, node: Yaml.Scalar<string> | Yaml.YAMLSeq<Yaml.Scalar<string>>) => {
  if (Yaml.isScalar(held) && Yaml.isScalar(node)) {
    node.commentBefore = held.commentBefore ?? null
    node.comment ??= held.comment ?? null
  }
  if (Yaml.isSeq(held) && Yaml.isSeq(node)) {
    const olds = new Map(held.items.map((item) => [textOf(item), item]))
    // A comment between brackets would need a line break.
    if (held.flow === true) for (const item of node.items) item.comment = null
    held.items = node.items.map((item) => olds.get(item.value) ?? item)
    return held
  }
  return node
}

/** Sets a field. A new id is inserted as the first field. */
const set = (map: Yaml.YAMLMap, field: File.Field, node: unknown) => {
  if (field !== "id" || map.has(field)) return map.set(field, node)
  const [first] = map.items
  const pair = new Yaml.Pair<unknown, unknown>(new Yaml.Scalar(field), node)
  // A comment above the first field belongs to the group.
  if (Yaml.isNode(first?.key) && Yaml.isNode(pair.key)) {
    pair.key.commentBefore = first.key.commentBefore ?? null
    pair.key.spaceBefore = first.key.spaceBefore ?? false
    first.key.commentBefore = null
    first.key.spaceBefore = false
  }
  map.items.unshift(pair)
}

/** Prints the document with the original indentation and line ends. */
const print = (document: Yaml.Document, source: string): string => {
  const [, indent] = /^groups:.*\r?\n(?:[ \t]*(?:#.*)?\r?\n)*( *)- /m.exec(source) ?? []
  const text = document.toString({
    lineWidth: 0,
    indentSeq: indent !== "",
    flowCollectionPadding: /[{[] /.test(source)
  })
  return source.includes("\r\n") ? text.replaceAll("\n", "\r\n") : text
}

const namesOf = (designs: ReadonlyArray<Design.Design>): Names => new Map(designs.map((design) => [design.id, design]))

const entryOf = (document: Yaml.Document, group: Group.Group, names: Names) => {
  const map = new Yaml.YAMLMap(document.schema)
  setFields(document, map, group, names)
  return map
}

/** The text of a new file with these groups. */
export const create = (groups: ReadonlyArray<Group.Group>, designs: ReadonlyArray<Design.Design>): string => {
  const document = new Yaml.Document({ groups: [] })
  document.commentBefore = head
  const list = new Yaml.YAMLSeq(document.schema)
  list.items = groups.map((group, index) => {
    const map = entryOf(document, group, namesOf(designs))
    map.spaceBefore = index > 0
    return map
  })
  if (groups.length > 0) document.set("groups", list)
  return document.toString({ lineWidth: 0 })
}

/** The document of a text that `parse` has accepted, and its list of groups. */
const open = (text: string) => {
  const document = Yaml.parseDocument(text)
  const list = document.get("groups", true)
  return { document, list: Yaml.isSeq(list) ? list : new Yaml.YAMLSeq(document.schema) }
}

export interface Merged {
  readonly text: string
  /** Entries whose group is not in the workspace. They remain in the file. */
  readonly missing: ReadonlyArray<Entry>
}

/** Merges groups into the text of a file: it updates the entries of existing groups, and appends the other groups. */
export const merge = (
  text: string,
  groups: ReadonlyArray<Group.Group>,
  designs: ReadonlyArray<Design.Design>
): Either.Either<Merged, Faults> =>
  Either.map(parse(text), (entries) => {
    const names = namesOf(designs)
    const { document, list } = open(text)
    const rest = new Map<string, Group.Group>(groups.map((group) => [group.id, group]))
    const listed = new Set<string>(entries.flatMap(({ fields }) => fields.id ?? []))
    const missing = entries.filter(({ fields: { id, name }, index }) => {
      const [found, ...others] = groups.filter((group) => group.name === name && !listed.has(group.id))
      const group = id === undefined ? (others.length === 0 ? found : undefined) : rest.get(id)
      const node = list.items[index]
      if (group === undefined) return id !== undefined
      rest.delete(group.id)
      if (Yaml.isMap(node)) setFields(document, node, group, names)
      return false
    })
    if (list.items.length === 0) list.flow = false
    for (const group of rest.values()) list.items.push(entryOf(document, group, names))
    if (document.get("groups", true) !== list && list.items.length > 0) document.set("groups", list)
    return { text: print(document, text), missing }
  })

/** Adds the id of a created group to the text of a file. */
export const withId = (text: string, index: number, id: string): string => {
  const { document, list } = open(text)
  const node = list.items[index]
  if (Yaml.isMap(node)) set(node, "id", document.createNode(id))
  return print(document, text)
}
