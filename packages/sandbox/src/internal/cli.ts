import * as Command from "@effect/cli/Command"
import type * as CommandDescriptor from "@effect/cli/CommandDescriptor"
import * as HelpDoc from "@effect/cli/HelpDoc"
import * as Options from "@effect/cli/Options"
import * as ValidationError from "@effect/cli/ValidationError"
import { Options as CheckedOptions } from "@effect-certifier/core"
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Cause from "effect/Cause"
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { fileURLToPath } from "node:url"
import * as FaultSyntax from "../FaultSyntax.js"
import * as Quirk from "../Quirk.js"
import * as RateLimit from "../RateLimit.js"
import * as RecordedRequest from "../RecordedRequest.js"
import * as Sandbox from "../Sandbox.js"
import { InvalidOptions } from "../SandboxError.js"
import * as Workspace from "../Workspace.js"
import * as OutboxFlags from "./outboxFlags.js"
import * as Text from "./text.js"
import * as Validation from "./validation.js"

const parseFault = (text: string) => {
  const invalid = (problem: string) => ValidationError.invalidValue(HelpDoc.p(`--fault ${text}: ${problem}`))
  return Schema.decode(FaultSyntax.RuleFromString)(text).pipe(
    Effect.mapError((error) => invalid(Validation.describe(error))),
    Effect.filterOrFail(
      (rule) => rule.probability !== 0,
      () => invalid("Expected a probability above 0")
    )
  )
}

const parseQuirk = (text: string) =>
  Effect.mapError(Schema.decode(Quirk.FromString)(text), (error) =>
    ValidationError.invalidValue(HelpDoc.p(`--quirk ${text}: ${Validation.describe(error)}`))
  )

const options = {
  port: Options.integer("port").pipe(
    Options.withPseudoName("PORT"),
    Options.withDescription("The port to listen on; 0 for a free one"),
    Options.withDefault(4010)
  ),
  host: Options.text("host").pipe(
    Options.withPseudoName("ADDRESS"),
    Options.withDescription("The address to listen on; by default, only this machine reaches the sandbox"),
    Options.withDefault("127.0.0.1")
  ),
  data: Options.text("data").pipe(
    Options.withPseudoName("FILE"),
    Options.withDescription(
      "A file that persists what is stored, an SQLite database; created if it does not exist. Requires the package @effect/sql-libsql"
    ),
    Options.optional
  ),
  import: Options.text("import").pipe(
    Options.withPseudoName("FILE"),
    Options.withDescription("A JSON file written by --export, whose objects replace what is stored"),
    Options.optional
  ),
  export: Options.text("export").pipe(
    Options.withPseudoName("FILE"),
    Options.withDescription("Writes what is stored to a JSON file, or to standard output for '-', and exits"),
    Options.optional
  ),
  rateLimit: Options.integer("rate-limit").pipe(
    Options.withPseudoName("NUMBER"),
    Options.withDescription("Requests per second on average; 0 for no limit"),
    Options.withDefault(3)
  ),
  burst: Options.integer("burst").pipe(
    Options.withPseudoName("NUMBER"),
    Options.withDescription(
      "Requests at once after a pause; default: the value of --rate-limit, or as the quirk rateLimitBurst says"
    ),
    Options.optional
  ),
  retryAfter: Options.choiceWithValue("retry-after", [
    ["seconds", RateLimit.RetryAfter.literals[0]],
    ["date", RateLimit.RetryAfter.literals[1]],
    ["absent", RateLimit.RetryAfter.literals[2]]
  ]).pipe(Options.withDescription("The form of Retry-After in a 429; default: seconds"), Options.optional),
  fault: Options.text("fault").pipe(
    Options.withPseudoName("FAULT"),
    Options.withDescription(
      `A fault for the next request: a status, a code of the error table, JSON, or one of ${Object.keys(FaultSyntax.named).join(", ")}; 'reset*3' applies to the next three requests, 'reset@10%' to one in ten, 'sendCredential:500+applied' to one operation, which is processed. Can be repeated`
    ),
    Options.repeated,
    Options.mapEffect(Effect.forEach(parseFault))
  ),
  quirk: Options.text("quirk").pipe(
    Options.withPseudoName("QUIRK"),
    Options.withDescription(
      "What the sandbox does where the vendor's documentation leaves it open, such as 'issueTwice=conflict'; --list-quirks lists all. Can be repeated"
    ),
    Options.repeated,
    Options.mapEffect(Effect.forEach(parseQuirk))
  ),
  listQuirks: Options.boolean("list-quirks").pipe(Options.withDescription("Lists all quirks and exits")),
  experimental: Options.boolean("experimental").pipe(
    Options.withDescription("Serves the three operations that the vendor does not document")
  ),
  seed: Options.text("seed").pipe(
    Options.withPseudoName("SEED"),
    Options.withDescription("The seed of faults with a probability; the same seed gives the same faults"),
    Options.optional
  ),
  ...OutboxFlags.options
}

