import { HttpClient, HttpClientRequest } from "@effect/platform"
import type { HttpMethod } from "@effect/platform/HttpMethod"
import { Effect } from "effect"

export const id = "01g90279gp5sbmfek7wymcsvec"
export const token = "cert_test_5f0a1b2c3d4e"

/** The headers of a request that passes every check. */
export const good: Readonly<Record<string, string>> = {
  authorization: `Bearer ${token}`,
  "certifier-version": "2022-10-26",
  "content-type": "application/json"
}

export interface RequestInput {
  readonly method: HttpMethod
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

export const without = (headers: Readonly<Record<string, string>>, name: string): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).filter(([other]) => other !== name))

/** Sends a request with exactly these headers and this body, and reads the whole response. */
export const sendTo = (url: string, { body, headers = good, method, path }: RequestInput) =>
  Effect.gen(function* () {
    const request = HttpClientRequest.make(method)(url + path, { headers })
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body
    const response = yield* HttpClient.execute(
      bytes === undefined
        ? request
        : HttpClientRequest.setHeaders(
            HttpClientRequest.bodyUint8Array(request, bytes, headers["content-type"] ?? ""),
            headers
          )
    )
    const text = yield* response.text
    return { status: response.status, headers: response.headers, text }
  })

export const patch = (url: string, body: unknown = {}) =>
  sendTo(url, { method: "PATCH", path: `/v1/groups/${id}`, body: JSON.stringify(body) })

export const get = (url: string, path = `/v1/groups/${id}`) => sendTo(url, { method: "GET", path })
