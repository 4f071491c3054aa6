import { basename } from "node:path"

const rooms = [
  "packages/core",
  "packages/retry",
  "packages/sandbox",
  "examples",
  "internal/api-surface",
  "internal/bench",
  "internal/transport-conformance"
]

/** One project per room, by the name of its folder. Named here, used by `vitest.config.ts`. */
export default rooms.map((root) => ({
  test: {
    name: basename(root),
    root,
    include: ["test/**/*.test.ts", ".snippets/*.test.ts"],
    testTimeout: 20_000,
    hookTimeout: 20_000
  }
}))
