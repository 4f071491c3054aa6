import { HttpClient, HttpClientRequest } from "@effect/platform"
import { Effect } from "effect"
import { createHmac } from "node:crypto"

/** Delivers an event like the service, with a signature of its bytes. Returns the status of the response. */
export const deliver = (
  url: string,
  secret: string,
  event: { readonly id: string; readonly type: string; readonly credentialId: string }
) => {
  const body = JSON.stringify({
    id: event.id,
    type: event.type,
    createdAt: "2026-01-15T09:30:00.000Z",
    data: { resource: { id: event.credentialId, type: "credential" } }
  })
  return HttpClientRequest.post(url).pipe(
    HttpClientRequest.setHeader("x-webhook-signature", createHmac("sha256", secret).update(body).digest("hex")),
    HttpClientRequest.bodyText(body, "application/json"),
    HttpClient.execute,
    Effect.map(({ status }) => status),
    Effect.scoped
  )
}
