import type * as Headers from "@effect/platform/Headers"
import type * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"

export interface Body {
  readonly bytes: Uint8Array
  /** The body continues after `bytes`. */
  readonly truncated: boolean
}

const empty: Body = { bytes: new Uint8Array(), truncated: false }

/**
 * The length guaranteed by HTTP framing. With a content coding such as gzip, `Content-Length` counts the encoded bytes, not
 * those that a decoding transport returns.
 */
const framedLength = (headers: Headers.Headers): number => {
  const length = headers["content-length"]
  return length !== undefined && /^\d+$/.test(length) && headers["content-encoding"] === undefined
    ? Number(length)
    : Infinity
}

/** The first `size` bytes of chunks with at least that many bytes. */
const concat = (chunks: ReadonlyArray<Uint8Array>, size: number): Uint8Array => {
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk.subarray(0, size - offset), offset)
    offset += chunk.byteLength
    if (offset >= size) break
  }
  return bytes
}

/**
 * At most `limit` bytes of a body. The rest is not read: closing the scope early releases the connection. Pulls chunks
 * directly, because every compressed response takes this path and a sink doubles its cost.
 */
const readStream = (response: HttpClientResponse.HttpClientResponse, limit: number) =>
  Effect.suspend(() => {
    const chunks: Array<Uint8Array> = []
    let total = 0
    const bytes = () => concat(chunks, Math.min(total, limit))
    const readAll = (pull: Effect.Effect<Iterable<Uint8Array>, Option.Option<HttpClientError.ResponseError>>) => {
      const next: Effect.Effect<void, Option.Option<HttpClientError.ResponseError>> = Effect.flatMap(pull, (pulled) => {
        for (const chunk of pulled) {
          chunks.push(chunk)
          total += chunk.byteLength
        }
        return total <= limit ? next : Effect.void
      })
      return Effect.catchAll(next, Option.match({ onNone: () => Effect.void, onSome: Effect.fail }))
    }
    return Effect.scoped(Effect.flatMap(Stream.toPull(response.stream), readAll)).pipe(
      Effect.mapBoth({
        onSuccess: (): Body => ({ bytes: bytes(), truncated: total > limit }),
        onFailure: (error) => ({ error, bytes: bytes() })
      })
    )
  })

/**
 * Reads a body up to `limit` bytes. If the connection breaks, the failure contains the bytes received so far.
 */
export const read = (
  response: HttpClientResponse.HttpClientResponse,
  headers: Headers.Headers,
  limit: number
): Effect.Effect<
  Body,
  { readonly error: HttpClientError.ResponseError; readonly bytes: Uint8Array<ArrayBufferLike> }
> =>
  framedLength(headers) <= limit
    ? Effect.mapBoth(response.arrayBuffer, {
        onSuccess: (buffer): Body => ({ bytes: new Uint8Array(buffer), truncated: false }),
        onFailure: (error) => ({ error, ...empty })
      })
    : Effect.catchIf(
        readStream(response, limit),
        ({ error }) => error.reason === "EmptyBody",
        () => Effect.succeed(empty)
      )
