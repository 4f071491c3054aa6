import * as Designs from "@effect-certifier/core/Designs"
import * as Groups from "@effect-certifier/core/Groups"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as File from "../groupsFile/file.js"
import { groups as counted } from "../groupsFile/render.js"
import * as Write from "../groupsFile/write.js"
import { Output } from "../output.js"
import { view } from "./groups.js"

/** Prints the groups of the workspace as a file, or merges them into one. */
export const pull = Effect.fnUntraced(function* ({ into }: { readonly into: Option.Option<string> }) {
  const output = yield* Output
  if (output.format !== "table") return yield* output.rows(view, Groups.list())
  const groups = Chunk.toReadonlyArray(yield* Stream.runCollect(Groups.list()))
  const designs = Chunk.toReadonlyArray(yield* Stream.runCollect(Designs.list()))
  if (Option.isNone(into)) return yield* output.text(Write.create(groups, designs))

  const path = into.value
  const before = yield* File.read(path)
  const { missing, text } = yield* Effect.mapError(Write.merge(before, groups, designs), (faults) =>
    File.faulty(path, faults)
  )
  for (const { fault, fields } of missing) {
    yield* output.message(
      `${path}:${fault("").line}: the workspace has no group "${fields.name}" (${fields.id}). It stays in the file; remove its lines if the group was deleted.`
    )
  }
  if (text === before) return yield* output.message(`${path} is up to date: ${counted(groups.length)}.`)
  yield* File.write(path, text)
  yield* output.message(`${path} is now up to date: ${counted(groups.length)}.`)
})
