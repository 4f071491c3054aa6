import { spawnSync } from "node:child_process"
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { built } from "./support/built.js"
import { withTerminal } from "./support/terminal.js"

const certifier = built()

/** Starts each shell without the user's settings, and loads the completions. */
const shells = {
  bash: {
    command: ["bash", "--norc", "--noprofile", "-i"],
    load: "source <(certifier --completions bash)"
  },
  zsh: {
    command: ["zsh", "-f", "-i"],
    load: "unsetopt prompt_sp; autoload -U compinit && compinit -u -D && source <(certifier --completions zsh)"
  },
  fish: {
    command: ["fish", "--no-config", "--private", "-i"],
    load: "certifier --completions fish | source"
  }
} as const

const isThere = (shell: string): boolean => {
  // In CI, a missing shell fails its tests instead of skipping them.
  const there = process.env["CI"] !== undefined || spawnSync(shell, ["-c", "true"]).status === 0
  if (!there) process.stderr.write(`No ${shell} here: its completions are not tested.\n`)
  return there
}

let folder = ""

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "certifier-completions-"))
  mkdirSync(join(folder, "bin"))
  writeFileSync(join(folder, "people.csv"), "name,email\n")
  const [node, bin] = certifier()
  const path = join(folder, "bin/certifier")
  writeFileSync(path, `#!/bin/sh\nexec ${node} ${bin} "$@"\n`)
  chmodSync(path, 0o755)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const cancel = "\u0015"

describe.each((["bash", "zsh", "fish"] as const).filter(isThere))("the completions of %s", (shell) => {
  it("complete commands, subcommands, options and files", { timeout: 120_000 }, () => {
    const { command, load } = shells[shell]
    const env = { PATH: `${folder}/bin:${process.env["PATH"]}`, HOME: folder, SHELL: `/bin/${shell}`, LANG: "C.UTF-8" }
    return withTerminal({ command, columns: 100, rows: 30, cwd: folder, env }, async ({ screen, type, waitFor }) => {
      type(`${load}\r`)
      type("echo loaded''-now\r")
      await waitFor("loaded-now")
      for (const [typed, line] of [
        ["certifier gro", "certifier groups"],
        ["certifier groups pl", "certifier groups plan"],
        ["certifier jobs show --fol", "certifier jobs show --follow"],
        ["certifier sandbox --rate", "certifier sandbox --rate-limit"],
        ["certifier credentials import peo", "certifier credentials import people.csv"]
      ] as const) {
        type(`${typed}\t`)
        await waitFor(line)
        type(`${cancel}`)
      }
      // Only the subcommands are listed.
      type("certifier webhooks \t")
      await waitFor("certifier webhooks verify")
      expect(screen()).not.toContain("people.csv\n")
    })
  })
})
