import * as Groups from "@effect-certifier/core/Groups"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { CliFailure } from "../failure.js"
import * as File from "../groupsFile/file.js"
import * as Plan from "../groupsFile/plan.js"
import { planJson, planLines } from "../groupsFile/render.js"
import { Host } from "../host.js"
import { Output } from "../output.js"
import { quoted } from "../quoted.js"
import { wrap } from "../wrap.js"

export interface Options {
  readonly file: string
  readonly prune: boolean
}

/** Reads the file before the workspace, so that no request is sent if the file has faults. */
export const make = Effect.fnUntraced(function* ({ file, prune }: Options) {
  const { entries, text } = yield* File.readEntries(file)
  const groups = yield* Stream.runCollect(Groups.list())
  const plan = yield* Effect.mapError(Plan.make(entries, [...groups], { prune }), (faults) => File.faulty(file, faults))
  return { plan, text }
})

/** Prints the changes that `apply` would make. */
export const plan = Effect.fnUntraced(function* (options: Options & { readonly exitCode: boolean }) {
  const { plan } = yield* make(options)
  const output = yield* Output
  if (output.format === "table") {
    const { stdout } = yield* Host
    const text = planLines(plan, output.colorData).join("\n")
    yield* output.text(`${stdout.isTerminal ? wrap(text, stdout.columns) : text}\n`)
  } else {
    yield* output.one({ columns: [], toJson: planJson }, plan)
  }
  if (Plan.isEmpty(plan)) return
  const next = `certifier groups apply ${quoted(options.file)}${options.prune ? " --prune" : ""}`
  if (options.exitCode) {
    return yield* new CliFailure({
      exit: "changes",
      problem: `The workspace differs from ${options.file}.`,
      changed: "Nothing was changed.",
      next: `To change it: ${next}`
    })
  }
  yield* output.message(`Nothing was changed. To change it: ${next}`)
})
