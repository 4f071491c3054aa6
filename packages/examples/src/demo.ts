/** The README's demo: the real client against a Certifier that listens on this machine. */
import { CertifierClient, type Group } from "@effect-certifier/core"
import { RetryPolicy } from "@effect-certifier/retry"
import { Fault, Sandbox } from "@effect-certifier/sandbox"
import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { Console, DateTime, Duration, Effect, Layer, Option, Redacted, Schedule } from "effect"

const colours = process.stdout.isTTY && process.env["NO_COLOR"] === undefined
const paint = (code: number) => (text: string) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text)
const [bold, dim, green, yellow, red] = [paint(1), paint(2), paint(32), paint(33), paint(31)]

const line = (label: string, text: string) => Console.log(`${label.padEnd(8)} ${text}`)

const show = (label: string, group: Group.Group) =>
  Effect.forEach(
    [
      ["name", bold(group.name)],
      ["learningEventUrl", Option.getOrElse(group.learningEventUrl, () => dim("none"))],
      ["updatedAt", DateTime.formatIso(group.updatedAt)]
    ] as const,
    ([field, value], index) => line(index === 0 ? label : "", `${dim(field.padEnd(16))} ${value}`),
    { discard: true }
  )

const program = Effect.gen(function* () {
  const { url } = yield* Sandbox.Sandbox
  const id = "01g90279gp5sbmfek7wymcsvec"
  yield* Console.log(`A Certifier of this machine listens on ${url}\n`)

  yield* show("before", yield* CertifierClient.getGroup(id))
  const patch = { name: "Financial Markets, Global" }
  yield* line("patch", green(JSON.stringify(patch)))
  yield* show("after", yield* CertifierClient.updateGroup(id, patch))

  yield* Console.log("\nThe next request meets the rate limit, and the policy waits as long as the service asks:")
  yield* Sandbox.inject(Fault.error("rate_limited", { retryAfter: "1" }))
  const [elapsed, group] = yield* CertifierClient.updateGroup(id, { name: "Financial Markets" }).pipe(
    Effect.retry(
      RetryPolicy.rateLimited().pipe(
        Schedule.tapOutput((decision) =>
          decision._tag === "Wait"
            ? line("429", yellow(`asks to wait; sends again after ${Duration.format(decision.delay)}`))
            : Effect.void
        )
      )
    ),
    Effect.timed
  )
  yield* line(
    "after",
    `${bold(group.name)} ${dim(`(in ${Duration.format(Duration.millis(Math.round(Duration.toMillis(elapsed))))})`)}`
  )

  yield* Console.log("\nA group that does not exist is an error with a tag:")
  yield* CertifierClient.updateGroup("01hz2ej4yzdcfkq9fa78nhyj0x", patch).pipe(
    Effect.catchTag("CertifierNotFound", (error) => line("404", red(error.message)))
  )
})

const CertifierLive = Layer.unwrapEffect(
  Effect.map(Sandbox.Sandbox, ({ url }) =>
    CertifierClient.layer({ accessToken: Redacted.make("demo-token"), baseUrl: url })
  )
)

program.pipe(
  Effect.provide(CertifierLive),
  Effect.provide(NodeHttpClient.layerUndici),
  Effect.provide(Sandbox.layer()),
  NodeRuntime.runMain
)
