// Prints the closing line of a test run from what vitest wrote to `.report*.json`; exits 1 on a failure, or if nothing ran.
// A test that ran against the sources and against the packed packages counts twice, since both can fail.
import { readdirSync, readFileSync } from "node:fs"

const root = new URL("..", import.meta.url)
const testResults = readdirSync(root)
  .filter((name) => /^\.report.*\.json$/.test(name))
  .flatMap((name) => JSON.parse(readFileSync(new URL(name, root), "utf8")).testResults)

const statuses = testResults.flatMap((file) => {
  const tests = file.assertionResults.map((test) => test.status)
  // A file that could not be loaded has no tests, or none that failed, and is a failure of its own.
  return file.status === "failed" && !tests.includes("failed") ? [...tests, "failed"] : tests
})
const passed = statuses.filter((status) => status === "passed").length
const failed = statuses.filter((status) => status === "failed").length
const skipped = statuses.length - passed - failed

console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
