/**
 * Operations of jobs: the schemas of an item and of its stored result, a key, the call, and a search for the effect of an earlier
 * call.
 *
 * @since 0.1.0
 */
import type * as CertifierClient from "@effect-certifier/core/CertifierClient"
import type { CertifierError } from "@effect-certifier/core/CertifierError"
import * as Credential from "@effect-certifier/core/Credential"
import * as Credentials from "@effect-certifier/core/Credentials"
import * as Group from "@effect-certifier/core/Group"
import * as Groups from "@effect-certifier/core/Groups"
import * as Issuance from "@effect-certifier/core/Issuance"
import * as Arr from "effect/Array"
import * as Data from "effect/Data"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Erased from "./internal/erased.js"
import type { ItemProblem } from "./JobError.js"

/**
 * The result of a search for the effect of an earlier call.
 *
 * @since 0.1.0
 * @category models
 */
export type Finding<A> = Data.TaggedEnum<{
  Found: { readonly result: A }
  NotFound: {}
  Ambiguous: {}
}>

interface FindingDefinition extends Data.TaggedEnum.WithGenerics<1> {
  readonly taggedEnum: Finding<this["A"]>
}

/**
 * @since 0.1.0
 * @category constructors
 */
export const Finding = /* #__PURE__ */ Data.taggedEnum<FindingDefinition>()

/**
 * The declaration of an operation for jobs.
 *
 * @since 0.1.0
 * @category models
 */
export interface Declaration<Name extends string, Item, ItemEncoded, Out, OutEncoded, R> {
  /** Stored with each job. Don't change it while there are jobs with the operation. */
  readonly name: Name
  readonly item: Schema.Schema<Item, ItemEncoded>
  /** The part of a result that is stored, such as ids rather than bodies. */
  readonly success: Schema.Schema<Out, OutEncoded>
  /** Identifies an item: a submit fails if two items have the same key. 1 to 512 characters, without NUL. */
  readonly key: (item: Item) => string
  readonly send: (item: Item) => Effect.Effect<Out, CertifierError, R>
  /**
   * How to handle an earlier call that may have taken effect.
   *
   * - Absent: the operation is idempotent, and the call is repeated.
   * - A function: it searches for the effect of calls since `since`, and the call is repeated only if it returns `NotFound`.
   * - `"unknowable"`: the effect can't be determined, and the item ends as `unknown`.
   */
  readonly find?: ((item: Item, since: DateTime.Utc) => Effect.Effect<Finding<Out>, CertifierError, R>) | "unknowable"
  /** How long after a call without a response it can still take effect. Default 2 minutes. */
  readonly settle?: Duration.DurationInput
}

/**
 * @since 0.1.0
 * @category models
 */
export interface JobOperation<Name extends string, Item, Out, R> {
  readonly name: Name
  readonly settle: Duration.Duration
  readonly [Erased.TypeId]: Erased.Erased<R>
  readonly [Erased.CodecId]: Erased.Codec<Item, Out>
}

/**
 * An operation with any item and result.
 *
 * @since 0.1.0
 * @category models
 */
export interface Any<R> {
  readonly name: string
  readonly settle: Duration.Duration
  readonly [Erased.TypeId]: Erased.Erased<R>
}

const encodeFinding = <Item, Out>(
  codec: Erased.Codec<Item, Out>,
  finding: Finding<Out>
): Effect.Effect<Finding<string>, ItemProblem> =>
  finding._tag === "Found"
    ? Effect.map(codec.encodeResult(finding.result), (result) => Finding.Found({ result }))
    : Effect.succeed(finding)

const settleDefault = Duration.minutes(2)

