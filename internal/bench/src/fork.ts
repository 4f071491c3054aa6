import { type ChildProcess, fork } from "node:child_process"
import { extname } from "node:path"
import { fileURLToPath } from "node:url"

/** Compiled modules run without a loader; tests run the sources. */
const extension = extname(fileURLToPath(import.meta.url))

/** Starts a module of this folder in its own process. */
export const forkModule = (name: string, args: ReadonlyArray<string> = []): ChildProcess =>
  fork(fileURLToPath(new URL(`${name}${extension}`, import.meta.url)), args, {
    execArgv: extension === ".ts" ? ["--import", "tsx"] : process.execArgv
  })
