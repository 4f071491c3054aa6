import { it } from "@effect/vitest"
import { assertInclude, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { built } from "../support/built.js"
import * as Scene from "../support/scene.js"

/** Megabytes. The command alone uses half of it. */
const heap = 64

const measure = `data:text/javascript,${encodeURIComponent(
  `process.on("exit", () => process.stderr.write("peak " + process.resourceUsage().maxRSS + "\\n"))`
)}`

const certifier = built()

/** The command with a limited heap. At its end it prints its peak memory. */
const measured = (...args: ReadonlyArray<string>): readonly [string, ...ReadonlyArray<string>] => {
  const [node, ...rest] = certifier(...args)
  return [node, `--max-old-space-size=${heap}`, "--import", measure, ...rest]
}

it.scopedLive(
  "a file of 100,000 rows needs less than 1.5 times the memory of a file with one row",
  () =>
    Effect.gen(function* () {
      const { cwd, inSandbox, run } = yield* Scene.make({ certifier: measured, people: 1 })
      const peakOf = Effect.fnUntraced(function* (file: string, people: string) {
        const command = ["credentials", "import", file, "--group", "Financial Markets", inSandbox]
        const { code, stderr } = yield* run(...command)
        // After all checks, the command fails because it can't request a confirmation.
        strictEqual(code, 64, stderr)
        assertInclude(stderr, `${file}: ${people}, no faults\n`)
        return Number(/peak (\d+)/.exec(stderr)?.[1])
      })
      const one = yield* peakOf("people.csv", "1 person")
      const rows = Array.from({ length: 100_000 }, (_, n) => `Person Number ${n},person.number.${n}@example.com\n`)
      writeFileSync(join(cwd, "many.csv"), `name,email\n${rows.join("")}`)
      const many = yield* peakOf("many.csv", "100000 people")
      strictEqual(many > 0 && many < 1.5 * one, true, `${many} kB for 100,000 rows, ${one} kB for one`)
    }),
  180_000
)
