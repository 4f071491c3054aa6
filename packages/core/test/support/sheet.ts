/**
 * The objects of the other endpoints, copied only from the contract sheet. The tests compare the client with these bytes, so none of
 * them may be encoded with the client's schemas.
 */

export const designId = "01k0dsn00000000000000000d1"

export const designJson = `{ "id": "01k0dsn00000000000000000d1", "name": "Blue frame", "type": "certificate",
  "previewUrl": "https://cdn.example.com/w%2Fd%2Fp.png",
  "createdAt": "2026-01-15T09:30:00.000Z", "updatedAt": "2026-01-15T09:30:00.000Z" }`

export const credentialId = "01k0crd00000000000000000c1"

export const credentialJson = `{ "id": "01k0crd00000000000000000c1", "publicId": "6f1d2c3b-4a59-4e68-8b77-0123456789ab",
  "groupId": "01k0grp00000000000000000g1", "status": "issued",
  "recipient": { "id": "01k0rcp00000000000000000r1", "name": "Ada Example", "email": "ada@example.com" },
  "issueDate": "2026-01-15", "expiryDate": null,
  "attributes": { "recipient.name": "Ada Example" }, "customAttributes": { "custom.mentor": "Lin Example" },
  "createdAt": "2026-01-15T09:30:00.000Z", "updatedAt": "2026-01-15T09:31:00.000Z" }`

export const credentialDesignsJson = `[ { "id": "01k0dsn00000000000000000d1", "name": "Blue frame",
    "previews": [ { "format": "png", "url": "https://cdn.example.com/w1/credentials/01k0crd00000000000000000c1/designs/01k0dsn00000000000000000d1/aB3_dE5fG7.png" } ] } ]`

export const interactionJson = `{"id": "01k0nct00000000000000000n1", "credentialId": "01k0crd00000000000000000c1", "eventType": "credential_viewed",
"triggeredBy": "recipient", "triggeredAt": "2026-01-15T10:00:00.000Z" }`

export const searchJson = `{"filter":{"AND":[{"groupId":{"equals":"01k0grp00000000000000000g1"}},{"recipient":{"email":{"endsWith":"@example.com"}}},{"NOT":[{"status":{"in":["draft","scheduled"]}}]}]},"sort":{"property":"createdAt","order":"desc"},"limit":100,"cursor":"c2"}`

export const pageOf = (...items: ReadonlyArray<string>) =>
  `{ "data": [${items.join(",")}], "pagination": { "prev": null, "next": "c2" } }`
