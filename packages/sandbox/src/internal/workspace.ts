import { type Credential, Design, type Interaction } from "@effect-certifier/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Entry } from "./entries.js"

type Entries<A> = ReadonlyMap<string, Entry<A>>

/** What a sandbox has besides its groups. It is in memory only: a data file keeps the groups. */
export interface State {
  readonly designs: Entries<Design.Design>
  readonly credentials: Entries<Credential.Credential>
  readonly interactions: Entries<Interaction.Interaction>
}

export interface Workspace {
  readonly state: Effect.Effect<State>
  /** Runs one change at a time. One that fails changes nothing. */
  readonly modify: <A, E>(change: (state: State) => Effect.Effect<readonly [A, State], E>) => Effect.Effect<A, E>
}

/** The sample designs: those of the vendor's sample group, and two more. */
const designs: ReadonlyArray<Design.Design> = Schema.decodeSync(Schema.Array(Design.Design))(
  [
    { id: "01fpwtztwf7sacca5r0c483mnm", name: "Certificate of completion", type: "certificate" },
    { id: "01hz2ej4yzdcfkq9fa78nhyj0x", name: "Badge of completion", type: "badge" },
    { id: "01k0dsn00000000000000000d1", name: "Blue frame", type: "certificate" },
    { id: "01k0dsn00000000000000000d2", name: "Blue badge", type: "badge" }
  ].map((design) => ({
    ...design,
    previewUrl: `https://cdn.example.com/w1%2Fdesigns%2F${design.id}.png`,
    createdAt: "2022-01-01T00:00:00.000Z",
    updatedAt: "2022-01-01T00:00:00.000Z"
  }))
)

/** The custom attributes that the workspace has. */
export const customAttributes: ReadonlySet<string> = new Set(["custom.mentor", "custom.course", "custom.grade"])

/** Stores an object under its id, after all others or instead of the one with this id. */
export const set = <A extends { readonly id: string }>(entries: Entries<A>, value: A): Entries<A> => {
  const last = Math.max(0, ...Array.from(entries.values(), ({ sequence }) => sequence))
  return new Map([...entries, [value.id, { sequence: entries.get(value.id)?.sequence ?? last + 1, value }]])
}

export const remove = <A>(entries: Entries<A>, id: string): Entries<A> =>
  new Map([...entries].filter(([other]) => other !== id))

export const make = (): Workspace => {
  const semaphore = Effect.unsafeMakeSemaphore(1)
  let state: State = {
    designs: designs.reduce<Entries<Design.Design>>(set, new Map()),
    credentials: new Map(),
    interactions: new Map()
  }
  return {
    state: Effect.sync(() => state),
    modify: (change) =>
      Effect.suspend(() => change(state)).pipe(
        Effect.map(([result, changed]) => {
          state = changed
          return result
        }),
        Effect.uninterruptible,
        semaphore.withPermits(1)
      )
  }
}
