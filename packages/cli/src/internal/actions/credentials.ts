import * as Credential from "@effect-certifier/core/Credential"
import * as Credentials from "@effect-certifier/core/Credentials"
import * as Search from "@effect-certifier/core/Search"
import * as Array from "effect/Array"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { CliFailure, nothingChanged, usage } from "../failure.js"
import { Output, type View } from "../output.js"
import { type Limit, limited, pageOptions } from "./listing.js"
import * as Pick from "./pick.js"

const orEmpty = Option.getOrElse(() => "")

const pairs = (record: Readonly<Record<string, string>>): string =>
  Object.entries(record)
    .map(([key, value]) => `${key}=${value}`)
    .join(", ")

export const view: View<Credential.Credential> = {
  columns: [
    { title: "ID", value: ({ id }) => id },
    { title: "STATUS", value: ({ status }) => status },
    { title: "NAME", value: Credential.recipientName },
    { title: "EMAIL", value: ({ recipient }) => orEmpty(recipient.email) },
    { title: "ISSUED", value: ({ issueDate }) => orEmpty(issueDate) }
  ],
  details: [
    { title: "EXPIRES", value: ({ expiryDate }) => orEmpty(expiryDate) },
    { title: "GROUP", value: ({ groupId }) => groupId },
    { title: "ATTRIBUTES", value: ({ customAttributes }) => pairs(customAttributes) },
    { title: "LINK", value: (credential) => Credential.publicUrl(credential) },
    { title: "UPDATED", value: ({ updatedAt }) => DateTime.formatIso(updatedAt) }
  ],
  toJson: Schema.encodeSync(Credential.Credential)
}

const designView: View<Credential.CredentialDesign> = {
  columns: [
    { title: "DESIGN", value: ({ name }) => name },
    { title: "PREVIEWS", value: ({ previews }) => previews.map(({ format, url }) => `${format} ${url}`).join(", ") }
  ],
  toJson: Schema.encodeSync(Credential.CredentialDesign)
}

export const list = Effect.fnUntraced(function* ({
  group,
  ...options
}: Limit & { readonly group: Option.Option<string> }) {
  const { rows } = yield* Output
  const found = Option.isSome(group)
    ? Credentials.search({ filter: Search.groupId.equals(yield* Pick.groupId(group.value)) }, pageOptions(options))
    : Credentials.list(pageOptions(options))
  yield* rows(view, limited(options)(found))
})

export const get = Effect.fnUntraced(function* ({ credential }: { readonly credential: string }) {
  const { one } = yield* Output
  yield* one(view, yield* Pick.credential(credential))
})

export const designs = Effect.fnUntraced(function* ({ credential }: { readonly credential: string }) {
  const { rows } = yield* Output
  const { id } = yield* Pick.credential(credential)
  yield* rows(designView, Stream.fromIterable(yield* Credentials.designs(id)))
})

interface Conditions extends Limit {
  readonly group: Option.Option<string>
  readonly name: Option.Option<string>
  readonly email: Option.Option<string>
  readonly status: ReadonlyArray<Credential.KnownStatus>
  readonly issuedFrom: Option.Option<string>
  readonly issuedTo: Option.Option<string>
  readonly expiresFrom: Option.Option<string>
  readonly expiresTo: Option.Option<string>
  readonly filter: Option.Option<string>
  readonly sort: Option.Option<Search.Sort["property"]>
  readonly descending: boolean
}

const badFilter = (problem: string) =>
  new CliFailure({
    exit: "data",
    problem: `--filter: ${problem}`,
    changed: nothingChanged,
    next: 'For example: --filter \'{"status":{"equals":"issued"}}\''
  })

const ofJson = (text: string): Either.Either<Search.Filter, CliFailure> =>
  Either.try({ try: (): unknown => JSON.parse(text), catch: () => badFilter("Expected JSON") }).pipe(
    Either.flatMap((json) => Either.mapLeft(Search.fromJson(json), (issues) => badFilter(issues.join("; "))))
  )

const filterOf = Effect.fnUntraced(function* (conditions: Conditions) {
  const { email, expiresFrom, expiresTo, filter, group, issuedFrom, issuedTo, name, status } = conditions
  const groupId = yield* Effect.transposeMapOption(group, Pick.groupId)
  const json = yield* Effect.transposeMapOption(filter, ofJson)
  const [first, ...others] = status
  return Array.getSomes([
    Option.map(groupId, Search.groupId.equals),
    Option.map(name, Search.recipientName.contains),
    Option.map(email, Search.recipientEmail.contains),
    first === undefined ? Option.none<Search.Filter>() : Option.some(Search.status.in([first, ...others])),
    Option.map(issuedFrom, Search.issueDate.gte),
    Option.map(issuedTo, Search.issueDate.lte),
    Option.map(expiresFrom, Search.expiryDate.gte),
    Option.map(expiresTo, Search.expiryDate.lte),
    json
  ])
})

export const search = Effect.fnUntraced(function* (conditions: Conditions) {
  const { descending, sort } = conditions
  const { rows } = yield* Output
  if (descending && Option.isNone(sort)) return yield* usage("--desc needs a field to sort by: --sort VALUE")
  const [first, ...others] = yield* filterOf(conditions)
  const found = Credentials.search(
    {
      filter: first === undefined ? undefined : Search.all(first, ...others),
      sort: Option.getOrUndefined(
        Option.map(sort, (property) => ({ property, order: descending ? ("desc" as const) : ("asc" as const) }))
      )
    },
    pageOptions(conditions)
  )
  yield* rows(view, limited(conditions)(found))
})
