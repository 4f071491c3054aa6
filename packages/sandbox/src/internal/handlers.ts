import type { CertifierApi } from "@effect-certifier/core"
import * as Credentials from "./handlers/credentials.js"
import * as Groups from "./handlers/groups.js"
import type { HandlersOf, Options } from "./handlers/handler.js"
import * as Interactions from "./handlers/interactions.js"

/** One handler for each operation that core declares: an operation without a handler does not compile. */
export type Handlers = HandlersOf<typeof CertifierApi.operations>

export const make = (options: Options): Handlers => ({
  ...Groups.make(options),
  ...Credentials.make(options),
  ...Interactions.make(options)
})
