/**
 * A web page that shows whether a credential is valid: `GET /verify/{publicId}`. The program requests a few of its pages and ends.
 * With the argument `serve` it keeps running, with the Certifier of the environment.
 */
import { CertifierClient, CertifierError, Credential, Credentials, Designs, Search } from "@effect-certifier/core"
import { RetryPolicy } from "@effect-certifier/retry"
import { Fault, Fixture, Sandbox } from "@effect-certifier/sandbox"
import { HttpClient, HttpRouter, HttpServer, HttpServerResponse } from "@effect/platform"
import { NodeHttpClient, NodeHttpServer, NodeRuntime } from "@effect/platform-node"
import { Array, Console, DateTime, Effect, Layer, Option, Schema } from "effect"
import { createServer } from "node:http"
import * as Local from "./lib/local.js"

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;"
}

const escape = (text: string) => text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? "")

/** HTML with escaped values, because a name can contain markup. */
const escaped = (parts: TemplateStringsArray, ...values: ReadonlyArray<string>) =>
  String.raw({ raw: parts }, ...values.map(escape))

const page = (status: number, body: string) =>
  HttpServerResponse.text(`<!doctype html>\n<html lang="en"><title>Verification</title>\n${body}\n</html>\n`, {
    status,
    contentType: "text/html; charset=utf-8",
    headers: { "content-security-policy": "default-src 'none'; img-src https: http:" }
  })

/** Drafts are not shown. */
const find = (publicId: Credential.PublicId) =>
  Credentials.searchPage({ filter: Search.publicId.equals(publicId), limit: 1 }).pipe(
    Effect.map(({ data }) =>
      Option.filter(Array.head(data), ({ status }) => status === "issued" || status === "expired")
    )
  )

/** The image is read each time, because its URL changes with the credential. It may be missing right after issuing. */
const badge = Effect.fnUntraced(function* (id: Credential.CredentialId) {
  const designs = yield* Credentials.designs(id)
  const found = yield* Effect.findFirst(designs, (design) =>
    Effect.map(Designs.get(design.id), ({ type }) => type === "badge")
  )
  return Option.flatMap(found, ({ previews }) =>
    Array.findFirst(previews, ({ format, url }) => format === "png" && /^https?:/.test(url))
  )
})

const show = Effect.fnUntraced(function* (credential: Credential.Credential) {
  const isValid = Credential.isUsable(credential, yield* DateTime.now)
  const image = Option.match(yield* badge(credential.id), {
    onNone: () => "",
    onSome: ({ url }) => escaped`<img src="${url}" alt="The badge">\n`
  })
  const expiry = Option.match(credential.expiryDate, { onNone: () => "", onSome: (date) => `, until ${date}` })
  const name = escaped`<h1>${Credential.recipientName(credential)}</h1>\n`
  const status = escaped`<p>${isValid ? "Valid" : "Not valid"}${expiry}</p>\n`
  const link = escaped`<p><a href="${Credential.publicUrl(credential)}">The credential</a></p>`
  return page(200, name + status + image + link)
})

const verify = HttpRouter.schemaPathParams(Schema.Struct({ publicId: Credential.PublicId })).pipe(
  Effect.flatMap(({ publicId }) => find(publicId)),
  Effect.flatMap(
    Option.match({ onNone: () => Effect.succeed(page(404, "<h1>No such credential</h1>")), onSome: show })
  ),
  Effect.catchTag("ParseError", () => Effect.succeed(page(404, "<h1>No such credential</h1>"))),
  Effect.catchAll((error) =>
    Effect.as(
      Effect.logWarning(error.message),
      CertifierError.isRetryable(error)
        ? page(503, "<h1>Try again in a minute</h1>")
        : page(500, "<h1>This can't be verified now</h1>")
    )
  )
)

const ServerLive = HttpServer.serve(HttpRouter.empty.pipe(HttpRouter.get("/verify/:publicId", verify))).pipe(
  Layer.provide(
    CertifierClient.layerConfig({
      transformClient: RetryPolicy.toClientTransform(RetryPolicy.transient({ attempts: 2, deadline: "5 seconds" }))
    })
  ),
  Layer.provideMerge(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" }))
)

const announce = HttpServer.addressFormattedWith((url) => Console.log(`GET ${url}/verify/{publicId}`))

const publicId = (last: number) => `00000000-0000-4000-8000-00000000000${last}`

const credentials = [
  Fixture.credential({
    publicId: publicId(1),
    attributes: { "recipient.name": `Ada <script>alert("1")</script>` }
  }),
  Fixture.credential({
    id: "01k0crd00000000000000000c2",
    publicId: publicId(2),
    expiryDate: "2026-01-31",
    status: "expired"
  }),
  Fixture.credential({ id: "01k0crd00000000000000000c3", publicId: publicId(3), status: "draft" })
]

const demo = Effect.gen(function* () {
  const request = (path: string) =>
    HttpServer.addressFormattedWith((url) =>
      HttpClient.get(`${url}/verify/${path}`).pipe(
        Effect.flatMap((response) => Effect.map(response.text, (text) => Console.log(response.status, text))),
        Effect.flatten
      )
    )
  yield* Effect.forEach([1, 2, 3], (last) => request(publicId(last)))
  yield* request("not%20an%20id")
  yield* Sandbox.inject(Fault.error("internal_server_error"), { times: 2 })
  yield* request(publicId(1))
})

const program =
  process.argv[2] === "serve"
    ? Effect.provide(Effect.zipRight(announce, Effect.never), ServerLive)
    : demo.pipe(Effect.provide(ServerLive), Effect.provide(Local.layer({ credentials })))

program.pipe(Effect.provide(NodeHttpClient.layerUndici), NodeRuntime.runMain)
