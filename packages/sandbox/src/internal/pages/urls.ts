import * as Hash from "effect/Hash"

/** The URL of an image, with percent-encoded slashes and a digest of what it shows. */
const image = (url: string, path: string, shown: unknown): string =>
  `${url}/previews/${encodeURIComponent(`w1/${path}/${(Hash.string(JSON.stringify(shown)) >>> 0).toString(36)}.png`)}`

/** The preview of a design, in the JSON of the API. */
export const design = ({ id, name, type, updatedAt }: Readonly<Record<string, unknown>>, url: string): string =>
  image(url, `designs/${String(id)}`, [name, type, updatedAt])

/** The preview of a credential in a design. */
export const credential = (credentialId: string, designId: string, shown: unknown, url: string): string =>
  image(url, `credentials/${credentialId}/designs/${designId}`, shown)
