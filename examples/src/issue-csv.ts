/**
 * Issues and mails a credential for each row of a CSV file, as a job: if its process is killed, the next one continues. Without
 * arguments it uses its own file. With a file and a database, `issue-csv people.csv jobs.db`, it uses the Certifier of the
 * environment. The columns are `order`, `name` and `email`.
 */
import { CertifierClient } from "@effect-certifier/core"
import { JobOperation, JobRunner, Jobs } from "@effect-certifier/jobs"
import * as JobEngine from "@effect-certifier/jobs/JobEngine"
import { RateLimiter } from "@effect-certifier/retry"
import { Fixture } from "@effect-certifier/sandbox"
import { FileSystem } from "@effect/platform"
import { NodeContext, NodeHttpClient, NodeRuntime, NodeStream } from "@effect/platform-node"
import { parse } from "csv-parse"
import { Config, Console, Data, Duration, Effect, Layer, Option, Schema, Stream } from "effect"
import { basename, join } from "node:path"
import * as Local from "./lib/local.js"

const Row = Schema.Struct({
  order: Schema.NonEmptyString,
  name: Schema.NonEmptyString,
  email: Schema.NonEmptyString
})

/** It does not contain the values of the row, because errors are logged. */
class InvalidRow extends Data.TaggedError("InvalidRow")<{ readonly row: number; readonly message: string }> {}

/** An invalid row fails the submit, before anything is sent. */
const rows = (file: string) =>
  Stream.unwrap(Effect.map(FileSystem.FileSystem, (fs) => fs.stream(file))).pipe(
    NodeStream.pipeThroughDuplex<unknown, InvalidRow>(
      () => parse({ columns: true, bom: true, skip_empty_lines: true, trim: true }),
      () => new InvalidRow({ row: 0, message: `${basename(file)} is not a CSV file` })
    ),
    Stream.zipWithIndex,
    Stream.mapEffect(([row, index]) =>
      Effect.mapError(
        Schema.decodeUnknown(Row)(row),
        () => new InvalidRow({ row: index + 1, message: `Row ${index + 1} has no order, name or email` })
      )
    )
  )

const issue = Effect.map(
  Config.withDefault(Config.duration("SETTLE"), Duration.minutes(2)),
  // The order identifies a credential that an earlier process may have created.
  (settle) => JobOperation.issueCredentialWith({ reference: "order", settle })
)

const program = (file: string) =>
  Effect.gen(function* () {
    const operation = yield* issue
    const id = basename(file)
    yield* Jobs.submit(operation, {
      id,
      items: Stream.map(rows(file), ({ email, name, order }) => ({
        groupId: Local.groupId,
        recipient: { name, email },
        customAttributes: { "custom.order": order }
      }))
    })
    yield* Jobs.progress(id).pipe(
      Stream.runForEach(({ done, phase, total }) => Console.error(`${phase} ${done}/${total}`))
    )
    const { done, failed, unknown } = yield* Jobs.await(id)
    yield* Console.log(`${done} issued, ${failed} failed, ${unknown} unknown`)
    yield* Jobs.results(operation, id).pipe(
      Stream.filter(({ state }) => state !== "done"),
      Stream.runForEach(({ error, seq, state }) =>
        Console.log(`row ${seq + 1} ${state}: ${Option.match(error, { onNone: () => "", onSome: (e) => e.message })}`)
      )
    )
  }).pipe(Effect.raceFirst(JobRunner.stalled))

const live = (database: string) =>
  Layer.unwrapEffect(Effect.map(issue, (operation) => JobRunner.layer([operation]))).pipe(
    Layer.provide(RateLimiter.clientLayer(CertifierClient.layerConfig)),
    Layer.provide(RateLimiter.layer()),
    Layer.provide(NodeHttpClient.layerUndici),
    Layer.provideMerge(JobEngine.layerEmbedded({ file: database }))
  )

const demo = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const folder = yield* fs.makeTempDirectoryScoped()
  const file = join(folder, "people.csv")
  yield* fs.writeFileString(
    file,
    "order,name,email\n1001,Ada Example,ada@example.com\n1002,Lin Example,lin@example.com\n"
  )
  yield* Effect.provide(program(file), live(join(folder, "jobs.db")))
}).pipe(
  Effect.scoped,
  Effect.provide(
    Local.layer({ attributes: [...Fixture.attributes, Fixture.attribute({ tag: "custom.order", name: "Order" })] })
  )
)

const [, , file, database = "jobs.db"] = process.argv

const main = file === undefined ? demo : Effect.provide(program(file), live(database))

main.pipe(Effect.provide(NodeContext.layer), NodeRuntime.runMain)
