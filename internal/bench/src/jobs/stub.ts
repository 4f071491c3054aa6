/** The client that a user would configure, on a transport that responds from memory, and a client without calls. */
import { CertifierClient, Group, Groups, Operation } from "@effect-certifier/core"
import { RateLimiter } from "@effect-certifier/retry"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Work from "../group.js"

export const update = (n: number) => ({ id: `01k0grp${String(n).padStart(18, "0")}`, patch: Work.patch })

/** Each response has its own turn of the event loop, like one from a socket. */
const inTurn = <A>(response: () => A) =>
  Effect.async<A>((resume) => {
    setImmediate(() => resume(Effect.sync(response)))
  })

const transport = Layer.succeed(
  HttpClient.HttpClient,
  HttpClient.make((request) =>
    inTurn(() => HttpClientResponse.fromWeb(request, new Response(Work.answer, { headers: Work.answerHeaders })))
  )
)

/** A rate limiter whose limit is never reached. */
export const client = RateLimiter.clientLayer(CertifierClient.layer, { accessToken: Redacted.make(Work.token) }).pipe(
  Layer.provide(RateLimiter.layer({ limit: 100_000, window: "1 second" })),
  Layer.provide(transport)
)

const group = Schema.decodeUnknownSync(Schema.parseJson(Group.Group))(Work.answer)

/** A client whose calls cost nothing, so that only the work of the jobs is measured. */
export const free = CertifierClient.layerMock(Operation.handle(Groups.update, () => inTurn(() => group)))
