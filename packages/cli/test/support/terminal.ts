import xterm from "@xterm/headless"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createRequire } from "node:module"
import { fileURLToPath, pathToFileURL } from "node:url"

/** What to run, and the terminal to run it in. */
export interface Options {
  readonly command: readonly [string, ...ReadonlyArray<string>]
  readonly columns: number
  readonly rows?: number
  readonly cwd?: string
  /** On top of a `PATH` and a `TERM`; nothing else is inherited. */
  readonly env?: Readonly<Record<string, string>>
}

export interface Terminal {
  /** For colours and the cursor: what a terminal emulator knows of the screen. */
  readonly emulator: xterm.Terminal
  /** The lines on the screen now, without spaces at their ends and empty lines at the end. */
  readonly screen: () => string
  /** All lines, those that have scrolled away included. */
  readonly scrollback: () => string
  /** Types a text, or keys such as `keys.interrupt`. */
  readonly type: (text: string) => void
  /** Resolves with the scrollback once a pattern is there; rejects with what is there after `millis` (default 20 seconds). */
  readonly waitFor: (pattern: string | RegExp, millis?: number) => Promise<string>
  /** The exit code of the command. */
  readonly exit: Promise<number>
}

export const keys = { enter: "\r", interrupt: "\u0003" } as const

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`

const linesOf = ({ active }: xterm.IBufferNamespace, from: number) =>
  Array.from({ length: active.length - from }, (_, line) => active.getLine(from + line)?.translateToString(true) ?? "")
    .join("\n")
    .trimEnd()

const bin = fileURLToPath(new URL("../../src/bin.ts", import.meta.url))

/** By its path, because a command runs in folders of its own. `import.meta.resolve` is not there in Vitest. */
const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href

/** The command `certifier` from its sources. */
export const certifier = (...args: ReadonlyArray<string>): Options["command"] => [
  process.execPath,
  "--import",
  loader,
  bin,
  ...args
]

/**
 * Runs a command in a pseudo-terminal: `script` of util-linux has one, and an emulator keeps what is on its screen. The command
 * does not outlive `use`.
 */
export const withTerminal = async <A>(options: Options, use: (terminal: Terminal) => Promise<A>): Promise<A> => {
  const { columns, command, rows = 24 } = options
  const emulator = new xterm.Terminal({ cols: columns, rows, scrollback: 10_000, allowProposedApi: true })
  const line = `stty cols ${columns} rows ${rows} && exec ${command.map(quoted).join(" ")}`
  const child = spawn("script", ["--quiet", "--flush", "--return", "--command", line, "/dev/null"], {
    cwd: options.cwd,
    env: { PATH: process.env["PATH"], TERM: "xterm-256color", SHELL: "/bin/sh", ...options.env },
    stdio: ["pipe", "pipe", "inherit"]
  })
  const exited = once(child, "close")
  child.stdin.on("error", () => undefined)
  const watchers = new Set<() => void>()
  child.stdout.on("data", (chunk: Buffer) => emulator.write(chunk, () => watchers.forEach((look) => look())))
  const scrollback = () => linesOf(emulator.buffer, 0)
  const waitFor: Terminal["waitFor"] = (pattern, millis = 20_000) =>
    new Promise((resolve, reject) => {
      const isThere = () => (typeof pattern === "string" ? scrollback().includes(pattern) : pattern.test(scrollback()))
      const end = () => {
        clearTimeout(timer)
        watchers.delete(look)
      }
      const look = () => {
        if (!isThere()) return
        end()
        resolve(scrollback())
      }
      const timer = setTimeout(() => {
        end()
        reject(new Error(`Not there after ${millis} ms: ${String(pattern)}\n${scrollback()}`))
      }, millis)
      watchers.add(look)
      look()
    })
  // After all of the output has reached the screen.
  const exit = exited.then(
    ([code]) =>
      new Promise<number>((resolve) => emulator.write("", () => resolve(typeof code === "number" ? code : -1)))
  )
  try {
    return await use({
      emulator,
      screen: () => linesOf(emulator.buffer, emulator.buffer.active.baseY),
      scrollback,
      type: (text) => void child.stdin.write(text),
      waitFor,
      exit
    })
  } finally {
    // The terminal hangs up, which ends the command.
    child.kill("SIGKILL")
    await exited
    emulator.dispose()
  }
}
