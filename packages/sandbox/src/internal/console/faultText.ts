import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Disconnect, Fault, Rule, Step } from "../../Fault.js"

const decodeError = Schema.decodeUnknownOption(
  Schema.parseJson(Schema.Struct({ error: Schema.Struct({ code: Schema.String }) }))
)

const codeOf = ({ body }: Fault): Option.Option<string> => Option.map(decodeError(body), ({ error }) => error.code)

const statusText = (fault: Fault, status: number): string =>
  Option.match(codeOf(fault), { onNone: () => String(status), onSome: (code) => `${status} ${code}` })

const number = (value: number): string => value.toLocaleString("en")

const bodyText = (body: NonNullable<Fault["body"]>): string => {
  if (typeof body === "string") return body === "" ? "empty body" : `body of ${number(body.length)} characters`
  return "bytes" in body ? `body of ${number(body.bytes)} bytes` : "binary body"
}

const ways = { Reset: "reset", Close: "closed", Stall: "stalled" } as const

const stages = { Start: "before the response", Head: "after the headers", Body: "in the body" } as const

const disconnectText = ({ at, how }: Disconnect): string => `connection ${ways[how]} ${stages[at]}`

const stepText = (applied: true | Step): string =>
  applied === true ? "request processed" : `request processed up to ${applied}`

const faultText = (fault: Fault): string => {
  const { applied, body, delay, disconnect, headers, slowBody, status } = fault
  return [
    ...(status === undefined ? [] : [statusText(fault, status)]),
    ...Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined || Option.isSome(codeOf(fault)) ? [] : [bodyText(body)]),
    ...(applied === undefined || applied === false ? [] : [stepText(applied)]),
    ...(delay === undefined ? [] : [`delayed by ${Duration.format(delay)}`]),
    ...(slowBody === undefined
      ? []
      : [`body sent in ${number(slowBody.bytes)} bytes every ${Duration.format(slowBody.every)}`]),
    ...(disconnect === undefined ? [] : [disconnectText(disconnect)])
  ].join(", ")
}

const oftenText = ({ probability, times }: Rule): string => {
  if (probability === undefined) return times === undefined || times === 1 ? "once" : `${number(times)} times left`
  const share = `${Number((probability * 100).toPrecision(6))}% of requests`
  return times === undefined ? share : `${share}, ${number(times)} times left`
}

/** A pending fault as one line: what happens, to which requests, and how often. */
export const faultLine = (rule: Rule): string => {
  const scope = [rule.operation, rule.method, rule.path].filter((part) => part !== undefined).join(" ")
  const fault = faultText(rule.fault)
  return `${scope === "" ? "" : `${scope}: `}${fault === "" ? "unchanged response" : fault}; ${oftenText(rule)}`
}
