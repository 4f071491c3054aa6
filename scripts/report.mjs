// Prints the last line of a test run from the reports of vitest in `.report*.json`. Exits with 1 if a test failed, or if none ran.
// A test that ran against the sources and against the packed packages counts twice, because both can fail.
import { readdirSync, readFileSync } from "node:fs"

const root = new URL("..", import.meta.url)
const testResults = readdirSync(root)
  .filter((name) => /^\.report.*\.json$/.test(name))
  .flatMap((name) => JSON.parse(readFileSync(new URL(name, root), "utf8")).testResults)

const statuses = testResults.flatMap((file) => {
  const tests = file.assertionResults.map((test) => test.status)
  // A file that can't be loaded has no failed test, and counts as a failure itself.
  return file.status === "failed" && !tests.includes("failed") ? [...tests, "failed"] : tests
})
const passed = statuses.filter((status) => status === "passed").length
const failed = statuses.filter((status) => status === "failed").length
const skipped = statuses.length - passed - failed

console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