/**
 * Declares an operation.
 *
 * @example
 * ```ts
 * import { Groups } from "@effect-certifier/core"
 * import { JobOperation } from "@effect-certifier/jobs"
 * import { Schema } from "effect"
 *
 * const archive = JobOperation.make({
 *   name: "archiveGroup",
 *   item: Schema.Struct({ groupId: Schema.String, name: Schema.String }),
 *   success: Schema.Void,
 *   key: ({ groupId }) => groupId,
 *   send: ({ groupId, name }) => Groups.update(groupId, { name: `${name} (archived)` })
 * })
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = <const Name extends string, Item, ItemEncoded, Out, OutEncoded, R>(
  declaration: Declaration<Name, Item, ItemEncoded, Out, OutEncoded, R>
): JobOperation<Name, Item, Out, R> => {
  const { find, item, key, name, send, success } = declaration
  const codec = Erased.codec(name, { item, success, key })
  return {
    name,
    settle: Duration.decode(declaration.settle ?? settleDefault),
    [Erased.CodecId]: codec,
    [Erased.TypeId]: {
      kind: find === undefined ? "idempotent" : find === "unknowable" ? "unknowable" : "find",
      send: (payload) =>
        codec.decodeItem(payload).pipe(
          Effect.flatMap(send),
          Effect.flatMap((result) => codec.encodeResult(result))
        ),
      find: (payload, since) =>
        find === undefined || find === "unknowable"
          ? Effect.succeed(Finding.Ambiguous())
          : codec.decodeItem(payload).pipe(
              Effect.flatMap((decoded) => find(decoded, since)),
              Effect.flatMap((finding) => encodeFinding(codec, finding))
            )
    }
  }
}

/**
 * Declares an operation with several calls, each of which is a step that is stored before it is sent and after its response. `run`
 * continues from a step, and determines the effect of an earlier call itself.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeSteps = <const Name extends string, Item, ItemEncoded, Step, StepEncoded, Out, OutEncoded, R>(
  declaration: Pick<
    Declaration<Name, Item, ItemEncoded, Out, OutEncoded, R>,
    "name" | "item" | "success" | "key" | "settle"
  > & {
    readonly step: Schema.Schema<Step, StepEncoded>
    readonly start: (item: Item) => Effect.Effect<Step, CertifierError, R>
    readonly run: <E>(
      step: Step,
      store: (step: Step) => Effect.Effect<void, E>,
      /** Whether `step` is repeated even if it may have taken effect, after `Jobs.retry`. */
      repeats: boolean
    ) => Effect.Effect<Out, CertifierError | Issuance.Uncertain | E, R>
  }
): JobOperation<Name, Item, Out, R> => {
  const { item, key, name, run, start, step, success } = declaration
  const codec = Erased.codec(name, { item, success, key })
  const json = Schema.parseJson(step)
  const encodeStep = Schema.encode(json)
  const decodeStep = Schema.decode(json)
  return {
    name,
    settle: Duration.decode(declaration.settle ?? settleDefault),
    [Erased.CodecId]: codec,
    [Erased.TypeId]: {
      kind: "steps",
      send: (payload, steps) =>
        Option.match(steps.stored, {
          onNone: () => Effect.flatMap(codec.decodeItem(payload), start),
          onSome: (text) => Effect.mapError(decodeStep(text), () => codec.undecodable)
        }).pipe(
          Effect.flatMap((from) =>
            run(from, (reached) => Effect.flatMap(Effect.orDie(encodeStep(reached)), steps.store), steps.repeats)
          ),
          Effect.flatMap((result) => codec.encodeResult(result))
        ),
      find: () => Effect.succeed(Finding.Ambiguous())
    }
  }
}

type Client = CertifierClient.CertifierClient

const GroupKept = /* #__PURE__ */ Schema.Struct({ id: Group.GroupId })

const CredentialKept = /* #__PURE__ */ Schema.Struct({ id: Credential.CredentialId, publicId: Credential.PublicId })

/**
 * The stored result of an operation on a group.
 *
 * @since 0.1.0
 * @category models
 */
export interface GroupResult {
  readonly id: Group.GroupId
}

/**
 * The stored result of an operation on a credential.
 *
 * @since 0.1.0
 * @category models
 */
export interface CredentialResult {
  readonly id: Credential.CredentialId
  readonly publicId: Credential.PublicId
}

