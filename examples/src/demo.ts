/** The README's demo: the real client against a local Certifier. */
import { CertifierClient, type Group, Groups, Issuance } from "@effect-certifier/core"
import { RetryPolicy } from "@effect-certifier/retry"
import { Fault, Fixture, Sandbox } from "@effect-certifier/sandbox"
import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { Console, DateTime, Duration, Effect, Either, Layer, Option, Redacted, Schedule, Stream } from "effect"

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

/** Shows the updates that the service receives during a call. */
const sending = <A, E, R>(call: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const { clearRequests, requests } = yield* Sandbox.Sandbox
    yield* clearRequests
    const result = yield* call
    const updates = (yield* requests).filter(({ method }) => method === "PATCH")
    yield* line("PATCH", updates.length === 0 ? dim("none") : green(updates.map(({ body }) => body).join(", ")))
    return result
  })

/** Shows the requests that the service receives during a call, and how it responds. */
const receiving = <A, E, R>(call: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const { clearRequests, requests } = yield* Sandbox.Sandbox
    yield* clearRequests
    const result = yield* call
    for (const { method, path, status } of yield* requests) {
      const response = Option.match(status, { onNone: () => "no response", onSome: String })
      const paint = Option.exists(status, (code) => code < 300) ? green : red
      yield* line(method, `${dim(path.replace(/[0-9a-z]{26}/, "…").padEnd(26))} ${paint(response)}`)
    }
    return result
  })

/** Issues credentials of a group while requests fail after they were applied. */
const issuing = Effect.fnUntraced(function* (groupId: string) {
  const issue = (name: string, failing: { readonly [Tag in Issuance.Step["_tag"]]?: Fault.Fault }) => {
    const onStep = (step: Issuance.Step) => {
      const fault = failing[step._tag]
      if (fault === undefined) return Effect.void
      const path = "credentialId" in step ? `/${step.credentialId}/${step._tag.toLowerCase()}` : ""
      return Sandbox.inject(fault, { method: "POST", path: `/v1/credentials${path}` })
    }
    const recipient = { name, email: `${name.toLowerCase()}@example.com` }
    return receiving(Effect.either(Issuance.issue({ groupId, recipient }, { onStep })))
  }

  yield* Console.log(
    "\nIssue a credential; creating and issuing it fail after they were applied, so its state is read each time:"
  )
  const failures = { Create: Fault.reset(), Issue: Fault.applied(Fault.error("internal_server_error")) }
  yield* issue("Ada", failures)
  yield* line("after", bold("one credential, issued and mailed once"))

  yield* Console.log("\nIf mailing it fails, its state can't be read, and no second mail is sent:")
  const uncertain = yield* issue("Lin", { Send: Fault.reset() })
  if (Either.isLeft(uncertain) && uncertain.left._tag === "CertifierIssuanceUncertain") {
    yield* line("after", yellow(`${uncertain.left._tag} at ${uncertain.left.step._tag}: ${uncertain.left.reason}`))
  }
})

const program = Effect.gen(function* () {
  const { url } = yield* Sandbox.Sandbox
  const id = "01g90279gp5sbmfek7wymcsvec"
  yield* Console.log(`A local Certifier listens on ${url}\n`)

  yield* Console.log("Its groups, two per page:")
  yield* Groups.list({ pageSize: 2 }).pipe(
    Stream.runForEach((group) => line("list", `${bold(group.name)} ${dim(group.id)}`))
  )

  yield* Console.log("\nRename one of them; only what differs is sent:")
  const rename = Groups.modify(id, (group) => ({
    name: group.name.endsWith(", Global") ? group.name : `${group.name}, Global`,
    learningEventUrl: Option.getOrUndefined(group.learningEventUrl)
  }))
  yield* show("before", yield* Groups.get(id))
  yield* show("after", yield* sending(rename))

  yield* Console.log("\nDo the same again; nothing differs, so nothing is sent:")
  yield* show("after", yield* sending(rename))

  yield* Console.log("\nThe next request gets a 429, and the policy waits as long as the service requests:")
  yield* Sandbox.inject(Fault.error("rate_limited", { retryAfter: "1" }))
  const patch = { name: "Financial Markets" }
  const [elapsed, group] = yield* CertifierClient.updateGroup(id, patch).pipe(
    Effect.retry(
      RetryPolicy.rateLimited().pipe(
        Schedule.tapOutput((decision) =>
          decision._tag === "Wait"
            ? line("429", yellow(`rate limited; retry in ${Duration.format(decision.delay)}`))
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
  yield* issuing(id)
})

const CertifierLive = Layer.unwrapEffect(
  Effect.map(Sandbox.Sandbox, ({ url }) =>
    CertifierClient.layer({ accessToken: Redacted.make("demo-token"), baseUrl: url })
  )
)

program.pipe(
  Effect.provide(CertifierLive),
  Effect.provide(NodeHttpClient.layerUndici),
  Effect.provide(
    Sandbox.layer({
      groups: [
        Fixture.group(),
        Fixture.group({ id: "01hz2ej4yzdcfkq9fa78nhyj1a", name: "Advanced Gardening" }),
        Fixture.group({ id: "01hz2ej4yzdcfkq9fa78nhyj2b", name: "Bread and Butter" })
      ],
      rateLimit: { limit: 3, burst: 40 }
    })
  ),
  NodeRuntime.runMain
)
