#!/usr/bin/env node
/**
 * The executable `certifier`.
 *
 * @since 0.1.0
 */
import * as Help from "./internal/help.js"
import { pages } from "./internal/pages.js"

const args = process.argv.slice(2)
const wanted = Help.wanted(pages, args)

// Help is text only: it does not wait for the rest to load.
if (wanted?._tag === "Help") {
  process.stdout.on("error", () => process.exit(0))
  process.stdout.write(Help.text(pages, wanted.words, process.stdout.columns || 80))
} else {
  void import("./internal/start.js").then(({ start }) => start(args))
}
