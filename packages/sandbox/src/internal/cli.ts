import * as Command from "@effect/cli/Command"
import * as HelpDoc from "@effect/cli/HelpDoc"
import * as Options from "@effect/cli/Options"
import * as ValidationError from "@effect/cli/ValidationError"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { fileURLToPath } from "node:url"
import * as FaultSyntax from "../FaultSyntax.js"
import * as RateLimit from "../RateLimit.js"
import * as RecordedRequest from "../RecordedRequest.js"
import * as Sandbox from "../Sandbox.js"
import * as Validation from "./validation.js"

const parseFault = (text: string) =>
  Effect.mapError(Schema.decode(FaultSyntax.RuleFromString)(text), (error) => {
    return ValidationError.invalidValue(HelpDoc.p(`--fault ${text}: ${Validation.describe(error)}`))
  })

const options = {
  port: Options.integer("port").pipe(
    Options.withDescription("The port to listen on; 0 for a free one"),
    Options.withDefault(4010)
  ),
  host: Options.text("host").pipe(
    Options.withDescription("The address to listen on; by default, only this machine reaches the sandbox"),
    Options.withDefault("127.0.0.1")
  ),
  data: Options.text("data").pipe(
    Options.withDescription("A file that persists the groups; created if it does not exist"),
    Options.optional
  ),
  rateLimit: Options.integer("rate-limit").pipe(
    Options.withDescription("Requests per second on average; 0 for no limit"),
    Options.withDefault(3)
  ),
  burst: Options.integer("burst").pipe(
    Options.withDescription("Requests at once after a pause; default: the value of --rate-limit"),
    Options.optional
  ),
  retryAfter: Options.choiceWithValue("retry-after", [
    ["seconds", RateLimit.RetryAfter.literals[0]],
    ["date", RateLimit.RetryAfter.literals[1]],
    ["absent", RateLimit.RetryAfter.literals[2]]
  ]).pipe(
    Options.withDescription("The form of Retry-After in a 429"),
    Options.withDefault(RateLimit.standard.retryAfter)
  ),
  fault: Options.text("fault").pipe(
    Options.withDescription(
      `A fault for the next request: a status, a code of the error table, JSON, or one of ${Object.keys(FaultSyntax.named).join(", ")}; 'reset*3' applies to the next three requests, 'reset@10%' to one in ten. Can be repeated`
    ),
    Options.repeated,
    Options.mapEffect(Effect.forEach(parseFault))
  ),
  seed: Options.text("seed").pipe(
    Options.withDescription("The seed of faults with a probability; the same seed gives the same faults"),
    Options.optional
  )
}

/** Runs until it is interrupted, and prints a line for each request. */
const command = Command.make(
  "effect-certifier-sandbox",
  options,
  ({ burst, data, fault, host, port, rateLimit, retryAfter, seed }) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.serve({
        port,
        host,
        data: Option.getOrUndefined(data),
        rateLimit:
          rateLimit === 0 ? "Unlimited" : { limit: rateLimit, burst: Option.getOrUndefined(burst), retryAfter },
        faults: fault,
        seed: Option.getOrUndefined(seed)
      })
      yield* Console.log(`Certifier sandbox: ${sandbox.url} (documentation: ${sandbox.url}/docs)`)
      return yield* Stream.runForEach(sandbox.requestStream, (request) => Console.log(RecordedRequest.line(request)))
    }).pipe(Effect.scoped)
).pipe(
  Command.withDescription(
    "A Certifier on your own machine, to develop and test against. While it runs, POST /__sandbox/faults adds faults and GET /__sandbox/requests lists the recorded requests."
  )
)

const Manifest = Schema.parseJson(Schema.Struct({ version: Schema.String }))

/** The command line as a program; takes all arguments of the process. */
export const run = (args: ReadonlyArray<string>) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    fs.readFileString(fileURLToPath(new URL("../../package.json", import.meta.url)))
  ).pipe(
    Effect.flatMap(Schema.decode(Manifest)),
    Effect.flatMap(({ version }) => Command.run(command, { name: "Certifier sandbox", version })(args))
  )

/** The text to print when the program fails; none for an invalid command line, which has been reported already. */
export const failureText = (cause: Cause.Cause<unknown>): Option.Option<string> => {
  if (Cause.isInterruptedOnly(cause)) return Option.none()
  const error = Cause.squash(cause)
  if (ValidationError.isValidationError(error)) return Option.none()
  return Option.some(
    Predicate.hasProperty(error, "_tag") && error instanceof Error ? error.message : Cause.pretty(cause)
  )
}
