import type * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import { constUndefined, identity } from "effect/Function"
import type { CertifierError } from "../../CertifierError.js"
import { type Declared, type Info, type Request, TypeId } from "../../Operation.js"
import type { Service } from "../service.js"

export type AttemptClient = HttpClient.HttpClient.With<CertifierError>

export type ClientTransform = (client: AttemptClient, operation: Info) => AttemptClient

/** Wraps `Options.transformClient` of every client, see `CertifierClient.withClientTransform`. */
export class CurrentClientTransform extends Context.Reference<CurrentClientTransform>()(
  "@effect-certifier/core/CurrentClientTransform",
  { defaultValue: (): ClientTransform => identity }
) {}

export type Values<A> = WeakMap<HttpClientResponse.HttpClientResponse, { readonly value: A }>

/** A running call: its declaration and its validated input. */
export interface Call<Args extends ReadonlyArray<unknown>, Input extends Request, InputEncoded, A, I> {
  readonly operation: Declared<Args, Input, InputEncoded, A, I>
  readonly input: Input
  /** The client of the call, without its transforms: an attempt may hold a resource that they would wait for. */
  readonly inner: Service
  /** The values of responses created by an attempt transform, which need not be decoded. */
  readonly values: Values<A>
}

export const isCallOf = <Args extends ReadonlyArray<unknown>, Input extends Request, InputEncoded, A, I>(
  call: { readonly operation: { readonly [TypeId]: { readonly declaration: () => Info } } },
  operation: Declared<Args, Input, InputEncoded, A, I>
): call is Call<Args, Input, InputEncoded, A, I> => {
  const [one, other] = [call.operation[TypeId].declaration(), operation[TypeId].declaration()]
  // Not by identity, because a program can have two copies of this library.
  return one.name === other.name && one.path === other.path
}

export type Attempt = Effect.Effect<HttpClientResponse.HttpClientResponse, CertifierError>

export type BoundTransform = (attempt: Attempt, request: HttpClientRequest.HttpClientRequest) => Attempt

/** Wraps the attempts of calls, inside all client transforms, and receives the call. */
export type AttemptTransform = <Args extends ReadonlyArray<unknown>, Input extends Request, InputEncoded, A, I>(
  call: Call<Args, Input, InputEncoded, A, I>
) => BoundTransform | undefined

export class CurrentAttemptTransform extends Context.Reference<CurrentAttemptTransform>()(
  "@effect-certifier/core/CurrentAttemptTransform",
  { defaultValue: (): AttemptTransform | undefined => undefined }
) {}

/** Wraps the requests nested in an attempt, see `CertifierClient.withNestedTransform`. */
export class CurrentNestedTransform extends Context.Reference<CurrentNestedTransform>()(
  "@effect-certifier/core/CurrentNestedTransform",
  { defaultValue: (): ClientTransform => identity }
) {}

/** The running call of a fiber, to which an attempt applies the attempt transform. */
export interface Running {
  bind: (transform: AttemptTransform) => BoundTransform | undefined
}

export class CurrentCall extends Context.Reference<CurrentCall>()("@effect-certifier/core/CurrentCall", {
  defaultValue: (): Running => ({ bind: constUndefined })
}) {}