/** Flags by the options of the sandbox that they set. */
const flags: Readonly<Record<string, string>> = {
  port: "--port",
  host: "--host",
  "rateLimit.limit": "--rate-limit",
  "rateLimit.burst": "--burst",
  ...OutboxFlags.flags
}

/** A flag that has no effect is reported as a mistake. */
const unlimited = (ignored: Readonly<Record<string, Option.Option<unknown>>>) => {
  const given = Object.entries(ignored).find(([, value]) => Option.isSome(value))
  return given === undefined
    ? Either.right("Unlimited" as const)
    : CheckedOptions.invalid(given[0], "no value with --rate-limit 0, which means no limit")
}

/** Whether the sandbox listens on all addresses: its URL is then that of loopback. */
const isOnAll = (host: string, url: string) => /^[0:.]+$/.test(host) && !url.startsWith(`http://${host}:`)

/** The quirks as text: name, question, and the values with the default first. */
const quirkList = (): string =>
  Object.entries<Quirk.Quirk>(Quirk.table)
    .map(([name, { default: usual, evidence, question, values }]) => {
      const others = Object.entries(values).filter(([value]) => value !== usual)
      const all: ReadonlyArray<readonly [string, string]> = [[`${usual} (default)`, values[usual] ?? ""], ...others]
      return [`${name}: ${question}`, `  ${evidence}`, ...all.map(([value, text]) => `    ${value}: ${text}`)].join(
        "\n"
      )
    })
    .join("\n")

const WorkspaceText = Schema.parseJson(Workspace.Workspace, { space: 2 })

/** The error of a file of the command line. */
const fileProblem = (flag: string, path: string) => (error: PlatformError | ParseResult.ParseError) => {
  const problem = ParseResult.isParseError(error) ? Validation.describe(error) : error.message
  return new InvalidOptions({ problems: `${flag} ${path}: ${problem}` })
}

const readWorkspace = (path: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(path)).pipe(
    Effect.flatMap(Schema.decode(WorkspaceText)),
    Effect.mapError(fileProblem("--import", path))
  )

const writeWorkspace = (path: string, workspace: Workspace.Workspace) =>
  Effect.gen(function* () {
    const text = yield* Schema.encode(WorkspaceText)(workspace)
    if (path === "-") return yield* Console.log(text)
    const fs = yield* FileSystem.FileSystem
    yield* fs.writeFileString(path, `${text}\n`)
  }).pipe(Effect.mapError(fileProblem("--export", path)))

