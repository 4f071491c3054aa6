/** DBOS as its guide to queues recommends: one workflow for each item, enqueued, with one step. Its argument is `Settings`. */
import { DBOS } from "@dbos-inc/dbos-sdk"
import { Groups } from "@effect-certifier/core"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { costOf, inFlight, report, type Settings, used } from "./measured.js"
import * as Stub from "./stub.js"

const runtime = ManagedRuntime.make(Stub.free)

const call = (n: number) => {
  const { id, patch } = Stub.update(n)
  return runtime.runPromise(Effect.asVoid(Groups.update(id, patch)))
}

const updateInQueue = DBOS.registerWorkflow((n: number) => DBOS.runStep(() => call(n), { name: "update" }), {
  name: "update"
})

/** All items in one workflow, with as many concurrent steps as this library has items in flight. */
const updateInSteps = DBOS.registerWorkflow(
  async (items: number) => {
    for (let from = 0; from < items; from += inFlight) {
      const numbers = Array.from({ length: Math.min(inFlight, items - from) }, (_, n) => from + n)
      await Promise.allSettled(numbers.map((n) => DBOS.runStep(() => call(n), { name: `update ${n}` })))
    }
  },
  { name: "updates" }
)

const queueName = "updates"

const inQueue = async (items: number) => {
  const handles: Array<{ getResult: () => Promise<void> }> = []
  for (let n = 0; n < items; n++) handles.push(await DBOS.startWorkflow(updateInQueue, { queueName })(n))
  for (const handle of handles) await handle.getResult()
}

const inSteps = async (items: number) => {
  const handle = await DBOS.startWorkflow(updateInSteps)(items)
  await handle.getResult()
}

const main = ({ items, shape, store, warmUp }: Settings) =>
  Effect.promise(async () => {
    if (store.engine !== "PostgreSQL") throw new Error("DBOS has no embedded store")
    DBOS.setConfig({ name: "bench", systemDatabaseUrl: store.url, logLevel: "error", runAdminServer: false })
    await DBOS.launch()
    await DBOS.registerQueue(queueName)
    const run = shape === "queue" ? inQueue : inSteps
    await run(warmUp)
    const measured = await Effect.runPromise(used(Effect.promise(() => run(items))))
    await DBOS.shutdown()
    return costOf(items, measured)
  })

report(main)
