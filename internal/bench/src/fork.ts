import { type ChildProcess, fork } from "node:child_process"
import { extname } from "node:path"
import { fileURLToPath } from "node:url"

/** Compiled it runs without a loader; tests run the sources. */
const extension = extname(fileURLToPath(import.meta.url))

/** A module beside this one, in a process of its own. */
export const forkModule = (name: string, args: ReadonlyArray<string> = []): ChildProcess =>
  fork(fileURLToPath(new URL(`${name}${extension}`, import.meta.url)), args, {
    execArgv: extension === ".ts" ? ["--import", "tsx"] : process.execArgv
  })
