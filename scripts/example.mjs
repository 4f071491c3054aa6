// Runs one of the programs in `examples/src`: `npx -y pnpm example cli show 01g90279gp5sbmfek7wymcsvec`.
import { readdirSync } from "node:fs"

const programs = new URL("../examples/src/", import.meta.url)
const names = readdirSync(programs)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -".ts".length))

// The remaining arguments are those of the program.
const [name] = process.argv.splice(2, 1)
if (names.includes(name)) {
  await import(new URL(`${name}.ts`, programs).href)
} else {
  console.error(`Name an example: ${names.join(", ")}`)
  process.exitCode = 64
}
