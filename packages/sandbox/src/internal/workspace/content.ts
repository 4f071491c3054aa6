import type { Complete, Workspace } from "../../Workspace.js"
import type { Kind, Kinds } from "./event.js"
import type { Content, Row } from "./persistence.js"
import * as State from "./state.js"

const valuesOf = <K extends Kind>(content: Content, kind: K): ReadonlyArray<Kinds[K]> =>
  content[kind].map(({ value }) => value)

/** Converts stored objects to data. */
export const toWorkspace = (content: Content): Complete => ({
  groups: valuesOf(content, "groups"),
  designs: valuesOf(content, "designs"),
  attributes: valuesOf(content, "attributes"),
  emailTemplates: valuesOf(content, "emailTemplates"),
  credentials: valuesOf(content, "credentials"),
  schedules: valuesOf(content, "schedules"),
  interactions: valuesOf(content, "interactions")
})

/** Converts data to stored objects. Absent kinds are those of `base`. */
export const fromWorkspace = (workspace: Workspace, base: Content): Content => {
  const rowsOf = <K extends Kind>(kind: K, values: ReadonlyArray<Kinds[K]> | undefined): ReadonlyArray<Row<K>> =>
    values === undefined ? base[kind] : State.rows(kind, values)
  return {
    groups: rowsOf("groups", workspace.groups),
    designs: rowsOf("designs", workspace.designs),
    attributes: rowsOf("attributes", workspace.attributes),
    emailTemplates: rowsOf("emailTemplates", workspace.emailTemplates),
    credentials: rowsOf("credentials", workspace.credentials),
    schedules: rowsOf("schedules", workspace.schedules),
    interactions: rowsOf("interactions", workspace.interactions)
  }
}

export const empty: Content = {
  groups: [],
  designs: [],
  attributes: [],
  emailTemplates: [],
  credentials: [],
  schedules: [],
  interactions: []
}
