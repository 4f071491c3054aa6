/** A process that changes a group as fast as it can and prints each completed change, until a test kills it. */
import { Console, Effect } from "effect"
import { Fixture, Sandbox } from "../../src/index.js"

const groups = Array.from({ length: 100 }, (_, n) => Fixture.group({ id: `g${n}`, name: "x".repeat(2000) }))

const program = Effect.gen(function* () {
  const sandbox = yield* Sandbox.serve({ data: process.argv[2], groups: [...groups, Fixture.group({ name: "0" })] })
  const stored = (yield* sandbox.groups).find(({ id }) => id === Fixture.groupJson.id)
  for (let n = Number(stored?.name) + 1; ; n++) {
    yield* sandbox.setGroup(Fixture.group({ name: String(n) }))
    yield* Console.log(n)
  }
})

Effect.runFork(Effect.scoped(program))
