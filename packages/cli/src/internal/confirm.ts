import * as Effect from "effect/Effect"
import { CliFailure, usage } from "./failure.js"
import { Host } from "./host.js"

/** Requests a confirmation, unless `yes` is set. Without a terminal, `yes` is required. */
export const confirm = Effect.fnUntraced(function* (question: string, yes: boolean, flag = "--yes") {
  if (yes) return
  const host = yield* Host
  if (!host.canAsk)
    return yield* usage(`${question} Confirmation requires a terminal.`, `To confirm without one, add ${flag}.`)
  const answer = yield* host.ask(`${question} [y/N] `)
  if (!/^y(es)?$/i.test(answer.trim())) {
    return yield* new CliFailure({ exit: "failed", problem: "Not confirmed.", changed: "Nothing was changed." })
  }
})
