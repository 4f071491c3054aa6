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

/** Ends tests that hang, with a margin for a busy machine. */
const limits = { testTimeout: 60_000, hookTimeout: 60_000 }

const inRooms = (files: ReadonlyArray<string>) => rooms.flatMap((root) => files.map((file) => `${root}/${file}`))

/** One project per package, with the name of its folder, for `vitest run --project core GroupPatch`. */
export default rooms.map((root) => ({ test: { name: basename(root), root, include: every, ...limits } }))

/** All packages as one project, because workers are not shared between projects and each would load Effect again. */
const together = (files: { readonly include: Array<string>; readonly exclude: Array<string> }) => [
  { test: { name: "all", root: import.meta.dirname, ...files, ...limits } }
]

/** The tests of `pnpm test`. */
export const fast = together({ include: inRooms(every), exclude: inRooms(slowly) })

/** The tests of `pnpm test:slow`: files whose names end in `.slow.test.ts`. */
export const slow = together({ include: inRooms(slowly), exclude: [] })
