import xterm from "@xterm/headless"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createRequire } from "node:module"
import { fileURLToPath, pathToFileURL } from "node:url"

/** A command, and its terminal. */
export interface Options {
  readonly command: readonly [string, ...ReadonlyArray<string>]
  readonly columns: number
  readonly rows?: number
  readonly cwd?: string
  /** Additional variables. Of the environment, only `PATH` is inherited. */
  readonly env?: Readonly<Record<string, string>>
}

export interface Terminal {
  /** The terminal emulator, for colours and the cursor. */
  readonly emulator: xterm.Terminal
  /** The current lines on the screen, without trailing spaces and empty lines. */
  readonly screen: () => string
  /** All lines, including those above the screen. */
  readonly scrollback: () => string
  /** Types a text, or keys such as `keys.interrupt`. */
  readonly type: (text: string) => void
  /** Resolves with the scrollback when it contains a pattern. Rejects with the scrollback after `millis` (default 20 seconds). */
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

/** The absolute URL, because a command runs in another folder. Vitest has no `import.meta.resolve`. */
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
 * Runs a command in a pseudo-terminal of util-linux's `script`, with an emulator for the screen. The command is killed when `use`
 * ends.
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
  // The emulator must process the whole output first.
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
    // The end of `script` closes the terminal, and the command receives SIGHUP.
    child.kill("SIGKILL")
    await exited
    emulator.dispose()
  }
}
