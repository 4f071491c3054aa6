import { basename } from "node:path"

const rooms = [
  "packages/core",
  "packages/retry",
  "packages/sandbox",
  "packages/jobs",
  "packages/cli",
  "examples",
  "internal/api-surface",
  "internal/bench",
  "internal/job-faults",
  "internal/transport-conformance"
]

const every = ["test/**/*.test.ts", ".snippets/*.test.ts"]
const slowly = ["test/**/*.slow.test.ts"]

/** For what hangs, on a machine that is busy. */
const limits = { testTimeout: 60_000, hookTimeout: 60_000 }

const inRooms = (files: ReadonlyArray<string>) => rooms.flatMap((root) => files.map((file) => `${root}/${file}`))

/** One project per room, by the name of its folder: what `vitest run --project core GroupPatch` chooses from. */
export default rooms.map((root) => ({ test: { name: basename(root), root, include: every, ...limits } }))

/** All rooms as one project: workers are not shared between projects, and each would load Effect anew. */
const together = (files: { readonly include: Array<string>; readonly exclude: Array<string> }) => [
  { test: { name: "all", root: import.meta.dirname, ...files, ...limits } }
]

/** What `pnpm test` runs. */
export const fast = together({ include: inRooms(every), exclude: inRooms(slowly) })

/** What `pnpm test:slow` runs: the files whose names end in `.slow.test.ts`. */
export const slow = together({ include: inRooms(slowly), exclude: [] })
