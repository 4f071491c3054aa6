import * as net from "node:net"

/** Whether a service of this machine is running. */
export const isReachable = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = net.connect(port, "127.0.0.1", () => resolve(true))
    socket.on("error", () => resolve(false))
    socket.on("connect", () => socket.destroy())
  })

/** In CI, a missing service fails the tests instead of skipping them. */
export const lacks = (needs: string, there: boolean): boolean => {
  const skipped = !there && process.env["CI"] !== "true"
  if (skipped) console.warn(`No ${needs} here: the tests that need it are skipped.`)
  return skipped
}
