import { createHash } from "node:crypto"

export interface Identity {
  /** The hash of the file's bytes. Its name is not part of the identity. */
  readonly digest: string
  readonly groupId: string
  readonly send: boolean
  readonly map: ReadonlyMap<string, string>
  readonly baseUrl: string | undefined
}

/** The id depends only on file, group and options, so that the same command continues the job. */
export const make = ({ baseUrl, digest, groupId, map, send }: Identity): string => {
  const pairs = [...map].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const text = JSON.stringify([digest, groupId, send, pairs, baseUrl ?? null])
  return `import-${createHash("sha256").update(text).digest("hex").slice(0, 12)}`
}
