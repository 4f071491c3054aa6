import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as HttpIncomingMessage from "@effect/platform/HttpIncomingMessage"
import * as UrlParams from "@effect/platform/UrlParams"
import * as Effect from "effect/Effect"
import * as Inspectable from "effect/Inspectable"
import * as Stream from "effect/Stream"

/** A response whose body has already been read: it can be read again, by every transform on the way. */
class BufferedResponse extends Inspectable.Class implements HttpClientResponse.HttpClientResponse {
  readonly [HttpIncomingMessage.TypeId]: typeof HttpIncomingMessage.TypeId = HttpIncomingMessage.TypeId
  readonly [HttpClientResponse.TypeId]: typeof HttpClientResponse.TypeId = HttpClientResponse.TypeId
  private readonly original: HttpClientResponse.HttpClientResponse
  private readonly bytes: Uint8Array
  readonly text: Effect.Effect<string>

  constructor(original: HttpClientResponse.HttpClientResponse, bytes: Uint8Array, text: string) {
    super()
    this.original = original
    this.bytes = bytes
    this.text = Effect.succeed(text)
  }
  get request() {
    return this.original.request
  }
  get status() {
    return this.original.status
  }
  get headers() {
    return this.original.headers
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
    return this.decoded((text): unknown => (text === "" ? null : JSON.parse(text)))
  }
  get urlParamsBody() {
    return this.decoded((text) => UrlParams.fromInput(new URLSearchParams(text)))
  }
  get formData() {
    return Effect.tryPromise({
      try: () => new Response(new Uint8Array(this.bytes), { headers: this.headers }).formData(),
      catch: (cause) => this.decodeError(cause)
    })
  }
  toJSON(): unknown {
    return HttpIncomingMessage.inspect(this, { _id: "@effect/platform/HttpClientResponse", status: this.status })
  }
  private decoded<A>(f: (text: string) => A): Effect.Effect<A, HttpClientError.ResponseError> {
    return Effect.tryMap(this.text, { try: f, catch: (cause) => this.decodeError(cause) })
  }
  private decodeError(cause: unknown): HttpClientError.ResponseError {
    return new HttpClientError.ResponseError({ request: this.request, response: this, reason: "Decode", cause })
  }
}

export const make = (
  original: HttpClientResponse.HttpClientResponse,
  bytes: Uint8Array,
  text: string
): HttpClientResponse.HttpClientResponse => new BufferedResponse(original, bytes, text)
