import * as Redacted from "effect/Redacted"
import { createHmac } from "node:crypto"

/** Bodies, their lengths and signatures, copied from the contract sheet. They were created without this library. */
export const secretText = "sandbox-webhook-secret-01"

export const secret = Redacted.make(secretText)

const a = `{"id":"01k0evt00000000000000000e1","type":"credential.issued","createdAt":"2026-01-15T09:30:00.000Z","data":{"resource":{"id":"01k0crd00000000000000000c1","type":"credential"}}}`

export const vectors = {
  A: {
    body: a,
    bytes: 177,
    signature: "3d71234ed625d968a8a7b612169900c18af6efdd15f8a0c18fb61defbfd9e3e5",
    id: "01k0evt00000000000000000e1",
    type: "credential.issued"
  },
  B: {
    body: `{"id":"01k0evt00000000000000000e1","data":{"resource":{"id":"01k0crd00000000000000000c1","type":"credential"}},"type":"credential.issued","createdAt":"2026-01-15T09:30:00.000Z"}`,
    bytes: 177,
    signature: "9609af59472716a27fa161353758f49126889a20d1ad5cf8a561a8d92f2b1e4c",
    id: "01k0evt00000000000000000e1",
    type: "credential.issued"
  },
  C: {
    body: `{"id":"01k0evt00000000000000000e2","type":"credential.updated","createdAt":"2026-01-15T09:30:00.000Z","data":{"resource":{"id":"01k0crd00000000000000000c1","type":"credential"},"credential":{"recipient":{"name":"Zoë Ångström"}}}}`,
    bytes: 232,
    signature: "1d5f30e90dde73ec2d23f982c7f99b8b1135d0e7baf409ed17b55ed6388f1ac2",
    id: "01k0evt00000000000000000e2",
    type: "credential.updated"
  },
  D: {
    body: `${a}\n`,
    bytes: 178,
    signature: "e5a81af1df570d768debff6f7b6b74ae58504beac091acbf043c4472fb9d0b52",
    id: "01k0evt00000000000000000e1",
    type: "credential.issued"
  }
} as const

/** Signs like the service, with the HMAC of Node. */
export const sign = (body: string | Uint8Array, text = secretText): string =>
  createHmac("sha256", text).update(body).digest("hex")

export const eventJson = (id: string, type = "credential.issued"): string =>
  JSON.stringify({
    id,
    type,
    createdAt: "2026-01-15T09:30:00.000Z",
    data: { resource: { id: "01k0crd00000000000000000c1", type: "credential" } }
  })

export const url = "http://localhost/webhooks/certifier"

/** A delivery like those of the service. */
export const delivery = (body: string, signature = sign(body)): Request =>
  new Request(url, {
    method: "POST",
    headers: { "content-type": "application/json", "x-webhook-signature": signature },
    body
  })
