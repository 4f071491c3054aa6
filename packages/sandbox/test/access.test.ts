import { Headers } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { Option, Redacted } from "effect"
import * as Access from "../src/internal/access.js"

const request = (headers: Record<string, string>, local = true) => ({
  method: "GET",
  url: "/",
  headers: Headers.fromInput(headers),
  body: new Uint8Array(),
  address: local ? "::ffff:127.0.0.1" : "192.0.2.1"
})

const host = "127.0.0.1:4010"

describe("access without a token", () => {
  const { isAllowed, logIn } = Access.make(undefined)

  it("is allowed from this machine, by its own names, and from the same origin", () => {
    for (const name of [host, "localhost:4010", "[::1]:4010", "127.9.9.9"]) {
      assert.isTrue(isAllowed(request({ host: name })), name)
      assert.isTrue(isAllowed(request({ host: name, origin: `http://${name}` })), name)
    }
    assert.isFalse(isAllowed(request({ host }, false)))
    // A foreign host name that resolves to this machine, and a page of another origin.
    for (const name of ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "0.0.0.0:4010"]) {
      assert.isFalse(isAllowed(request({ host: name, origin: `http://${name}` })), name)
    }
    for (const origin of ["http://evil.example", "null", "http://127.0.0.1", `https://${host}`]) {
      assert.isFalse(isAllowed(request({ host, origin })), origin)
    }
    // As behind a proxy that terminates TLS.
    const forwarded = { host, "x-forwarded-proto": "https" }
    assert.isTrue(isAllowed(request({ ...forwarded, origin: `https://${host}` })))
    for (const origin of ["https://evil.example", `http://${host}`]) {
      assert.isFalse(isAllowed(request({ ...forwarded, origin })), origin)
    }
    assert.isTrue(Option.isNone(logIn("anything")))
  })
})

describe("access with a token", () => {
  const { isAllowed, logIn } = Access.make(Redacted.make("a-token-of-mine"))
  const authorization = "Bearer a-token-of-mine"

  it("admits every request that has it, at any address, and from the same origin", () => {
    assert.isTrue(isAllowed(request({ host: "192.168.1.5:4010", authorization }, false)))
    assert.isTrue(isAllowed(request({ host: "box.lan", authorization, origin: "http://box.lan" }, false)))
    assert.isFalse(isAllowed(request({ host: "box.lan", authorization, origin: "http://evil.example" }, false)))
  })

  it("is denied to every other request, including those from this machine", () => {
    assert.isFalse(isAllowed(request({ host })))
    for (const wrong of ["", "Bearer ", "Bearer a-token-of-min", "Bearer a-token-of-mine2", "Basic a-token-of-mine"]) {
      assert.isFalse(isAllowed(request({ host, authorization: wrong })), wrong)
    }
    assert.isFalse(isAllowed(request({ host, cookie: "other=a-token-of-mine" })))
  })

  it("is granted to a browser by a cookie that scripts can't read and other sites can't send", () => {
    const headers = Option.getOrThrow(logIn("a-token-of-mine"))
    const cookie = headers["set-cookie"] ?? ""
    assert.match(cookie, /; HttpOnly; SameSite=Strict$/)
    assert.isTrue(isAllowed(request({ host, cookie: `other=1; ${cookie.split(";")[0]}` }, false)))
    assert.isTrue(Option.isNone(logIn("a-token-of-min")))
  })
})
