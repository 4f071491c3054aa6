import type * as HttpClient from "@effect/platform/HttpClient"
import { Effect } from "effect"
import { certifier, type Options } from "./run.js"

export interface Step extends Options {
  readonly type: ReadonlyArray<string>
}

const quoted = (arg: string): string => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg}'`)

/** Runs commands, and returns the output of each: standard output, then standard error with the prefix `!`. */
export const transcript = (steps: ReadonlyArray<Step>): Effect.Effect<string, never, HttpClient.HttpClient> =>
  Effect.map(
    Effect.forEach(steps, ({ type, ...options }) =>
      Effect.map(certifier(type, options), ({ exit, stderr, stdout }) =>
        [
          `$ certifier ${type.map(quoted).join(" ")}\n`,
          stdout,
          stderr.replaceAll(/^(?=.)/gm, "! "),
          exit === 0 ? "" : `[exit code ${exit}]\n`
        ].join("")
      )
    ),
    (texts) => texts.join("\n")
  )
