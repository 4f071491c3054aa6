import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as SchemaAST from "effect/SchemaAST"
import { CalendarDate } from "@effect-certifier/core"
import type { Quirks } from "../../Quirk.js"

/** The parts of a request before validation. */
export interface Parts {
  readonly path: unknown
  readonly urlParams: unknown
  readonly payload: unknown
}

/**
 * The parts of a request that the declarations of core reject and the service accepts by a quirk. They are removed from the request
 * before validation.
 */
export interface Given {
  /** `learningEventUrl` is `null`. */
  readonly clearsUrl?: true
  /** `designIds` is empty. */
  readonly clearsDesigns?: true
  /** The blank name of the recipient. */
  readonly recipientName?: string
  /** The expiry date that is before the date of issue. */
  readonly expiryDate?: CalendarDate.CalendarDate
  /** The expiry date of a new credential is `null`. */
  readonly neverExpires?: true
}

type Body = Readonly<Record<string, unknown>>

/** The remaining request, and the parts that were removed from it. */
interface Taken {
  readonly body: Body
  readonly given: Given
}

const without = (body: Body, ...names: ReadonlyArray<string>): Body =>
  Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)))

const take = (taken: Taken, names: ReadonlyArray<string>, given: Given = {}): Taken => ({
  body: without(taken.body, ...names),
  given: { ...taken.given, ...given }
})

type Rule = (taken: Taken, quirks: Quirks) => Taken

const groupRules: ReadonlyArray<Rule> = [
  (taken, { nullUrl }) =>
    nullUrl === "clear" && taken.body["learningEventUrl"] === null
      ? take(taken, ["learningEventUrl"], { clearsUrl: true })
      : taken,
  (taken, { mixedDesigns }) =>
    mixedDesigns === "accept" && taken.body["designIds"] !== undefined
      ? take(taken, ["certificateDesignId", "badgeDesignId"])
      : taken,
  (taken, { emptyDesigns }) =>
    emptyDesigns === "accept" && Array.isArray(taken.body["designIds"]) && taken.body["designIds"].length === 0
      ? take(taken, ["designIds"], { clearsDesigns: true })
      : taken
]

/** Replaces a blank name, so that the request passes the checks of core. */
const standIn = "?"

const recipientRules: ReadonlyArray<Rule> = [
  (taken) => {
    const { recipient } = taken.body
    // The vendor's own code sends a `null`.
    return Predicate.isRecord(recipient) && recipient["id"] === null
      ? { ...taken, body: { ...taken.body, recipient: without(recipient, "id") } }
      : taken
  },
  (taken, { emptyName }) => {
    const { recipient } = taken.body
    if (emptyName === "refuse" || !Predicate.isRecord(recipient)) return taken
    const { name } = recipient
    return typeof name === "string" && name.trim() === ""
      ? {
          body: { ...taken.body, recipient: { ...recipient, name: standIn } },
          given: { ...taken.given, recipientName: name }
        }
      : taken
  },
  (taken, { expiryBeforeIssue }) => {
    const { expiryDate, issueDate } = taken.body
    return expiryBeforeIssue === "accept" &&
      typeof expiryDate === "string" &&
      CalendarDate.isCalendarDate(expiryDate) &&
      typeof issueDate === "string" &&
      expiryDate < issueDate
      ? take(taken, ["expiryDate"], { expiryDate })
      : taken
  }
]

const nullExpiry: Rule = (taken, { nullExpiry }) =>
  nullExpiry === "accept" && taken.body["expiryDate"] === null
    ? take(taken, ["expiryDate"], { neverExpires: true })
    : taken

const deliveryMethod: Rule = (taken, { sendWithoutMethod }) =>
  sendWithoutMethod === "any" || (sendWithoutMethod === "email" && taken.body["deliveryMethod"] === undefined)
    ? { ...taken, body: { ...taken.body, deliveryMethod: "email" } }
    : taken

const sendAtIssuance: Rule = (taken, { sendAtIssuance }) =>
  sendAtIssuance === "optional" && taken.body["sendAtIssuance"] === undefined
    ? { ...taken, body: { ...taken.body, sendAtIssuance: false } }
    : taken

const clamp = (limit: number): number | undefined =>
  Number.isNaN(limit) ? undefined : Math.min(100, Math.max(1, Math.round(limit)))

