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

/** What goes around `Options.transformClient` of every client, see `CertifierClient.withClientTransform`. */
export class CurrentClientTransform extends Context.Reference<CurrentClientTransform>()(
  "@effect-certifier/core/CurrentClientTransform",
  { defaultValue: (): ClientTransform => identity }
) {}

export type Values<A> = WeakMap<HttpClientResponse.HttpClientResponse, { readonly value: A }>

/** A call that is running: what was declared, and what was checked. */
export interface Call<Args extends ReadonlyArray<unknown>, Input extends Request, InputEncoded, A, I> {
  readonly operation: Declared<Args, Input, InputEncoded, A, I>
  readonly input: Input
  /** The client that it runs on, without its transforms: an attempt may hold what they would wait for. */
  readonly inner: Service
  /** The values of responses that an attempt transform has created, which need not be decoded. */
  readonly values: Values<A>
}

export const isCallOf = <Args extends ReadonlyArray<unknown>, Input extends Request, InputEncoded, A, I>(
  call: { readonly operation: { readonly [TypeId]: { readonly declaration: () => Info } } },
  operation: Declared<Args, Input, InputEncoded, A, I>
): call is Call<Args, Input, InputEncoded, A, I> => {
  const [one, other] = [call.operation[TypeId].declaration(), operation[TypeId].declaration()]
  // Not by identity, as a program can have two copies of this library.
  return one.name === other.name && one.path === other.path
}

export type Attempt = Effect.Effect<HttpClientResponse.HttpClientResponse, CertifierError>

export type BoundTransform = (attempt: Attempt, request: HttpClientRequest.HttpClientRequest) => Attempt

/** Wraps the attempts of calls, inside of every client transform, and sees the call that they belong to. */
export type AttemptTransform = <Args extends ReadonlyArray<unknown>, Input extends Request, InputEncoded, A, I>(
  call: Call<Args, Input, InputEncoded, A, I>
) => BoundTransform | undefined

export class CurrentAttemptTransform extends Context.Reference<CurrentAttemptTransform>()(
  "@effect-certifier/core/CurrentAttemptTransform",
  { defaultValue: (): AttemptTransform | undefined => undefined }
) {}

/** What a request goes through that an attempt sends by itself, see `CertifierClient.withNestedTransform`. */
export class CurrentNestedTransform extends Context.Reference<CurrentNestedTransform>()(
  "@effect-certifier/core/CurrentNestedTransform",
  { defaultValue: (): ClientTransform => identity }
) {}

/** The call that a fiber is running, which an attempt applies the attempt transform to. */
export interface Running {
  bind: (transform: AttemptTransform) => BoundTransform | undefined
}

export class CurrentCall extends Context.Reference<CurrentCall>()("@effect-certifier/core/CurrentCall", {
  defaultValue: (): Running => ({ bind: constUndefined })
}) {}
