import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const isNumbers = (value: unknown): value is Record<string, number> =>
  typeof value === "object" && value !== null && Object.values(value).every((item) => typeof item === "number")

/** Compares measured numbers with the committed ones. With `SURFACE=accept`, writes the measured numbers instead. */
export const committed = (
  name: string,
  measured: Readonly<Record<string, number>>
): Readonly<Record<string, number>> => {
  const path = fileURLToPath(new URL(`../../${name}.json`, import.meta.url))
  if (process.env["SURFACE"] === "accept") {
    writeFileSync(path, `${JSON.stringify(measured, undefined, 2)}\n`)
    return measured
  }
  const numbers: unknown = JSON.parse(readFileSync(path, "utf8"))
  if (!isNumbers(numbers)) throw new Error(`${path} is not a record of numbers`)
  return numbers
}
