import * as Webhook from "@effect-certifier/core/Webhook"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Config from "effect/Config"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { CliFailure } from "../failure.js"
import { Host } from "../host.js"
import { Output, type View } from "../output.js"

const view: View<Webhook.Event> = {
  columns: [
    { title: "EVENT", value: ({ id }) => id },
    { title: "TYPE", value: ({ type }) => type },
    { title: "CREATED", value: ({ createdAt }) => DateTime.formatIso(createdAt) },
    { title: "RESOURCE", value: ({ data }) => `${data.resource.type} ${data.resource.id}` }
  ],
  toJson: ({ raw }) => raw
}

const unreadable = (path: string) => new CliFailure({ exit: "data", problem: `${path} can't be read.` })

const secretOf = Effect.fnUntraced(function* (file: Option.Option<string>) {
  const fs = yield* FileSystem.FileSystem
  const text = Option.isSome(file)
    ? yield* Effect.mapError(fs.readFileString(file.value), () => unreadable(file.value))
    : yield* Config.withDefault(Config.string("CERTIFIER_WEBHOOK_SECRET"), "")
  const secret = text.trim()
  if (secret !== "") return Redacted.make(secret)
  return yield* new CliFailure({
    exit: "configuration",
    problem: "The secret of the webhook is missing.",
    next: "Set CERTIFIER_WEBHOOK_SECRET, or pass a file with --secret-file FILE"
  })
})

export const verify = Effect.fnUntraced(function* ({
  file,
  secretFile,
  signature
}: {
  readonly file: Option.Option<string>
  readonly secretFile: Option.Option<string>
  readonly signature: string
}) {
  const fs = yield* FileSystem.FileSystem
  const { stdin } = yield* Host
  const { message, one } = yield* Output
  const secret = yield* secretOf(secretFile)
  const body = Option.isSome(file)
    ? yield* Effect.mapError(fs.readFile(file.value), () => unreadable(file.value))
    : yield* stdin
  const event = yield* Effect.mapError(
    Webhook.verify({ secret, signature, body }),
    (error) => new CliFailure({ exit: "data", problem: error.message, next: "Do not trust the request." })
  )
  yield* message("Verified: the sender has the secret of the webhook.")
  yield* one(view, event)
})
