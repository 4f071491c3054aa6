export const median = (values: ReadonlyArray<number>): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** A median, and the median of the distances from it (MAD). */
export interface Spread {
  readonly median: number
  readonly mad: number
}

export const spread = (values: ReadonlyArray<number>): Spread => {
  const middle = median(values)
  return { median: middle, mad: median(values.map((value) => Math.abs(value - middle))) }
}

/** Random numbers from 0 to 1, which depend only on the seed (mulberry32). */
export const seeded = (seed: number) => {
  let state = seed
  return (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
