#!/usr/bin/env node
/**
 * The executable `certifier`.
 *
 * @since 0.1.0
 */
import * as Completions from "./internal/completions.js"
import * as Help from "./internal/help.js"
import { pages } from "./internal/pages.js"

const args = process.argv.slice(2)
const help = Help.wanted(pages, args)
const shell = Completions.wanted(args)

/** Prints help or completions without loading the commands. */
const print = (text: string): void => {
  process.stdout.on("error", () => process.exit(0))
  process.stdout.write(text)
}

if (help?._tag === "Help") {
  print(Help.text(pages, help.words, process.stdout.columns || 80))
} else if (shell !== undefined) {
  print(Completions.script(pages, shell))
} else {
  void import("./internal/start.js").then(({ start }) => start(args))
}
