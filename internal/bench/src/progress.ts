/** The progress of a long measurement: one changing line on a terminal, otherwise a line every ten seconds at most. */

const start = performance.now()
let shown = start

const elapsed = (): string => {
  const seconds = Math.floor((performance.now() - start) / 1000)
  return `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`
}

/** Call it between measurements, never during one. */
export const progress = (where: string): void => {
  const line = `${elapsed()} ${where}`
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${line}`)
  else if (performance.now() - shown >= 10_000) {
    shown = performance.now()
    process.stderr.write(`${line}\n`)
  }
}

/** Prints a line that remains. */
export const done = (what: string): void => {
  process.stderr.write(`${process.stderr.isTTY ? "\r\u001b[2K" : ""}${elapsed()} ${what}\n`)
}
