import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, expect, it } from "vitest"
import { built } from "./support/built.js"
import { type Terminal, withTerminal } from "./support/terminal.js"
import { type Command, tourOf, type TourStep, withOutputs } from "./support/tour.js"

const page = fileURLToPath(new URL("../../../docs/guides/command-line.md", import.meta.url))
const certifier = built()

let folder = ""

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "certifier-tour-"))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const environment = () => ({
  PATH: `${folder}/bin:${process.env["PATH"]}`,
  HOME: folder,
  XDG_STATE_HOME: join(folder, "state")
})

/** Replaces the URL of the sandbox by the default one. */
const normal = (text: string, url: string): string =>
  text
    .replaceAll(url, "http://127.0.0.1:4010")
    .replaceAll(" --sandbox http://127.0.0.1:4010", " --sandbox")
    .replaceAll(/[ \t]+$/gm, "")

/** Replaces what differs between runs: ids, public links, times and rates. */
const stable = (text: string): string =>
  text
    .replaceAll(/\b01[0-9a-z]{24}\b/g, "ID")
    .replaceAll(/\bimport-[0-9a-f]{12}\b/g, "JOB-ID")
    .replaceAll(/\b\d+\.\d\/s/g, "RATE")
    .replaceAll(/\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f-]{22}\b/g, "PUBLIC-ID")
    .replaceAll(/\b20\d\d-\d\d-\d\d(?:T[\d:.]+Z)?/g, "DATE")

/** Runs a command in a terminal of 88 columns, the width of a public link, and types the replies to its prompts from the page. */
const typed = async ({ command, output }: Command) => {
  const answers = [...output.matchAll(/^.*\[y\/N\] (.+)$/gm)].map(([, answer = ""]) => answer)
  return withTerminal(
    { command: ["/bin/sh", "-c", command], columns: 88, rows: 50, cwd: folder, env: environment() },
    async ({ exit, scrollback, type, waitFor }) => {
      for (const [index, answer] of answers.entries()) {
        await waitFor(new RegExp(`(?:\\[y/N\\][^]*){${index + 1}}`))
        type(`${answer}\r`)
      }
      await exit
      return scrollback()
    }
  )
}

/** Starts the sandbox with the first command, in its own terminal. */
const inSandbox = (command: string, use: (url: string) => Promise<void>) =>
  withTerminal(
    { command: ["/bin/sh", "-c", `exec ${command} --port 0`], columns: 88, rows: 50, cwd: folder, env: environment() },
    async ({ waitFor }: Terminal) => {
      const [url = ""] = /http:\/\/127\.0\.0\.1:\d+/.exec(await waitFor(/http:\/\/127\.0\.0\.1:\d+/)) ?? []
      await use(url)
    }
  )

/** Installs an executable `certifier` for the commands of the page, with the URL of the sandbox as the default. */
const install = (url?: string) => {
  const [node, bin] = certifier()
  const sandbox = `for word; do shift; [ "$word" = --sandbox ] && word=--sandbox=${url}; set -- "$@" "$word"; done\n`
  const path = join(folder, "bin/certifier")
  writeFileSync(path, `#!/bin/sh\n${url === undefined ? "" : sandbox}exec ${node} ${bin} "$@"\n`)
  chmodSync(path, 0o755)
}

const edited = ({ after, before, name }: Extract<TourStep, { kind: "edit" }>) => {
  const path = join(folder, name)
  const text = readFileSync(path, "utf8")
  if (!text.includes(before)) throw new Error(`${name} does not have the lines to edit:\n${before}\n\n${text}`)
  writeFileSync(
    path,
    text.replace(before, () => after)
  )
}

const transcript = (seen: ReadonlyMap<Command, string>, output: (step: Command, seen: string) => string) =>
  [...seen].map(([step, text]) => `$ ${step.command}\n${stable(output(step, text))}\n`).join("\n")

it("the commands of the guide's tour print the outputs in the guide", { timeout: 180_000 }, async () => {
  const text = readFileSync(page, "utf8")
  const [first, ...steps] = tourOf(text)
  if (first?.kind !== "command") throw new Error("The tour does not begin with a command")
  mkdirSync(join(folder, "bin"))
  install()
  const seen = new Map<Command, string>()
  await inSandbox(first.command, async (url) => {
    install(url)
    for (const step of steps) {
      if (step.kind === "file") writeFileSync(join(folder, step.name), step.text)
      if (step.kind === "edit") edited(step)
      if (step.kind === "command") {
        seen.set(step, normal(await typed(step), url))
      }
    }
  })
  if (process.env["UPDATE_TOUR"] === "1") writeFileSync(page, withOutputs(text, seen))
  expect(transcript(seen, (_, output) => output)).toBe(transcript(seen, ({ output }) => output))
})
