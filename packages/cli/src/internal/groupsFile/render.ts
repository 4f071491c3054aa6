import * as Option from "effect/Option"
import type { Result } from "./apply.js"
import type { Fault } from "./parse.js"
import { type Change, count, isNew, type Plan, reachesIssued, type Step } from "./plan.js"

/** The colours of an output, by meaning. */
export interface Paint {
  readonly added: (text: string) => string
  readonly removed: (text: string) => string
  readonly changed: (text: string) => string
  readonly warning: (text: string) => string
  readonly faint: (text: string) => string
}

const sgr = (code: number) => (text: string) => `\u001b[${code}m${text}\u001b[0m`

const colours: Paint = { added: sgr(32), removed: sgr(31), changed: sgr(33), warning: sgr(33), faint: sgr(2) }

const plain: Paint = {
  added: (text) => text,
  removed: (text) => text,
  changed: (text) => text,
  warning: (text) => text,
  faint: (text) => text
}

export const paint = (color: boolean): Paint => (color ? colours : plain)

/** Replaces control characters, because names can contain some that move the cursor or reverse the writing direction. */
const printable = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}]/gu, "\u00b7")

/** `1 group`, `2 groups`. */
export const groups = (count: number): string => `${count} group${count === 1 ? "" : "s"}`

const change =
  (paint: Paint) =>
  ({ field, from, to }: Change): ReadonlyArray<string> => {
    const line = (sign: string, style: (text: string) => string) => (text: string) =>
      style(`      ${sign} ${printable(text)}`)
    if (typeof to === "string") {
      const before = Option.getOrElse(from, () => "")
      return [
        `    ${field}`,
        typeof before !== "string" || before === "" ? paint.faint("      (not set)") : line("-", paint.removed)(before),
        line("+", paint.added)(to)
      ]
    }
    // The whole lists are shown, because their order is significant.
    const before = Option.getOrElse(from, (): ReadonlyArray<string> => [])
    return [
      `    ${field}`,
      ...(typeof before === "string" ? [before] : before).map(line("-", paint.removed)),
      ...to.map(line("+", paint.added))
    ]
  }

const titled = (paint: Paint, verb: string, style: (text: string) => string, name: string, id?: string) =>
  style(`${verb} ${printable(name)}`) + (id === undefined ? "" : paint.faint(` (${id})`))

/** The lines of a step; none if it changes nothing. */
const step =
  (paint: Paint) =>
  (step: Step): ReadonlyArray<string> => {
    const note =
      isNew(step) && step._tag !== "Create"
        ? [paint.faint("    exists already: its id will be written into the file")]
        : []
    switch (step._tag) {
      case "Create": {
        const { name, ...fields } = step.fields
        return [
          titled(paint, "+ create", paint.added, name),
          ...Object.entries(fields).flatMap(([field, value]) =>
            value === undefined
              ? []
              : [`    ${field}`, ...[value].flat().map((text) => paint.added(`      + ${printable(text)}`))]
          )
        ]
      }
      case "Update":
        return [
          titled(paint, "~ change", paint.changed, step.group.name, step.group.id),
          ...note,
          ...step.changes.flatMap(change(paint))
        ]
      case "Delete":
        return [titled(paint, "- delete", paint.removed, step.group.name, step.group.id)]
      case "NoChange":
        return note.length === 0 ? [] : [titled(paint, "= keep", paint.faint, step.group.name, step.group.id), ...note]
    }
  }

const someNames = (names: ReadonlyArray<string>): string =>
  names.slice(0, 3).map(printable).join(", ") + (names.length > 3 ? ` and ${names.length - 3} more` : "")

/** `1 to create, 2 to change, 5 unchanged`. */
const totals = (plan: Plan): string => {
  const { Create, Delete, NoChange, Update } = count(plan.steps)
  const parts = [
    [Create, "to create"],
    [Update, "to change"],
    [Delete, "to delete"],
    [NoChange, "unchanged"]
  ] as const
  return parts.flatMap(([count, text]) => (count === 0 ? [] : [`${count} ${text}`])).join(", ") || "no groups"
}

