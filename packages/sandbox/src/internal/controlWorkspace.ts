import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as ErrorEnvelope from "../ErrorEnvelope.js"
import * as PublicWorkspace from "../Workspace.js"
import * as Api from "./api.js"

const isKind = Schema.is(Schema.keyof(PublicWorkspace.Workspace))

/** A kind in a path. An unknown one is not found. */
const Kind = Schema.Struct({ kind: Schema.String })

const Name = Schema.Struct({ name: Schema.String })

const Names = Schema.Array(Name)

/** The endpoints for stored objects (all, one kind or one object) and for snapshots. */
export const group = HttpApiGroup.make("Workspace")
  .add(HttpApiEndpoint.get("export", "/workspace").addSuccess(PublicWorkspace.Workspace))
  .add(
    HttpApiEndpoint.put("import", "/workspace")
      .setPayload(PublicWorkspace.Workspace)
      .addSuccess(PublicWorkspace.Workspace)
      .addError(ErrorEnvelope.schema("invalid_json"))
  )
  .add(
    HttpApiEndpoint.patch("set", "/workspace")
      .setPayload(PublicWorkspace.Workspace)
      .addError(ErrorEnvelope.schema("invalid_json"))
  )
  .add(HttpApiEndpoint.get("list", "/workspace/:kind").setPath(Kind).addSuccess(PublicWorkspace.Workspace))
  .add(
    HttpApiEndpoint.del("remove", "/workspace/:kind/:id").setPath(
      Schema.Struct({ kind: Schema.String, id: Schema.String })
    )
  )
  .add(HttpApiEndpoint.get("snapshots", "/snapshots").addSuccess(Names))
  .add(
    HttpApiEndpoint.post("snapshot", "/snapshots")
      .setPayload(Name)
      .addSuccess(Names, { status: 201 })
      .addError(ErrorEnvelope.schema("invalid_json"))
  )
  .add(HttpApiEndpoint.post("restore", "/snapshots/:name/restore").setPath(Name))
  .add(HttpApiEndpoint.del("removeSnapshot", "/snapshots/:name").setPath(Name))

export const handlers = (store: PublicWorkspace.Store) => {
  const kindOf = (kind: string) => (isKind(kind) ? Effect.succeed(kind) : Api.failWith("not_found"))
  const invalid = ({ message }: { readonly message: string }) => ErrorEnvelope.make("validation_error", message)
  return {
    export: () => store.export,
    import: () =>
      Effect.flatMap(Api.body(PublicWorkspace.Workspace), (workspace) =>
        Effect.zipRight(store.import(workspace), store.export)
      ),
    set: () => Effect.flatMap(Api.body(PublicWorkspace.Workspace), store.set),
    list: ({ path }: { readonly path: { readonly kind: string } }) =>
      Effect.flatMap(kindOf(path.kind), (kind) =>
        Effect.map(store.export, (all): PublicWorkspace.Workspace => ({ [kind]: all[kind] }))
      ),
    remove: ({ path }: { readonly path: { readonly kind: string; readonly id: string } }) =>
      Effect.flatMap(kindOf(path.kind), (kind) => store.remove(kind, path.id)),
    snapshots: () => names(store),
    snapshot: () =>
      Effect.flatMap(Api.body(Name), ({ name }) =>
        Effect.zipRight(Effect.mapError(store.snapshot(name), invalid), names(store))
      ),
    restore: ({ path }: { readonly path: { readonly name: string } }) =>
      Effect.catchAll(store.restore(path.name), ({ message }) => Api.failWith("not_found", message)),
    removeSnapshot: ({ path }: { readonly path: { readonly name: string } }) => store.removeSnapshot(path.name)
  }
}

const names = (store: PublicWorkspace.Store) => Effect.map(store.snapshots, (all) => all.map((name) => ({ name })))
