import type * as CertifierClient from "@effect-certifier/core/CertifierClient"
import * as Command from "@effect/cli/Command"
import type * as CommandDescriptor from "@effect/cli/CommandDescriptor"
import * as Options from "@effect/cli/Options"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import { sandboxUrl } from "./argv.js"
import { type CliFailure, usage } from "./failure.js"
import type { Host } from "./host.js"
import type { Format, Output } from "./output.js"
import type { Secrets } from "./secrets.js"
import type { Target } from "./target.js"

export interface About {
  readonly description: string
  /** Complete command lines, without the prompt. */
  readonly examples: readonly [string, ...ReadonlyArray<string>]
}

const output = {
  json: Options.boolean("json").pipe(Options.withDescription("Prints one JSON document")),
  jsonl: Options.boolean("jsonl").pipe(Options.withDescription("Prints one JSON value per line"))
}

const client = {
  verbose: Options.boolean("verbose").pipe(
    Options.withAlias("v"),
    Options.withDescription("Shows each request on standard error, without secrets")
  ),
  // `normalize` adds the default value.
  sandbox: Options.text("sandbox").pipe(
    Options.withPseudoName("[URL]"),
    Options.withDescription(`Sends requests to a sandbox, which needs no access token; default: ${sandboxUrl}`),
    Options.optional
  ),
  tokenFile: Options.text("token-file").pipe(
    Options.withPseudoName("FILE"),
    Options.withDescription("A file with the access token; default: CERTIFIER_ACCESS_TOKEN, or a prompt"),
    Options.optional
  )
}

/** The services that every handler can use. */
export type Local = Output | Host | Secrets | FileSystem.FileSystem | Path.Path

/** A command for the help. @effect/cli does not expose nested subcommands. */
export interface Node {
  readonly name: string
  readonly about: About
  readonly descriptor: CommandDescriptor.Command<unknown>
  readonly children: ReadonlyArray<Node>
}

const noted = <C extends { readonly descriptor: CommandDescriptor.Command<unknown> }>(
  command: C,
  name: string,
  about: About,
  children: ReadonlyArray<{ readonly node: Node }>
): C & { readonly node: Node } =>
  Object.assign(command, {
    node: { name, about, descriptor: command.descriptor, children: children.map(({ node }) => node) }
  })

const formatOf = ({ json, jsonl }: { readonly json: boolean; readonly jsonl: boolean }) =>
  json && jsonl
    ? usage("--json and --jsonl exclude each other.")
    : Effect.succeed<Format>(json ? "json" : jsonl ? "jsonl" : "table")

type Parsed<Config extends Command.Command.Config> = Command.Command.ParseConfig<{
  readonly options: Config
}>["options"]

/** Imports a handler when its command runs, so that `--help` is fast. */
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
  noted(
    Command.make(name, { options: config, output }, ({ options, output }) =>
      Effect.gen(function* () {
        const format = yield* formatOf(output)
        const [run, { layer }] = yield* Effect.promise(() => Promise.all([load(), import("./output.js")]))
        yield* Effect.provide(run(options), layer(format))
      })
    ).pipe(Command.withDescription(about.description)),
    name,
    about,
    []
  )

/** A command that calls the API. `check` runs before the access token is read or requested. */
export const calling = <const Name extends string, const Config extends Command.Command.Config, E>(
  name: Name,
  config: Config,
  about: About,
  load: Load<Config, E, Local | CertifierClient.CertifierClient | Target>,
  check: Load<Config, CliFailure, Local> = async () => () => Effect.void
) =>
  local(name, { options: config, client }, about, async () => {
    const [run, checked, { layer }, Hints] = await Promise.all([
      load(),
      check(),
      import("./client.js"),
      import("./hints.js")
    ])
    return ({ client, options }) =>
      Effect.zipRight(checked(options), Effect.provide(run(options), layer(client))).pipe(
        Hints.withFlags(Hints.target(client))
      )
  })

/** A command with subcommands. */
export const parent = <
  const Name extends string,
  const Children extends Parameters<typeof Command.withSubcommands>[1] & ReadonlyArray<{ readonly node: Node }>
>(
  name: Name,
  about: About,
  children: Children
) =>
  noted(
    Command.make(name).pipe(Command.withDescription(about.description), Command.withSubcommands(children)),
    name,
    about,
    children
  )

/** A command with its own command line, for the help and the completions only; see `execute`. */
export const foreign = <const Name extends string>(name: Name, about: About) =>
  noted(Command.make(name).pipe(Command.withDescription(about.description)), name, about, [])
