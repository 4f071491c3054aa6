import * as Effect from "effect/Effect"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Stream from "effect/Stream"
import { confirm } from "../confirm.js"
import { toFailure } from "../apiFailure.js"
import { CliFailure } from "../failure.js"
import * as Apply from "../groupsFile/apply.js"
import * as File from "../groupsFile/file.js"
import * as Plan from "../groupsFile/plan.js"
import { groups, planLines, resultLine, resultJson, resultTotals } from "../groupsFile/render.js"
import * as Write from "../groupsFile/write.js"
import { Output } from "../output.js"
import { quoted } from "../quoted.js"
import { make, type Options } from "./groupsPlan.js"

/** Writes ids into the file, unless another program has changed it. */
const idWriter = (file: string, text: string) => {
  let known = text
  return (index: number, id: string): Effect.Effect<void, CliFailure, FileSystem.FileSystem> =>
    Effect.gen(function* () {
      if ((yield* File.read(file)) !== known) {
        return yield* new CliFailure({
          exit: "failed",
          problem: `${file} has changed since it was read, so no id was written to it.`
        })
      }
      const next = Write.withId(known, index, id)
      yield* File.write(file, next)
      known = next
    })
}

/** Requests a confirmation of the plan, and a separate one of its deletes. */
const confirmed = Effect.fnUntraced(function* (
  plan: Plan.Plan,
  options: { readonly yes: boolean; readonly yesDelete: boolean }
) {
  const deleted = plan.steps.flatMap((step) => (step._tag === "Delete" ? [step.group.name] : []))
  yield* confirm("Apply this plan?", options.yes)
  if (deleted.length > 0) {
    yield* confirm(`Delete ${groups(deleted.length)} permanently?`, options.yesDelete, "--yes-delete")
  }
})

const failureOf = (results: ReadonlyArray<Apply.Result>, next: string): CliFailure | undefined => {
  const errors = results.flatMap((result) => (result._tag === "Failed" ? [result.error] : []))
  const [first] = errors
  if (first === undefined) return undefined
  const sent = results.filter(({ _tag, step }) => _tag === "Done" && step._tag !== "NoChange")
  return new CliFailure({
    exit: sent.length > 0 ? "partly" : (toFailure(first)?.exit ?? "failed"),
    problem: `${groups(errors.length)} failed.`,
    changed: `${resultTotals(results)}.`,
    next: `To apply the rest: ${next}`
  })
}

/** Applies the plan after a confirmation. */
export const apply = Effect.fnUntraced(function* (
  options: Options & { readonly yes: boolean; readonly yesDelete: boolean }
) {
  const { file, prune } = options
  const { plan, text } = yield* make(options)
  const output = yield* Output
  const message = (lines: ReadonlyArray<string>) => output.message(lines.join("\n"))
  yield* message(planLines(plan, output.color))
  if (Plan.isEmpty(plan)) return yield* message([`Nothing to do: the workspace matches ${file}.`])
  yield* confirmed(plan, options)

  const writeId = idWriter(file, text)
  const results: Array<Apply.Result> = []
  const unwritten: Array<CliFailure> = []
  const next = `certifier groups apply ${quoted(file)}${prune ? " --prune" : ""}`
  yield* Apply.run(plan, (result) =>
    Effect.gen(function* () {
      results.push(result)
      if (output.format === "table") {
        const line = resultLine(result)
        if (line !== undefined) yield* output.text(`${line}\n`)
      }
      const { step } = result
      if (result._tag === "Done" && "entry" in step && Plan.isNew(step)) {
        const written = yield* Effect.either(writeId(step.entry.index, result.id))
        if (written._tag === "Left") unwritten.push(written.left)
      }
    })
  ).pipe(Effect.onInterrupt(() => message([`${resultTotals(results)}.`, `To apply the rest: ${next}`])))
  if (output.format !== "table") yield* output.rows({ columns: [], toJson: resultJson }, Stream.fromIterable(results))

  const failure = failureOf(results, next)
  if (failure !== undefined) return yield* failure
  const [first] = unwritten
  if (first !== undefined) {
    return yield* new CliFailure({
      exit: "partly",
      problem: first.problem,
      changed: `${resultTotals(results)}. Ids of new groups are not in the file.`,
      next: `To find the groups by their names and write the ids: ${next}`
    })
  }
  yield* message([`${resultTotals(results)}.`])
})
