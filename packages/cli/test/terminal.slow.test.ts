import { expect, it } from "vitest"
import { keys, withTerminal } from "./support/terminal.js"

const node = (script: string) => [process.execPath, "--eval", script] as const

it.each([80, 40])("has %i columns, colours and keys, and reports the exit code", (columns) =>
  withTerminal(
    {
      command: node(`
        console.log(process.stdout.columns, process.stdin.isTTY, process.stderr.isTTY, "\\u001b[31mred\\u001b[0m")
        process.stdin.once("data", (text) => { console.log("typed " + text.toString().trim()) })
        process.once("SIGINT", () => process.exit(7))`),
      columns
    },
    async ({ emulator, exit, screen, type, waitFor }) => {
      await waitFor("red")
      expect(screen()).toBe(`${columns} true true red`)
      expect(emulator.buffer.active.getLine(0)?.getCell(`${columns} true true `.length)?.getFgColor()).toBe(1)
      type(`it's${keys.enter}`)
      await waitFor("typed it's")
      type(keys.interrupt)
      expect(await exit).toBe(7)
    }
  )
)

it("kills a command that does not end by itself", async () => {
  const pid = await withTerminal(
    { command: node(`console.log("pid", process.pid); setInterval(() => {}, 1000)`), columns: 80 },
    async ({ waitFor }) => Number(/pid (\d+)/.exec(await waitFor(/pid \d+/))?.[1])
  )
  await expect
    .poll(
      () => {
        try {
          return process.kill(pid, 0)
        } catch {
          return false
        }
      },
      { timeout: 5000 }
    )
    .toBe(false)
})

it("reports the screen if a pattern does not appear", async () => {
  const waiting = withTerminal(
    { command: node(`console.log("something else"); setInterval(() => {}, 1000)`), columns: 80 },
    async ({ waitFor }) => {
      await waitFor("something else")
      return waitFor("never", 10)
    }
  )
  await expect(waiting).rejects.toThrow("something else")
})
