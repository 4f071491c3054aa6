import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type { Fault, Rule } from "../Fault.js"
import { type IncomingRequest, pathOf } from "./message.js"
import { operationOf } from "./operationOf.js"

/** The rules that apply to future requests. */
export interface PendingFaults {
  readonly take: (incoming: IncomingRequest) => Effect.Effect<Option.Option<Fault>>
  readonly add: (rules: ReadonlyArray<Rule>) => Effect.Effect<void>
  readonly rules: Effect.Effect<ReadonlyArray<Rule>>
  readonly clear: Effect.Effect<void>
}

const matches = (rule: Rule, incoming: IncomingRequest): boolean =>
  (rule.method === undefined || rule.method === incoming.method) &&
  (rule.path === undefined || pathOf(incoming.url).startsWith(rule.path)) &&
  (rule.operation === undefined || operationOf(incoming) === rule.operation)

/** The rule after one application; none if it is used up. */
const spend = (rule: Rule): ReadonlyArray<Rule> => {
  const times = rule.times ?? (rule.probability === undefined ? 1 : Infinity)
  if (times <= 1) return []
  return times === Infinity ? [rule] : [{ ...rule, times: times - 1 }]
}

export const make = (initial: ReadonlyArray<Rule>, seed: string | number): Effect.Effect<PendingFaults> =>
  Effect.sync(() => {
    const random = Random.make(seed)
    let rules = initial
    const isDue = (rule: Rule) =>
      rule.probability === undefined
        ? Effect.succeed(true)
        : Effect.map(random.next, (n) => n < (rule.probability ?? 1))
    return {
      // Synchronous, so that no other request can run between the search and the removal.
      take: (incoming) =>
        Effect.map(
          Effect.findFirst(rules, (rule) => (matches(rule, incoming) ? isDue(rule) : Effect.succeed(false))),
          Option.map((rule) => {
            rules = Array.flatMap(rules, (other) => (other === rule ? spend(rule) : [other]))
            return rule.fault
          })
        ),
      add: (more) => Effect.sync(() => void (rules = [...rules, ...more])),
      rules: Effect.sync(() => rules),
      clear: Effect.sync(() => void (rules = []))
    }
  })
