import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { groupJson } from "./support/page.js"
import { type Behaviour, suite } from "./support/suite.js"
import * as Wire from "./support/wire.js"

const page = Wire.full("200 OK", groupJson)

/** An endless body, as fast as the client reads it. */
const pour = ({ socket }: Wire.Exchange) => {
  socket.write(Wire.head("200 OK", ["Transfer-Encoding: chunked"]))
  const more = () => {
    while (!socket.destroyed && socket.write(Wire.chunk("x".repeat(65_536))));
  }
  socket.on("drain", more)
  more()
}

/** Each behaviour, written to the socket by hand. */
const answers: { readonly [K in Behaviour]: (exchange: Wire.Exchange) => void } = {
  "returns the documented response": ({ socket }) => socket.write(page),
  "answers late": ({ socket }) => setTimeout(() => socket.write(page), 50),
  "resets before the response": ({ socket }) => socket.resetAndDestroy(),
  "resets within the body": ({ socket }) =>
    socket.write(page.slice(0, -40), () => setImmediate(() => socket.resetAndDestroy())),
  "cuts the body short": ({ socket }) => socket.end(page.slice(0, -40)),
  "stalls before the headers": () => {},
  "stalls within the body": ({ socket }) => socket.write(page.slice(0, -40)),
  "drips the body": ({ socket }) => {
    let sent = 0
    const drip = setInterval(() => socket.write(page.charAt(sent++)), 5)
    socket.on("close", () => clearInterval(drip))
  },
  "returns 429 with Retry-After": ({ socket }) =>
    socket.write(
      Wire.full("429 Too Many Requests", `{"error":{"code":"rate_limited","message":"No"}}`, ["Retry-After: 7"])
    ),
  "returns 502 with HTML": ({ socket }) => socket.write(Wire.full("502 Bad Gateway", "<html>no</html>")),
  "returns 200 with half of a JSON body": ({ socket }) => socket.write(Wire.full("200 OK", groupJson.slice(0, 60))),
  "returns 200 with 10 MB": pour
}

const host = (answer: (exchange: Wire.Exchange) => void) =>
  Effect.map(Wire.serve(answer), (server) => ({
    origin: server.origin,
    received: server.next,
    closed: Effect.suspend(() => Effect.forEach(server.exchanges, ({ closed }) => Deferred.await(closed)))
  }))

suite("a server on a bare socket", {
  behaving: (behaviour) => host(answers[behaviour]),
  redirecting: (to) => host(({ socket }) => socket.write(Wire.full("307 Temporary Redirect", "", [`Location: ${to}`])))
})