/** The plan as readable lines. */
export const planLines = (plan: Plan, color: boolean): ReadonlyArray<string> => {
  const with_ = paint(color)
  const blocks = plan.steps.map(step(with_)).filter((lines) => lines.length > 0)
  return [
    ...blocks.flatMap((lines) => [...lines, ""]),
    `Plan: ${totals(plan)}.`,
    ...(plan.steps.some(reachesIssued)
      ? [
          with_.warning(
            "Warning: new names and designs also change the credentials that were issued before: their recipients will see it."
          )
        ]
      : []),
    ...(plan.unlisted.length === 0
      ? []
      : [
          `Not in the file, and not changed: ${groups(plan.unlisted.length)} (${someNames(plan.unlisted.map(({ name }) => name))}).`,
          "To delete what is not in the file, add --prune."
        ])
  ]
}

const verbs = { Create: "created", Update: "changed", Delete: "deleted", NoChange: "unchanged" } as const

const nameOf = (step: Step): string => (step._tag === "Create" ? step.fields.name : step.group.name)

/** The result of a step as a readable line. */
export const resultLine = (result: Result): string | undefined => {
  const { step } = result
  const name = printable(nameOf(step))
  switch (result._tag) {
    case "Done":
      if (step._tag === "NoChange") return undefined
      return `${verbs[step._tag]} ${name} (${result.id})`
    case "Failed":
      return `failed ${name}: ${printable(result.error.message)}`
    case "Interrupted":
      return step._tag === "NoChange" ? undefined : `interrupted ${name}: it may be ${verbs[step._tag]}, or not`
    case "NotTried":
      return undefined
  }
}

const endings = { Failed: "failed", Interrupted: "interrupted", NotTried: "not tried" } as const

/** `2 created, 1 failed, 3 not tried`. */
export const resultTotals = (results: ReadonlyArray<Result>): string => {
  const counts = new Map<string, number>()
  for (const { _tag, step } of results) {
    const ending = _tag === "Done" || step._tag === "NoChange" ? verbs[step._tag] : endings[_tag]
    counts.set(ending, (counts.get(ending) ?? 0) + 1)
  }
  return [...Object.values(verbs), ...Object.values(endings)]
    .flatMap((ending) => (counts.has(ending) ? [`${counts.get(ending)} ${ending}`] : []))
    .join(", ")
}

/** The result of a step as JSON. */
export const resultJson = (result: Result) => ({
  action: result.step._tag === "NoChange" ? "none" : result.step._tag.toLowerCase(),
  name: nameOf(result.step),
  id: result._tag === "Done" ? result.id : "group" in result.step ? result.step.group.id : null,
  result: result._tag === "Done" ? "done" : endings[result._tag],
  ...(result._tag === "Failed" ? { error: result.error.message } : {})
})

/** The faults of a file, one per line, with positions that editors and terminals recognize. */
export const faultLines = (file: string, faults: ReadonlyArray<Fault>): ReadonlyArray<string> =>
  faults.map(({ column, line, problem }) => `${file}:${line}:${column}: ${printable(problem)}`)

/** The plan as JSON. */
export const planJson = (plan: Plan) => ({
  changes: plan.steps.flatMap((step) => {
    switch (step._tag) {
      case "Create":
        return [{ action: "create", ...step.fields }]
      case "Update":
        return [
          {
            action: "update",
            id: step.group.id,
            name: step.group.name,
            fields: step.changes.map(({ field, from, to }) => ({ field, from: Option.getOrNull(from), to }))
          }
        ]
      case "Delete":
        return [{ action: "delete", id: step.group.id, name: step.group.name }]
      case "NoChange":
        return []
    }
  }),
  unchanged: count(plan.steps).NoChange,
  unlisted: plan.unlisted.map(({ id, name }) => ({ id, name }))
})
