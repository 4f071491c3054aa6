import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

setFlagsFromString("--expose-gc")

export const collectGarbage: () => void = runInNewContext("gc")

/** Bytes in use after a collection. */
export const held = (): number => {
  collectGarbage()
  return process.memoryUsage().heapUsed
}
