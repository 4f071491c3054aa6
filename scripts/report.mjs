// Prints the closing line of a test run from vitest's `.report.json`; exits 1 on a failure, or if nothing ran.
import { existsSync, readFileSync } from "node:fs"

const path = new URL("../.report.json", import.meta.url)
const { testResults } = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : { testResults: [] }

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
