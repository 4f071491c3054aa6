import { Effect } from "effect"
import { existsSync } from "node:fs"
import { chromium } from "playwright-core"

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) =>
  existsSync(path)
)

/** Whether this machine lacks a browser. In CI this fails the tests instead of skipping them. */
export const isMissing = executablePath === undefined && process.env["CI"] === undefined
if (isMissing) {
  console.warn("No Chromium here (.ci/services installs it): the tests that need a browser are skipped.")
}

export const launch = Effect.acquireRelease(
  Effect.promise(() =>
    chromium.launch({
      executablePath: executablePath ?? "",
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    })
  ),
  (browser) => Effect.promise(() => browser.close())
)
