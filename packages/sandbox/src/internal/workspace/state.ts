import { Attribute, type Credential, type Group } from "@effect-certifier/core"
import * as Option from "effect/Option"
import * as Credentials from "../credentials.js"
import type { Quirks } from "../../Quirk.js"
import type { Kind, Kinds, Write } from "./event.js"
import type { Row } from "./persistence.js"
import { type ReadonlyTable, Table } from "./table.js"

/** The searched fields of a credential, prepared for comparison. */
export interface Searchable {
  /** In lower case. */
  readonly name: string
  readonly email: string | undefined
  /** The first millisecond of the date, in UTC. */
  readonly issueDate: number | undefined
  readonly expiryDate: number | undefined
}

const startOf = (date: Option.Option<string>): number | undefined => Option.getOrUndefined(Option.map(date, Date.parse))

export type CredentialOrder = "id" | "createdAt" | "updatedAt" | "issueDate" | "expiryDate" | "due"

export type CredentialIndex = "id" | "publicId" | "groupId" | "status" | "email"

export type CredentialText = "name" | "email"

export type CredentialTable = ReadonlyTable<
  Credential.Credential,
  Searchable,
  CredentialOrder,
  CredentialIndex,
  CredentialText
>

/** The state of a workspace, for its readers. */
export interface State {
  readonly groups: ReadonlyTable<Group.Group, undefined, "list", never>
  readonly designs: ReadonlyTable<Kinds["designs"]>
  readonly credentials: CredentialTable
  readonly interactions: ReadonlyTable<Kinds["interactions"], undefined, never, "credentialId">
  readonly attributes: ReadonlyTable<Kinds["attributes"]>
  readonly emailTemplates: ReadonlyTable<Kinds["emailTemplates"]>
  readonly schedules: ReadonlyTable<Kinds["schedules"], undefined, "due", never>
}

interface Store<A> {
  readonly has: (id: string) => boolean
  readonly set: (id: string, value: A, sequence?: number) => void
  readonly delete: (id: string) => void
  readonly sequenceOf: (id: string) => number
  readonly reset: (rows: Iterable<{ readonly id: string; readonly value: A; readonly sequence: number }>) => void
  readonly entries: () => Iterable<{ readonly id: string; readonly value: A; readonly sequence: number }>
}

/** The same tables, for their only writer. */
export type Stores = { readonly [K in Kind]: Store<Kinds[K]> }

const plain = { derive: () => undefined, orders: {}, indexes: {}, searched: {} } as const

/** The order of groups: oldest first, then by id. */
const groupOrder = ({ createdAt, id }: Group.Group): string =>
  `${String(createdAt.epochMillis + 8.64e15).padStart(17, "0")} ${id}`

const tables = (quirks: Quirks) => ({
  groups: new Table<Group.Group, undefined, "list", never>({
    derive: () => undefined,
    orders: { list: ({ value }) => groupOrder(value) },
    indexes: {},
    searched: {}
  }),
  designs: new Table<Kinds["designs"], undefined, never, never>(plain),
  credentials: new Table<Credential.Credential, Searchable, CredentialOrder, CredentialIndex, CredentialText>({
    derive: ({ expiryDate, issueDate, recipient }) => ({
      name: recipient.name.toLowerCase(),
      email: Option.getOrUndefined(recipient.email)?.toLowerCase(),
      issueDate: startOf(issueDate),
      expiryDate: startOf(expiryDate)
    }),
    orders: {
      id: ({ id }) => id,
      createdAt: ({ value }) => value.createdAt.epochMillis,
      updatedAt: ({ value }) => value.updatedAt.epochMillis,
      // A credential without the date comes first.
      issueDate: ({ value }) => Option.getOrElse(value.issueDate, () => ""),
      expiryDate: ({ value }) => Option.getOrElse(value.expiryDate, () => ""),
      due: ({ value }) => Credentials.expiresAt(value, quirks)
    },
    indexes: {
      id: ({ id }) => id.toLowerCase(),
      publicId: ({ value }) => value.publicId.toLowerCase(),
      groupId: ({ value }) => value.groupId.toLowerCase(),
      status: ({ value }) => value.status,
      email: ({ derived }) => derived.email
    },
    searched: { name: ({ derived }) => derived.name, email: ({ derived }) => derived.email }
  }),
  interactions: new Table<Kinds["interactions"], undefined, never, "credentialId">({
    derive: () => undefined,
    orders: {},
    indexes: { credentialId: ({ value }) => value.credentialId },
    searched: {}
  }),
  attributes: new Table<Kinds["attributes"], undefined, never, never>(plain),
  emailTemplates: new Table<Kinds["emailTemplates"], undefined, never, never>(plain),
  schedules: new Table<Kinds["schedules"], undefined, "due", never>({
    derive: () => undefined,
    orders: { due: ({ value }) => value.issueAt.epochMillis },
    indexes: {},
    searched: {}
  })
})

/** An empty state, and its writer. */
export const make = (quirks: Quirks): { readonly state: State; readonly stores: Stores } => {
  const all = tables(quirks)
  return { state: all, stores: all }
}

/** The id of an object of each kind. */
export const idOf: { readonly [K in Kind]: (value: Kinds[K]) => string } = {
  groups: ({ id }) => id,
  designs: ({ id }) => id,
  credentials: ({ id }) => id,
  interactions: ({ id }) => id,
  attributes: Attribute.key,
  emailTemplates: ({ id }) => id,
  schedules: ({ id }) => id
}

export const kinds: ReadonlyArray<Kind> = [
  "groups",
  "designs",
  "attributes",
  "emailTemplates",
  "credentials",
  "schedules",
  "interactions"
]

/** Adds to each write the sequence number that its object has or gets. */
export const number = (
  stores: Stores,
  writes: ReadonlyArray<Write>
): ReadonlyArray<Write & { readonly sequence: number }> => {
  const given = new Map<string, number>()
  const added = new Map<Kind, number>()
  return writes.map((write) => {
    const { id, kind } = write
    const key = `${kind} ${id}`
    const known = given.get(key)
    if (known !== undefined) return { ...write, sequence: known }
    const isNew = !stores[kind].has(id)
    const sequence = stores[kind].sequenceOf(id) + (isNew ? (added.get(kind) ?? 0) : 0)
    given.set(key, sequence)
    if (isNew) added.set(kind, (added.get(kind) ?? 0) + 1)
    return { ...write, sequence }
  })
}

/** The rows of objects that are stored in this order. The last one of an id wins. */
export const rows = <K extends Kind>(kind: K, values: ReadonlyArray<Kinds[K]>): ReadonlyArray<Row<K>> => [
  ...new Map(
    values.map((value, index) => [idOf[kind](value), { id: idOf[kind](value), sequence: index + 1, value }])
  ).values()
]