/**
 * An item that consists of the id of an object.
 *
 * @since 0.1.0
 * @category models
 */
export interface ById {
  readonly id: string
}

const groupItem = /* #__PURE__ */ Schema.Struct({ id: Schema.encodedSchema(Group.GroupId) })

const credentialItem = /* #__PURE__ */ Schema.Struct({ id: Schema.encodedSchema(Credential.CredentialId) })

/** An item as input of the client, validated with the schema of the client. */
const input = <A, I>(schema: Schema.Schema<A, I>): Schema.Schema<I> => {
  const isValid = Schema.decodeUnknownEither(schema)
  return Schema.encodedSchema(schema).pipe(
    Schema.filter((value) => Either.isRight(isValid(value)), { message: () => "is invalid for the operation" })
  )
}

const gone = <A, R>(call: Effect.Effect<A, CertifierError, R>): Effect.Effect<void, CertifierError, R> =>
  call.pipe(
    Effect.asVoid,
    Effect.catchTag("CertifierNotFound", () => Effect.void)
  )

/**
 * Updates groups. Idempotent.
 *
 * @since 0.1.0
 * @category operations
 */
export const updateGroup: JobOperation<
  "updateGroup",
  ById & { readonly patch: typeof Group.Patch.Encoded },
  GroupResult,
  Client
> = /* #__PURE__ */ make({
  name: "updateGroup",
  item: Schema.Struct({ id: Schema.encodedSchema(Group.GroupId), patch: input(Group.Patch) }),
  success: GroupKept,
  key: ({ id }) => id,
  send: ({ id, patch }) => Effect.map(Groups.update(id, patch), ({ id }) => ({ id }))
})

const hasDesigns = (group: Group.Group, ids: ReadonlyArray<string>): boolean =>
  Option.match(group.designIds, {
    // The service may store a repeated design once.
    onSome: (own) => Arr.dedupe(own).join() === Arr.dedupe(ids).join(),
    // The documented response has these fields instead, for some of the designs and without their order.
    onNone: () => {
      const own = Arr.getSomes([group.certificateDesignId, group.badgeDesignId])
      return own.length > 0 && own.every((id) => ids.includes(id))
    }
  })

/**
 * Creates groups. If the outcome of a call is unknown, the list of groups is searched by name, and by designs if the item has
 * `designIds`. A single match that was not created before the first attempt (with a tolerance of 5 minutes) counts as found; with
 * several matches the item ends as `unknown`.
 *
 * @since 0.1.0
 * @category operations
 */
export const createGroup: JobOperation<"createGroup", typeof Group.Create.Encoded, GroupResult, Client> =
  /* #__PURE__ */ make({
    name: "createGroup",
    item: input(Group.Create),
    success: GroupKept,
    key: ({ designIds, name }) => JSON.stringify([name, ...(designIds ?? [])]),
    send: (fields) => Effect.map(Groups.create(fields), ({ id }) => ({ id })),
    find: (fields, since) =>
      Groups.list().pipe(
        Stream.filter(
          (group) =>
            group.name === fields.name &&
            DateTime.greaterThanOrEqualTo(group.createdAt, DateTime.subtract(since, { minutes: 5 })) &&
            (fields.designIds === undefined || hasDesigns(group, fields.designIds))
        ),
        Stream.take(2),
        Stream.runCollect,
        Effect.map((found) => {
          const [first, second] = found
          if (first === undefined) return Finding.NotFound()
          return second === undefined ? Finding.Found({ result: { id: first.id } }) : Finding.Ambiguous()
        })
      )
  })

/**
 * Deletes groups. Idempotent: a group that does not exist counts as deleted.
 *
 * @since 0.1.0
 * @category operations
 */
export const deleteGroup: JobOperation<"deleteGroup", ById, void, Client> = /* #__PURE__ */ make({
  name: "deleteGroup",
  item: groupItem,
  success: Schema.Void,
  key: ({ id }) => id,
  send: ({ id }) => gone(Groups.delete(id))
})

