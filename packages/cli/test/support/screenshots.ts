/**
 * Writes the screenshots of the guide: `npx tsx packages/cli/test/support/screenshots.ts`. Each command runs against its own
 * sandbox.
 */
import { Fixture, Sandbox } from "@effect-certifier/sandbox"
import * as Effect from "effect/Effect"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { svg } from "./screenshot.js"
import { certifier, withTerminal } from "./terminal.js"

const diagrams = fileURLToPath(new URL("../../../../docs/diagrams", import.meta.url))

const file = `groups:
  - id: 01g90279gp5sbmfek7wymcsvec
    name: Financial Markets 2026
    learningEventUrl: https://example.com/financial-markets
  - id: 01k0grp00000000000000000g2
    name: Fire Safety
  - name: First Aid 2026
    designIds: [01k0dsn00000000000000000d1]
`

const groups = [
  Fixture.group(),
  Fixture.group({ id: "01k0grp00000000000000000g2", name: "Fire Safety" }),
  Fixture.group({ id: "01k0grp00000000000000000g3", name: "First Aid 2024" })
]

const people = ["Ada", "Grace", "Katherine", "Lin", "Mary", "Sophie"]

/** The files that the commands read, by name. */
const files = {
  "groups.yaml": file,
  "people.csv": `name,email\n${people.map((name) => `${name} Example,${name.toLowerCase()}@example.com\n`).join("")}`
}

interface Picture {
  readonly name: string
  readonly label: string
  readonly args: ReadonlyArray<string>
}

const pictures: ReadonlyArray<Picture> = [
  {
    name: "certifier-plan",
    label:
      "certifier groups plan shows each field that would change, before and after, and which groups would be created",
    args: ["groups", "plan", "groups.yaml"]
  },
  {
    name: "certifier-import",
    label: "certifier credentials import shows a summary, asks for confirmation, and then shows its progress",
    args: ["credentials", "import", "people.csv", "--group", "Fire Safety", "--send"]
  }
]

const take = ({ args, label, name }: Picture) =>
  Effect.gen(function* () {
    const { url } = yield* Sandbox.serve({ groups, rateLimit: "Unlimited" })
    const cwd = yield* Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "certifier-picture-"))),
      (path) => Effect.sync(() => rmSync(path, { recursive: true }))
    )
    for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text)
    const env = { CERTIFIER_ACCESS_TOKEN: "any", CERTIFIER_BASE_URL: url, XDG_STATE_HOME: cwd }
    const [node, ...rest] = certifier(...args)
    const words = [node, ...rest].map((word) => `'${word}'`).join(" ")
    // Prints the prompt and the command too, for the picture.
    const shown = `printf '\\033[2m$\\033[0m \\033[1mcertifier ${args.map((arg) => (arg.includes(" ") ? `"${arg}"` : arg)).join(" ")}\\033[0m\\n'; exec ${words}`
    const picture = yield* Effect.promise(() =>
      withTerminal(
        { command: ["/bin/sh", "-c", shown], columns: 80, rows: 40, cwd, env },
        async ({ emulator, exit, screen, type, waitFor }) => {
          await Promise.race([exit, waitFor("[y/N]")])
          if (screen().endsWith("[y/N]")) type("y\r")
          await exit
          return svg(emulator, label)
        }
      )
    )
    writeFileSync(join(diagrams, `${name}.svg`), picture)
  }).pipe(Effect.scoped)

await Effect.runPromise(Effect.forEach(pictures, take, { discard: true }))