/** The nearest valid page size. */
const withLimit = (params: Body, write: (limit: number) => unknown): Body => {
  if (!Object.hasOwn(params, "limit")) return params
  const limit = clamp(Number(params["limit"]))
  return limit === undefined ? without(params, "limit") : { ...params, limit: write(limit) }
}

const bodyLimit: Rule = (taken, { badLimit }) =>
  badLimit === "clamp" ? { ...taken, body: withLimit(taken.body, (limit) => limit) } : taken

const rules: { readonly [operation: string]: ReadonlyArray<Rule> } = {
  createGroup: groupRules,
  updateGroup: groupRules,
  createCredential: [...recipientRules, nullExpiry],
  createIssueSendCredential: [...recipientRules, nullExpiry],
  updateCredential: recipientRules,
  sendCredential: [deliveryMethod],
  scheduleCredential: [sendAtIssuance],
  searchCredentialsPage: [bodyLimit]
}

/** The members of an object that its schema has, recursively. `keeps` are left unchanged. */
const known = (ast: SchemaAST.AST, value: unknown, keeps: ReadonlyArray<string> = []): unknown => {
  if (SchemaAST.isSuspend(ast)) return known(ast.f(), value)
  if (SchemaAST.isUnion(ast)) {
    const inner = ast.types.find((type) => SchemaAST.isTypeLiteral(type) || SchemaAST.isTupleType(type))
    return inner === undefined ? value : known(inner, value)
  }
  if (SchemaAST.isTupleType(ast)) {
    const item = ast.rest[0]
    return Array.isArray(value) && item !== undefined ? value.map((one) => known(item.type, one)) : value
  }
  if (!SchemaAST.isTypeLiteral(ast) || ast.indexSignatures.length > 0 || !Predicate.isRecord(value)) return value
  const members = new Map(ast.propertySignatures.map(({ name, type }) => [String(name), type]))
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const type = members.get(name)
      if (type === undefined) return []
      return [[name, keeps.includes(name) ? member : known(type, member)]]
    })
  )
}

/** A body without its ignored fields. */
const ignoring = (operation: string, payload: SchemaAST.AST | undefined, body: unknown, quirks: Quirks): unknown => {
  if (payload === undefined || !Predicate.isRecord(body)) return body
  const cleared = quirks.unknownFields === "ignore" ? known(payload, body, ["filter"]) : body
  if (operation !== "searchCredentialsPage" || quirks.unknownSearchField === "refuse") return cleared
  const all = known(payload, body)
  const filter = Predicate.isRecord(all) ? all["filter"] : undefined
  if (!Predicate.isRecord(cleared) || !Predicate.isRecord(filter)) return cleared
  return Object.keys(filter).length === 0 ? without(cleared, "filter") : { ...cleared, filter }
}

/** The AST of a part of a request in its encoded form. */
export const partOf = (request: SchemaAST.AST, part: "payload" | "urlParams"): Option.Option<SchemaAST.AST> => {
  const encoded = SchemaAST.encodedAST(request)
  return SchemaAST.isTypeLiteral(encoded)
    ? Option.fromNullable(encoded.propertySignatures.find(({ name }) => name === part)?.type)
    : Option.none()
}

/** The names of the query parameters that an operation has. */
export const parametersOf = (request: SchemaAST.AST): ReadonlySet<string> =>
  new Set(
    Option.match(partOf(request, "urlParams"), {
      onNone: () => [],
      onSome: (ast) => SchemaAST.getPropertySignatures(ast).map(({ name }) => String(name))
    })
  )

/** Removes from a request the parts that only a quirk accepts. */
export const split = (
  operation: string,
  payload: SchemaAST.AST | undefined,
  parts: Parts,
  quirks: Quirks
): { readonly parts: Parts; readonly given: Given } => {
  const urlParams =
    quirks.badLimit === "clamp" && Predicate.isRecord(parts.urlParams)
      ? withLimit(parts.urlParams, String)
      : parts.urlParams
  const body = ignoring(operation, payload, parts.payload, quirks)
  if (!Predicate.isRecord(body)) return { parts: { ...parts, urlParams }, given: {} }
  const taken = (rules[operation] ?? []).reduce<Taken>((taken, rule) => rule(taken, quirks), { body, given: {} })
  return { parts: { ...parts, urlParams, payload: taken.body }, given: taken.given }
}
