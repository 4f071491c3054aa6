/** One project per package. Named here, used by `vitest.config.ts`. */
export default ["core", "retry", "sandbox", "examples", "surface", "bench"].map((name) => ({
  test: {
    name,
    root: `packages/${name}`,
    include: ["test/**/*.test.ts", ".snippets/*.test.ts"],
    testTimeout: 20_000,
    hookTimeout: 20_000
  }
}))
