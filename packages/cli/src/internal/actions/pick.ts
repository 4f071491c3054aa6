import type { CertifierError } from "@effect-certifier/core/CertifierError"
import type { CertifierClient } from "@effect-certifier/core/CertifierClient"
import type { Credential } from "@effect-certifier/core/Credential"
import * as Credentials from "@effect-certifier/core/Credentials"
import * as Designs from "@effect-certifier/core/Designs"
import * as Groups from "@effect-certifier/core/Groups"
import * as Search from "@effect-certifier/core/Search"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { CliFailure, nothingChanged } from "../failure.js"
import { printable } from "../output.js"

/** Whether a text has the form of an id. No realistic name has this form. */
const isId = (text: string): boolean => /^0[0-9a-z]{25}$/.test(text)

interface Named {
  readonly id: string
  readonly name: string
}

const unknown = (problem: string, next: string) =>
  new CliFailure({ exit: "notFound", problem, changed: nothingChanged, next })

const ambiguous = (problem: string, candidates: ReadonlyArray<string>, command: string) =>
  new CliFailure({
    exit: "data",
    problem: [`${problem}:`, ...candidates.map((candidate) => `  ${printable(candidate)}`)].join("\n"),
    changed: nothingChanged,
    next: `Use the id instead: ${command}`
  })

/** The maximum number of candidates in an error message. */
const most = 10

/** Finds the only item with a name. It reads the whole list, because a second match can be on the last page. */
const byName = Effect.fnUntraced(function* <A extends Named>(
  noun: string,
  command: string,
  all: Stream.Stream<A, CertifierError, CertifierClient>,
  text: string
) {
  const lower = text.toLowerCase()
  const found = { exact: Array<A>(), similar: Array<A>() }
  yield* Stream.runForEach(all, (each) =>
    Effect.sync(() => {
      const list = each.name === text ? found.exact : each.name.toLowerCase().includes(lower) ? found.similar : []
      if (list.length < most) list.push(each)
    })
  )
  const lines = (list: ReadonlyArray<A>) => list.map(({ id, name }) => `${id}  ${name}`)
  const [first, second] = found.exact
  if (first !== undefined && second === undefined) return first
  if (first !== undefined) {
    return yield* ambiguous(`There are several ${noun}s with the name "${text}"`, lines(found.exact), command)
  }
  const similar = [...new Set(found.similar.map(({ name }) => `"${printable(name)}"`))].join(", ")
  return yield* unknown(
    `There is no ${noun} with the name "${text}".${similar === "" ? "" : ` Similar: ${similar}.`}`,
    `To list them: certifier ${noun}s list`
  )
})

export const group = (text: string) =>
  isId(text) ? Groups.get(text) : byName("group", "certifier groups get ID", Groups.list(), text)

export const groupId = (text: string) =>
  isId(text) ? Effect.succeed(text) : Effect.map(group(text), ({ id }): string => id)

export const design = (text: string) =>
  isId(text) ? Designs.get(text) : byName("design", "certifier designs get ID", Designs.list(), text)

export const designId = (text: string) =>
  isId(text) ? Effect.succeed(text) : Effect.map(design(text), ({ id }): string => id)

/** Parses the public id of a credential, from its public link or alone. */
const publicIdOf = (text: string): string | undefined =>
  /^(?:https?:\/\/\S+\/)?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\/?$/i.exec(text)?.[1]

const filterOf = (text: string): Search.Filter | undefined => {
  const publicId = publicIdOf(text)
  if (publicId !== undefined) return Search.publicId.equals(publicId)
  return text.includes("@") ? Search.recipientEmail.equals(text) : undefined
}

const lineOf = ({ id, issueDate, recipient, status }: Credential) =>
  [id, status, recipient.name, ...(issueDate._tag === "Some" ? [issueDate.value] : [])].join("  ")

/** Finds a credential by its id, its public link, or the email address of a recipient with only one credential. */
export const credential = Effect.fnUntraced(function* (text: string) {
  if (isId(text)) return yield* Credentials.get(text)
  const filter = filterOf(text)
  const next = "To list them: certifier credentials list"
  if (filter === undefined) {
    return yield* unknown(`"${text}" is not the id of a credential, a public link or an email address.`, next)
  }
  const [first, ...others] = yield* Stream.runCollect(Stream.take(Credentials.search({ filter }), most))
  if (first === undefined) return yield* unknown(`There is no credential for ${text}.`, next)
  if (others.length === 0) return first
  return yield* ambiguous(
    `There are several credentials for ${text}`,
    [first, ...others].map(lineOf),
    "certifier credentials get ID"
  )
})