/** Runs until it is interrupted, and prints a line for each request. */
const command = Command.make(
  "serve",
  options,
  ({
    burst,
    controlToken,
    data,
    experimental,
    export: exported,
    fault,
    host,
    import: imported,
    listQuirks,
    port,
    quirk,
    rateLimit,
    retryAfter,
    seed,
    ...outbox
  }) =>
    Effect.gen(function* () {
      if (listQuirks) return yield* Console.log(quirkList())
      const workspace = Option.isSome(imported) ? yield* readWorkspace(imported.value) : undefined
      const secret = yield* Config.option(Config.redacted("CERTIFIER_WEBHOOK_SECRET"))
      const sandbox = yield* Sandbox.serve({
        ...(yield* OutboxFlags.toOptions(outbox, secret)),
        controlToken: Option.getOrUndefined(controlToken),
        port: Option.isSome(exported) ? 0 : port,
        host,
        data: Option.getOrUndefined(data),
        rateLimit:
          rateLimit === 0
            ? yield* unlimited({ "--burst": burst, "--retry-after": retryAfter })
            : {
                limit: rateLimit,
                burst: Option.getOrUndefined(burst),
                retryAfter: Option.getOrUndefined(retryAfter)
              },
        faults: fault,
        quirks: Object.assign({}, ...quirk),
        experimental,
        seed: Option.getOrUndefined(seed)
      })
      if (workspace !== undefined) yield* sandbox.import(workspace)
      if (Option.isSome(exported)) return yield* writeWorkspace(exported.value, yield* sandbox.export)
      yield* Console.log(
        `Certifier sandbox: ${sandbox.url} (documentation: ${sandbox.url}/docs)${isOnAll(host, sandbox.url) ? ", listening on all addresses" : ""}`
      )
      // Only a random token is printed, not one that was passed in.
      const printed = Option.filter(sandbox.controlToken, () => Option.isNone(controlToken))
      const query = Option.match(printed, { onNone: () => "", onSome: (token) => `?token=${Redacted.value(token)}` })
      yield* Console.log(`Console: ${sandbox.url}/${query}`)
      return yield* Stream.runForEach(sandbox.requestStream, (request) => Console.log(RecordedRequest.line(request)))
    }).pipe(Effect.scoped)
)

/** The options of the command line. */
export const descriptor: CommandDescriptor.Command<unknown> = command.descriptor

/** The command with the name by which a user starts it. */
const named = (name: string) =>
  Command.make(name, options, command.handler).pipe(
    Command.withDescription(
      "A Certifier on your own machine, to develop and test against. While it runs, POST /__sandbox/faults adds faults and GET /__sandbox/requests lists the recorded requests."
    )
  )

const Manifest = Schema.parseJson(Schema.Struct({ version: Schema.String }))

/** `@effect/cli` ignores empty arguments. */
const withoutEmpty = (args: ReadonlyArray<string>) => {
  const index = args.indexOf("")
  return index < 0 ? Either.right(args) : CheckedOptions.invalid(args[index - 1] ?? "", "a value that is not empty")
}

/** Messages of `@effect/cli` repeat arguments verbatim. */
const withPrintableConsole = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Effect.console, (console) => {
    const printable = (values: ReadonlyArray<unknown>) =>
      values.map((value) => (typeof value === "string" ? Text.printableLines(value) : value))
    return Effect.withConsole(effect, {
      ...console,
      log: (...values) => console.log(...printable(values)),
      error: (...values) => console.error(...printable(values))
    })
  })

/** The command line as a program; takes all arguments of the process. */
export const run = (args: ReadonlyArray<string>, name = "effect-certifier-sandbox") =>
  Effect.gen(function* () {
    const given = yield* withoutEmpty(args)
    const fs = yield* FileSystem.FileSystem
    const manifest = yield* fs.readFileString(fileURLToPath(new URL("../../package.json", import.meta.url)))
    const { version } = yield* Schema.decode(Manifest)(manifest)
    return yield* Command.run(named(name), { name: "Certifier sandbox", version })(given)
  }).pipe(withPrintableConsole)

const textOf = (error: unknown, cause: Cause.Cause<unknown>): string => {
  if (ConfigError.isConfigError(error)) {
    const name = error._op === "InvalidData" ? error.path.join(".") : "options"
    // An error of one of several values contains its index: `webhooks.0.url`.
    return `${flags[name.replace(/\.\d+\./, ".")] ?? name}: ${CheckedOptions.messageOf(error)}`
  }
  return Predicate.hasProperty(error, "_tag") && Predicate.hasProperty(error, "message")
    ? String(error.message)
    : Cause.pretty(cause)
}

/** The text to print when the program fails; none for an invalid command line, which has been reported already. */
export const failureText = (cause: Cause.Cause<unknown>): Option.Option<string> => {
  if (Cause.isInterruptedOnly(cause)) return Option.none()
  const error = Cause.squash(cause)
  if (ValidationError.isValidationError(error)) return Option.none()
  return Option.some(Text.printableLines(textOf(error, cause)))
}
