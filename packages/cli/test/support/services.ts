import { connect } from "node:net"

const isReachable = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true))
    socket.on("error", () => resolve(false)).on("connect", () => socket.destroy())
  })

/** The services for workers that are not running on this machine. None in CI, where tests fail instead of being skipped. */
export const missing = async (): Promise<ReadonlyArray<string>> => {
  if (process.env["CI"] !== undefined) return []
  const needed = [
    { name: "PostgreSQL on 127.0.0.1:5432 (trust, user postgres)", port: 5432 },
    { name: "Redis on 127.0.0.1:6379", port: 6379 }
  ]
  const isThere = await Promise.all(needed.map(({ port }) => isReachable(port)))
  return needed.flatMap(({ name }, index) => (isThere[index] ? [] : [name]))
}
