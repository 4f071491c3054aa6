import type * as Headers from "@effect/platform/Headers"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as HttpIncomingMessage from "@effect/platform/HttpIncomingMessage"
import * as Effect from "effect/Effect"
import * as Inspectable from "effect/Inspectable"
import * as Stream from "effect/Stream"

/** A response with a buffered body, which every transform can read again. */
export class BufferedResponse extends Inspectable.Class implements HttpClientResponse.HttpClientResponse {
  readonly [HttpIncomingMessage.TypeId]: typeof HttpIncomingMessage.TypeId = HttpIncomingMessage.TypeId
  readonly [HttpClientResponse.TypeId]: typeof HttpClientResponse.TypeId = HttpClientResponse.TypeId
  declare private readonly original: HttpClientResponse.HttpClientResponse
  declare private readonly bytes: Uint8Array
  declare readonly headers: Headers.Headers
  declare readonly text: Effect.Effect<string>

  constructor(
    original: HttpClientResponse.HttpClientResponse,
    headers: Headers.Headers,
    bytes: Uint8Array,
    text: string
  ) {
    super()
    this.original = original
    this.headers = headers
    this.bytes = bytes
    this.text = Effect.succeed(text)
  }
  get request() {
    return this.original.request
  }
  get status() {
    return this.original.status
  }
  get cookies() {
    return this.original.cookies
  }
  get remoteAddress() {
    return this.original.remoteAddress
  }
  get arrayBuffer() {
    return Effect.sync(() => new Uint8Array(this.bytes).buffer)
  }
  get stream() {
    return Stream.make(this.bytes)
  }
  get json() {
    return this.again.json
  }
  get urlParamsBody() {
    return this.again.urlParamsBody
  }
  get formData() {
    return this.again.formData
  }
  toJSON(): unknown {
    return HttpIncomingMessage.inspect(this, { _id: "@effect/platform/HttpClientResponse", status: this.status })
  }
  /** The same response, with an unread body. */
  private get again() {
    const body = new Response(this.bytes.length === 0 ? null : new Uint8Array(this.bytes), { headers: this.headers })
    return HttpClientResponse.fromWeb(this.request, body)
  }
}
