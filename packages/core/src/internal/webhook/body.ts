import type * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"

/** In bytes. A typical event has about 1,000. */
export const maxSize = 1024 * 1024

/** The time limit for reading a body. */
const timeLimit = /* #__PURE__ */ Duration.seconds(10)

export type Body = Data.TaggedEnum<{
  Complete: { readonly bytes: Uint8Array }
  TooLarge: {}
  TooSlow: {}
  /** The connection ended before the body was complete. */
  Incomplete: {}
  /** Another part of the program has already read the body. */
  Taken: {}
}>

const { Complete, Incomplete, Taken, TooLarge, TooSlow } = /* #__PURE__ */ Data.taggedEnum<Body>()

/** Chunks are copied into a growing buffer: a list of small chunks would take many times the memory. */
const collector = () => {
  let bytes = new Uint8Array(4096)
  let size = 0
  return {
    /** Returns whether there was room. */
    add: (chunk: Uint8Array): boolean => {
      const next = size + chunk.byteLength
      if (next > maxSize) return false
      if (next > bytes.byteLength) {
        const grown = new Uint8Array(Math.min(maxSize, Math.max(2 * bytes.byteLength, next)))
        grown.set(bytes.subarray(0, size))
        bytes = grown
      }
      bytes.set(chunk, size)
      size = next
      return true
    },
    complete: (): Body => Complete({ bytes: bytes.subarray(0, size) })
  }
}

type Request = HttpServerRequest.HttpServerRequest

const readStream = ({ stream }: Request, result: Deferred.Deferred<Body>): Effect.Effect<void> =>
  Effect.suspend(() => {
    const { add, complete } = collector()
    return Stream.runForEachWhile(stream, (chunk) =>
      add(chunk) ? Effect.succeed(true) : Effect.as(Deferred.succeed(result, TooLarge()), false)
    ).pipe(
      Effect.matchCauseEffect({
        onSuccess: () => Deferred.succeed(result, complete()),
        onFailure: (cause) =>
          Deferred.succeed(
            result,
            cause._tag !== "Fail"
              ? // Throws if the stream is locked.
                Taken()
              : // An error without a cause means that the request has no body.
                cause.error.cause === undefined
                ? complete()
                : Incomplete()
          )
      })
    )
  })

const isTaken = ({ source }: Request): boolean => Predicate.hasProperty(source, "bodyUsed") && source.bodyUsed === true

const isAnnouncedTooLarge = ({ headers }: Request): boolean => {
  const length = headers["content-length"]
  return length !== undefined && /^\d+$/.test(length) && Number(length) > maxSize
}

/**
 * Reads a body within its limits. Beyond them the stream is cancelled without waiting, because the server determines how long
 * that takes. The limits also apply in uninterruptible regions, such as an `HttpApp`.
 */
export const read = (request: Request): Effect.Effect<Body> => {
  if (isTaken(request)) return Effect.succeed(Taken())
  if (isAnnouncedTooLarge(request)) return Effect.succeed(TooLarge())
  return Effect.acquireUseRelease(
    Effect.flatMap(Deferred.make<Body>(), (result) =>
      Effect.map(Effect.forkDaemon(Effect.interruptible(readStream(request, result))), (fiber) => ({ fiber, result }))
    ),
    ({ result }) =>
      Effect.timeoutTo(Effect.interruptible(Deferred.await(result)), {
        duration: timeLimit,
        onSuccess: (body) => body,
        onTimeout: (): Body => TooSlow()
      }),
    ({ fiber }) => Fiber.interruptFork(fiber)
  )
}
