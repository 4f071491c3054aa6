/**
 * Writes the pictures of the guide, from what a terminal shows: `npx tsx packages/cli/test/support/screenshots.ts`. Each command
 * runs against a sandbox of its own.
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
  }
]

const take = ({ args, label, name }: Picture) =>
  Effect.gen(function* () {
    const { url } = yield* Sandbox.serve({ groups, rateLimit: "Unlimited" })
    const cwd = yield* Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "certifier-picture-"))),
      (path) => Effect.sync(() => rmSync(path, { recursive: true }))
    )
    writeFileSync(join(cwd, "groups.yaml"), file)
    const env = { CERTIFIER_ACCESS_TOKEN: "any", CERTIFIER_BASE_URL: url }
    const [node, ...rest] = certifier(...args)
    const words = [node, ...rest].map((word) => `'${word}'`).join(" ")
    // The prompt and the command are part of the picture.
    const shown = `printf '\\033[2m$\\033[0m \\033[1mcertifier ${args.join(" ")}\\033[0m\\n'; exec ${words}`
    const picture = yield* Effect.promise(() =>
      withTerminal(
        { command: ["/bin/sh", "-c", shown], columns: 80, rows: 40, cwd, env },
        async ({ emulator, exit }) => {
          await exit
          return svg(emulator, label)
        }
      )
    )
    writeFileSync(join(diagrams, `${name}.svg`), picture)
  }).pipe(Effect.scoped)

await Effect.runPromise(Effect.forEach(pictures, take, { discard: true }))
