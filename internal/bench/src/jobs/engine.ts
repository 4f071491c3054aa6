import * as JobEngine from "@effect-certifier/jobs/JobEngine"
import type { SqlClient } from "@effect/sql/SqlClient"
import type { WorkflowEngine } from "@effect/workflow/WorkflowEngine"
import * as Layer from "effect/Layer"
import { pg, type Store } from "./store.js"

/** The engine of a process: embedded, or a runner, which is the only one unless its rate limit is shared. */
export const engineOf = (
  { port, store }: { readonly port: number; readonly store: Store },
  rateLimit: "single" | "shared" = "single"
): Layer.Layer<WorkflowEngine | SqlClient, unknown> =>
  store.engine === "SQLite"
    ? JobEngine.layerEmbedded({ file: store.file })
    : Layer.provideMerge(JobEngine.layerRunner({ port, rateLimit }), pg(store.url))
