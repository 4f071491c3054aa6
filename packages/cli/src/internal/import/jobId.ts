import { createHash } from "node:crypto"

export interface Identity {
  /** Of the bytes of the file: its name does not count. */
  readonly digest: string
  readonly groupId: string
  readonly send: boolean
  readonly map: ReadonlyMap<string, string>
  readonly baseUrl: string | undefined
}

/** The same file, group and options are the same job, so that the same command goes on with it. */
export const make = ({ baseUrl, digest, groupId, map, send }: Identity): string => {
  const pairs = [...map].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const text = JSON.stringify([digest, groupId, send, pairs, baseUrl ?? null])
  return `import-${createHash("sha256").update(text).digest("hex").slice(0, 12)}`
}
