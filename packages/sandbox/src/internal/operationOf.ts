import { Attributes, CertifierApi, Credentials, EmailTemplates, Operation } from "@effect-certifier/core"
import { pathOf } from "./message.js"

/** The operations that the vendor does not document. */
export const undocumented = {
  listAttributesPage: Attributes.listPage,
  listEmailTemplatesPage: EmailTemplates.listPage,
  scheduleCredential: Credentials.schedule
} as const

const operations: ReadonlyArray<Operation.Any> = [
  ...Object.values(CertifierApi.operations),
  ...Object.values(undocumented)
]

interface Pattern {
  readonly name: string
  readonly method: string
  readonly path: RegExp
}

let patterns: ReadonlyArray<Pattern> | undefined

/** Declarations are evaluated at their first use. */
const all = (): ReadonlyArray<Pattern> =>
  (patterns ??= operations.map(Operation.declaration).map(({ method, name, path }) => ({
    name,
    method,
    path: new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`)
  })))

/** Whether an operation has this name. */
export const isName = (name: string): boolean => all().some((operation) => operation.name === name)

/** The operation of a request; undefined if no operation has its method and path. */
export const operationOf = (request: { readonly method: string; readonly url: string }): string | undefined => {
  const path = pathOf(request.url)
  return all().find((operation) => operation.method === request.method && operation.path.test(path))?.name
}
