import type * as CertifierClient from "@effect-certifier/core/CertifierClient"
import * as Command from "@effect/cli/Command"
import * as HelpDoc from "@effect/cli/HelpDoc"
import * as Options from "@effect/cli/Options"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import { usage } from "./failure.js"
import type { Host } from "./host.js"
import type { Format, Output } from "./output.js"

export interface About {
  readonly description: string
  /** Whole lines to type, without the prompt. */
  readonly examples: readonly [string, ...ReadonlyArray<string>]
}

const output = {
  json: Options.boolean("json").pipe(Options.withDescription("Prints one JSON document")),
  jsonl: Options.boolean("jsonl").pipe(Options.withDescription("Prints one JSON value a line"))
}

const client = {
  verbose: Options.boolean("verbose").pipe(
    Options.withAlias("v"),
    Options.withDescription("Shows each request on standard error, without secrets")
  ),
  sandbox: Options.boolean("sandbox").pipe(
    Options.withDescription("Talks to a sandbox, by default the one at http://127.0.0.1:4010; needs no access token")
  ),
  tokenFile: Options.file("token-file").pipe(
    Options.withDescription("A file that holds the access token; otherwise it is CERTIFIER_ACCESS_TOKEN, or asked for"),
    Options.optional
  )
}

/** What every handler has at hand. */
export type Local = Output | Host | FileSystem.FileSystem | Path.Path

export const described = ({ description, examples }: About) =>
  HelpDoc.blocks([
    HelpDoc.p(description),
    HelpDoc.h1("EXAMPLES"),
    HelpDoc.enumeration(Array.map(examples, (line) => HelpDoc.p(line)))
  ])

const formatOf = ({ json, jsonl }: { readonly json: boolean; readonly jsonl: boolean }) =>
  json && jsonl
    ? usage("--json and --jsonl exclude each other.")
    : Effect.succeed<Format>(json ? "json" : jsonl ? "jsonl" : "table")

type Parsed<Config extends Command.Command.Config> = Command.Command.ParseConfig<{
  readonly options: Config
}>["options"]

/** Imported when a command runs: `--help` has to be quick. */
type Load<Config extends Command.Command.Config, E, R> = () => Promise<
  (options: Parsed<Config>) => Effect.Effect<void, E, R>
>

/** A command that sends no requests. */
export const local = <const Name extends string, const Config extends Command.Command.Config, E>(
  name: Name,
  config: Config,
  about: About,
  load: Load<Config, E, Local>
) =>
  Command.make(name, { options: config, output }, ({ options, output }) =>
    Effect.gen(function* () {
      const format = yield* formatOf(output)
      const [run, { layer }] = yield* Effect.promise(() => Promise.all([load(), import("./output.js")]))
      yield* Effect.provide(run(options), layer(format))
    })
  ).pipe(Command.withDescription(described(about)))

/** A command that calls the API. */
export const calling = <const Name extends string, const Config extends Command.Command.Config, E>(
  name: Name,
  config: Config,
  about: About,
  load: Load<Config, E, Local | CertifierClient.CertifierClient>
) =>
  local(name, { options: config, client }, about, async () => {
    const [run, { layer }] = await Promise.all([load(), import("./client.js")])
    return ({ client, options }) => Effect.provide(run(options), layer(client))
  })

/** A command of commands. */
export const parent = <const Name extends string>(name: Name, about: About) =>
  Command.make(name).pipe(Command.withDescription(described(about)))
