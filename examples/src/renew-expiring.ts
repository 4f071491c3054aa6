/**
 * Renews the credentials that expire this month by a year. It can be run any number of times, because a renewed credential no longer
 * expires this month. Run it from a scheduler, and again after a failure.
 */
import { CalendarDate, CertifierClient, type Credential, Credentials, Search } from "@effect-certifier/core"
import { RateLimiter, RetryPolicy } from "@effect-certifier/retry"
import { Fixture } from "@effect-certifier/sandbox"
import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { Console, DateTime, Effect, Layer, Option, Stream } from "effect"
import * as Local from "./lib/local.js"

const utc = DateTime.zoneMakeOffset(0)

const inUtc = (date: CalendarDate.CalendarDate) => CalendarDate.toDateTime(date, utc)

const monthOf = (date: CalendarDate.CalendarDate) => ({
  first: CalendarDate.fromDateTime(DateTime.startOf(inUtc(date), "month")),
  last: CalendarDate.fromDateTime(DateTime.endOf(inUtc(date), "month"))
})

type Month = ReturnType<typeof monthOf>

/** One year later; February 28 for February 29. */
const renewed = (date: CalendarDate.CalendarDate) =>
  CalendarDate.fromDateTime(DateTime.add(inUtc(date), { months: 12 }))

const expiresIn = ({ first, last }: Month, { expiryDate }: Credential.Credential) =>
  Option.filter(expiryDate, (date) => first <= date && date <= last)

/** Based on a fresh read: search results can be outdated, and another run may have renewed the credential meanwhile. */
const renew = Effect.fnUntraced(function* (id: Credential.CredentialId, month: Month) {
  const current = yield* Credentials.get(id)
  const expiryDate = expiresIn(month, current)
  if (Option.isNone(expiryDate)) return false
  yield* Credentials.update(id, { expiryDate: renewed(expiryDate.value) })
  return true
})

const renewAll = Effect.fnUntraced(function* (month: Month) {
  const expiring = Credentials.search({
    filter: Search.all(
      Search.expiryDate.gte(month.first),
      Search.expiryDate.lte(month.last),
      Search.status.in(["issued", "expired"])
    ),
    sort: { property: "id", order: "asc" }
  })
  // Collects all ids before updating: each update removes a credential from the results, which would shift the following pages.
  const ids = yield* Stream.runCollect(Stream.map(expiring, ({ id }) => id))
  return yield* Stream.fromChunk(ids).pipe(
    Stream.mapEffect((id) => renew(id, month), { concurrency: 3 }),
    Stream.filter((isRenewed) => isRenewed),
    Stream.runCount
  )
})

const CertifierLive = RateLimiter.clientLayer(CertifierClient.layerConfig, {
  transformClient: RetryPolicy.toClientTransform(RetryPolicy.transient())
}).pipe(Layer.provide(RateLimiter.layer({ limit: 20, window: "1 second" })))

const program = Effect.gen(function* () {
  const month = monthOf(yield* CalendarDate.today(utc))
  const ids = ["01k0crd00000000000000000c1", "01k0crd00000000000000000c2", "01k0crd00000000000000000c3"]
  // The third one expires next year.
  const dates = [month.last, month.last, renewed(month.last)]
  const credentials = ids.map((id, index) =>
    Fixture.credential({
      id,
      publicId: `00000000-0000-4000-8000-00000000000${index}`,
      expiryDate: dates[index] ?? null
    })
  )
  yield* Effect.gen(function* () {
    yield* Console.log(`renewed: ${yield* renewAll(month)}`)
    yield* Console.log(`renewed by a second run: ${yield* renewAll(month)}`)
    const now = yield* Effect.forEach(ids, (id) => Credentials.get(id))
    const isRight = now.every(({ expiryDate }) => Option.contains(expiryDate, renewed(month.last)))
    yield* Console.log(isRight ? "all expire next year" : "some expire on another day")
  }).pipe(Effect.provide(CertifierLive), Effect.provide(Local.layer({ credentials })))
})

program.pipe(Effect.provide(NodeHttpClient.layerUndici), NodeRuntime.runMain)
