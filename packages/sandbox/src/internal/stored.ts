import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { InvalidOptions } from "../SandboxError.js"
import type { Store, Workspace as PublicWorkspace } from "../Workspace.js"
import * as Validation from "./validation.js"
import * as Content from "./workspace/content.js"
import { Event, type Kind, type Kinds, type Write } from "./workspace/event.js"
import type { State } from "./workspace/state.js"
import type { Workspace } from "./workspace/workspace.js"
import * as Writes from "./workspace/write.js"

/** The writes that add objects, and replace stored ones with the same ids. */
const writesOf = (given: PublicWorkspace): ReadonlyArray<Write> => {
  const put = <K extends Kind>(kind: K, values: ReadonlyArray<Kinds[K]> = []) =>
    values.map((value) => Writes.put(kind, value))
  return [
    ...put("groups", given.groups),
    ...put("designs", given.designs),
    ...put("attributes", given.attributes),
    ...put("emailTemplates", given.emailTemplates),
    ...put("credentials", given.credentials),
    ...put("schedules", given.schedules),
    ...put("interactions", given.interactions)
  ]
}

/** The events of storing objects. */
const eventsOf = (state: State, given: PublicWorkspace): ReadonlyArray<Event> => [
  ...(given.groups ?? []).map((group) => {
    const previous = state.groups.get(group.id)
    return previous === undefined ? Event.GroupCreated({ group }) : Event.GroupUpdated({ group, previous })
  }),
  ...(given.credentials ?? []).map((credential) => {
    const previous = state.credentials.get(credential.id)
    return previous === undefined
      ? Event.CredentialCreated({ credential })
      : Event.CredentialUpdated({ credential, previous })
  })
]

const most = 100

const checkName = Validation.validate(
  Schema.Struct({
    snapshot: Schema.String.pipe(
      Schema.pattern(/^[\w.-]{1,64}$/, { message: () => "is not 1 to 64 letters, digits, '_', '.' or '-'" })
    )
  })
)

/** The stored objects of a workspace, for programs. */
export const make = (workspace: Workspace): Store => {
  const set = (given: PublicWorkspace): Effect.Effect<void> =>
    workspace.modify((state) =>
      Effect.succeed({ result: undefined, writes: writesOf(given), events: eventsOf(state, given) })
    )
  const list = <A>(of: (state: State) => Iterable<A>) => Effect.map(workspace.state, (state) => Array.from(of(state)))
  return {
    groups: list(({ groups }) => Array.from(groups.orderedBy("list"), ({ value }) => value)),
    setGroup: (group) => set({ groups: [group] }),
    designs: list(({ designs }) => designs.values()),
    setDesign: (design) => set({ designs: [design] }),
    attributes: list(({ attributes }) => attributes.values()),
    setAttribute: (attribute) => set({ attributes: [attribute] }),
    emailTemplates: list(({ emailTemplates }) => emailTemplates.values()),
    setEmailTemplate: (template) => set({ emailTemplates: [template] }),
    credentials: list(({ credentials }) => credentials.values()),
    setCredential: (credential) => set({ credentials: [credential] }),
    set,
    interactions: list(({ interactions }) => interactions.values()),
    remove: (kind, id) =>
      workspace.modify((state) => {
        const group = kind === "groups" ? state.groups.get(id) : undefined
        const credential = kind === "credentials" ? state.credentials.get(id) : undefined
        return Effect.succeed({
          result: undefined,
          writes: state[kind].has(id) ? [Writes.remove(kind, id)] : [],
          events: [
            ...(group === undefined ? [] : [Event.GroupDeleted({ group })]),
            ...(credential === undefined ? [] : [Event.CredentialDeleted({ credential })])
          ]
        })
      }),
    export: Effect.map(workspace.content, Content.toWorkspace),
    import: (imported) => workspace.replace((content) => Effect.succeed(Content.fromWorkspace(imported, content))),
    snapshots: workspace.snapshots,
    snapshot: (name) =>
      Effect.gen(function* () {
        yield* checkName({ snapshot: name })
        const names = yield* workspace.snapshots
        if (names.length >= most && !names.includes(name)) {
          return yield* new InvalidOptions({ problems: `There are ${most} snapshots already` })
        }
        yield* workspace.snapshot(name)
      }),
    restore: workspace.restore,
    removeSnapshot: workspace.removeSnapshot
  }
}
