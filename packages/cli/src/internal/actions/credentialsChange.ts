import * as Credential from "@effect-certifier/core/Credential"
import * as Credentials from "@effect-certifier/core/Credentials"
import * as Issuance from "@effect-certifier/core/Issuance"
import * as RetryPolicy from "@effect-certifier/retry/RetryPolicy"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { toFailure } from "../apiFailure.js"
import { confirm } from "../confirm.js"
import { CliFailure, usage } from "../failure.js"
import { Output } from "../output.js"
import { view } from "./credentials.js"
import * as Pick from "./pick.js"

interface Fields {
  readonly issueDate: Option.Option<string>
  readonly expiryDate: Option.Option<string>
  readonly attributes: Option.Option<HashMap.HashMap<string, string>>
}

const recordOf = Option.match({
  onNone: () => undefined,
  onSome: (attributes: HashMap.HashMap<string, string>) => Object.fromEntries(HashMap.toEntries(attributes))
})

/** Steps are not stored: if the process ends early, the next command reads the state of the credential before it continues. */
const steps = { onStep: () => Effect.void, retry: RetryPolicy.transient() }

const shown = (credential: Credential.Credential) => Effect.flatMap(Output, ({ one }) => one(view, credential))

export const create = Effect.fnUntraced(function* (
  options: Fields & {
    readonly group: string
    readonly name: string
    readonly email: Option.Option<string>
    readonly issue: boolean
    readonly send: boolean
    readonly yes: boolean
  }
) {
  const { attributes, expiryDate, group, issue, issueDate, name, send, yes } = options
  const email = Option.getOrUndefined(options.email)
  if (send && email === undefined) return yield* usage("--send needs the address to mail to: --email EMAIL")
  const groupId = yield* Pick.groupId(group)
  const fields: Credential.CreateInput = {
    groupId,
    recipient: { name, email },
    issueDate: Option.getOrUndefined(issueDate),
    expiryDate: Option.getOrUndefined(expiryDate),
    customAttributes: recordOf(attributes)
  }
  if (send) yield* confirm(`Mail the new credential to ${email}?`, yes)
  if (!issue && !send) return yield* shown(yield* Credentials.create(fields))
  const { credentialId } = yield* Issuance.issue(fields, { ...steps, send })
  yield* shown(yield* Credentials.get(credentialId))
})

export const update = Effect.fnUntraced(function* (
  options: Fields & {
    readonly credential: string
    readonly name: Option.Option<string>
    readonly email: Option.Option<string>
    readonly noExpiry: boolean
  }
) {
  const { attributes, email, expiryDate, issueDate, name, noExpiry } = options
  if (noExpiry && Option.isSome(expiryDate)) return yield* usage("--no-expiry and --expiry-date exclude each other.")
  if (!noExpiry && Option.isNone(attributes) && [email, expiryDate, issueDate, name].every(Option.isNone)) {
    return yield* usage("There is nothing to change.", "See certifier credentials update --help")
  }
  const credential = yield* Pick.credential(options.credential)
  const changes = { name: Option.getOrUndefined(name), email: Option.getOrUndefined(email) }
  const isRecipient = changes.name !== undefined || changes.email !== undefined
  const given = recordOf(attributes)
  yield* shown(
    yield* Credentials.update(credential.id, {
      recipient: isRecipient ? Credential.recipientInput(credential, changes) : undefined,
      issueDate: Option.getOrUndefined(issueDate),
      expiryDate: noExpiry ? null : Option.getOrUndefined(expiryDate),
      // It is undocumented whether the API keeps attributes that the request omits.
      customAttributes: given === undefined ? undefined : merged(credential.customAttributes, given)
    })
  )
})

/** Adds the prefix `custom.`, which is optional on the command line. */
const merged = (current: Readonly<Record<string, string>>, given: Readonly<Record<string, string>>) => ({
  ...current,
  ...Object.fromEntries(
    Object.entries(given).map(([key, value]) => [key.startsWith("custom.") ? key : `custom.${key}`, value])
  )
})

/** Runs sequentially, and stops at the first failure, which lists the remaining credentials. */
const each = Effect.fnUntraced(function* <E, R>(
  verb: { readonly command: string; readonly done: string },
  credentials: ReadonlyArray<Credential.Credential>,
  run: (credential: Credential.Credential) => Effect.Effect<Credential.Credential, E, R>
) {
  const { rows } = yield* Output
  const done: Array<Credential.Credential> = []
  let failure: CliFailure | undefined
  for (const credential of credentials) {
    const result = yield* Effect.either(run(credential))
    if (Either.isRight(result)) {
      done.push(result.right)
      continue
    }
    failure = toFailure(result.left)
    if (failure === undefined) return yield* Effect.die(result.left)
    break
  }
  if (done.length > 0) yield* rows(view, Stream.fromIterable(done))
  if (failure === undefined) return
  const [failed, ...rest] = credentials.slice(done.length)
  return yield* new CliFailure({
    exit: done.length === 0 ? failure.exit : "partly",
    problem: `${failed?.id ?? ""}: ${failure.problem}`,
    changed: `${done.length} of ${credentials.length} ${done.length === 1 ? "was" : "were"} ${verb.done}. For this credential: ${failure.changed ?? ""}`,
    next: [
      ...(failure.next === undefined ? [] : [failure.next]),
      ...(rest.length === 0
        ? []
        : [`To continue with the rest: certifier credentials ${verb.command} ${rest.map(({ id }) => id).join(" ")}`])
    ].join("\n")
  })
})

interface Several {
  readonly credentials: ReadonlyArray<string>
}

const picked = (credentials: ReadonlyArray<string>) => Effect.forEach(credentials, Pick.credential)

const people = (credentials: ReadonlyArray<Credential.Credential>): string => {
  const names = credentials
    .slice(0, 3)
    .map((credential) => Option.getOrElse(credential.recipient.email, () => Credential.recipientName(credential)))
  const others = credentials.length - names.length
  return `${names.join(", ")}${others > 0 ? ` and ${others} more` : ""}`
}

const count = (credentials: ReadonlyArray<unknown>): string =>
  credentials.length === 1 ? "the credential" : `${credentials.length} credentials`

export const issue = Effect.fnUntraced(function* ({ credentials }: Several) {
  yield* each({ command: "issue", done: "issued" }, yield* picked(credentials), ({ id }) =>
    Effect.zipRight(Issuance.resume({ credentialId: id, send: false }, steps), Credentials.get(id))
  )
})

export const send = Effect.fnUntraced(function* ({ credentials, yes }: Several & { readonly yes: boolean }) {
  const found = yield* picked(credentials)
  yield* confirm(`Mail ${count(found)} to ${people(found)}?`, yes)
  yield* each({ command: "send", done: "mailed" }, found, ({ id }) => Credentials.send(id))
})

export const remove = Effect.fnUntraced(function* ({ credentials, yes }: Several & { readonly yes: boolean }) {
  const found = yield* picked(credentials)
  yield* confirm(`Delete ${count(found)} of ${people(found)} permanently?`, yes)
  yield* each({ command: "delete", done: "deleted" }, found, (credential) =>
    Effect.as(Credentials.delete(credential.id), credential)
  )
})