/**
 * Updates credentials. Idempotent.
 *
 * @since 0.1.0
 * @category operations
 */
export const updateCredential: JobOperation<
  "updateCredential",
  ById & { readonly patch: typeof Credential.Update.Encoded },
  CredentialResult,
  Client
> = /* #__PURE__ */ make({
  name: "updateCredential",
  item: Schema.Struct({ id: Schema.encodedSchema(Credential.CredentialId), patch: input(Credential.Update) }),
  success: CredentialKept,
  key: ({ id }) => id,
  send: ({ id, patch }) => Effect.map(Credentials.update(id, patch), ({ id, publicId }) => ({ id, publicId }))
})

/**
 * Mails credentials. The API does not report whether a mail was sent, so if the outcome of a call is unknown, it is not repeated and
 * the item ends as `unknown`.
 *
 * @since 0.1.0
 * @category operations
 */
export const sendCredential: JobOperation<"sendCredential", ById, CredentialResult, Client> = /* #__PURE__ */ make({
  name: "sendCredential",
  item: credentialItem,
  success: CredentialKept,
  key: ({ id }) => id,
  send: ({ id }) => Effect.map(Credentials.send(id), ({ id, publicId }) => ({ id, publicId })),
  find: "unknowable"
})

/**
 * Deletes credentials. Idempotent: a credential that does not exist counts as deleted.
 *
 * @since 0.1.0
 * @category operations
 */
export const deleteCredential: JobOperation<"deleteCredential", ById, void, Client> = /* #__PURE__ */ make({
  name: "deleteCredential",
  item: credentialItem,
  success: Schema.Void,
  key: ({ id }) => id,
  send: ({ id }) => gone(Credentials.delete(id))
})

/**
 * Options of `issueCredentialWith`; see `Issuance.Options`.
 *
 * @since 0.1.0
 * @category models
 */
export interface IssueOptions {
  /** The name of the operation, if a program uses it with several options. Default: `issueCredential`. */
  readonly name?: string | undefined
  /** The name of a custom attribute whose value identifies an item, so that the search for a created credential is exact. */
  readonly reference?: string | undefined
  /** Whether to mail the credentials. Default: true. */
  readonly send?: boolean | undefined
  /** How long searches must find nothing before a credential is created again. Default 2 minutes. */
  readonly settle?: Duration.DurationInput | undefined
}

/**
 * @since 0.1.0
 * @category models
 */
export type IssueCredential = JobOperation<string, typeof Credential.Create.Encoded, CredentialResult, Client>

/**
 * Issues credentials with `Issuance` of core: creates a draft, issues it and mails it, and stores each step before it is sent. The
 * key is the group and the recipient's address (or name, without an address), or the value of `reference`.
 *
 * @since 0.1.0
 * @category operations
 */
export const issueCredentialWith = (options: IssueOptions): IssueCredential =>
  makeSteps({
    name: options.name ?? "issueCredential",
    item: input(Credential.Create),
    success: CredentialKept,
    step: Issuance.Step,
    settle: options.settle ?? settleDefault,
    key: ({ customAttributes, groupId, recipient }) =>
      JSON.stringify(
        options.reference === undefined
          ? [groupId, recipient.email ?? recipient.name]
          : [customAttributes?.[options.reference] ?? customAttributes?.[`custom.${options.reference}`] ?? ""]
      ),
    start: (fields) => Issuance.start(fields, options),
    run: (step, store, repeats) =>
      Effect.map(
        Issuance.resume(step, {
          onStep: store,
          settle: options.settle,
          // `Jobs.retry` allows one more mail, and no more.
          ...(repeats && step._tag === "Send" ? { onUncertain: "resend", attempts: 1 } : {})
        }),
        ({ credentialId, publicId }) => ({ id: credentialId, publicId })
      )
  })

/**
 * `issueCredentialWith` without options.
 *
 * @since 0.1.0
 * @category operations
 */
export const issueCredential: IssueCredential = /* #__PURE__ */ issueCredentialWith({})
