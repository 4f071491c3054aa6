// Runs snippets of the documentation in a worker of `snippets.test.ts`. `workerData` has their paths.
import net from "node:net"
import { parentPort, workerData } from "node:worker_threads"

const { connect } = net.Socket.prototype
net.Socket.prototype.connect = function (...args) {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args
  const { host = "localhost", path } = typeof first === "object" ? first : { host: second }
  if (path !== undefined || ["127.0.0.1", "::1", "localhost"].includes(host)) return connect.apply(this, args)
  return this.destroy(new Error(`a snippet called ${host}`))
}

for (const path of workerData) await import(path)
// Otherwise, a module with an `await` that never ends would look like a module that ran to its end.
parentPort.postMessage("done")
