/** The latest values, bounded in number and in size, and the number of dropped ones. */
export interface Keep<A> {
  /** Adds a value and returns the values that are dropped for it. */
  readonly add: (value: A, size?: number) => ReadonlyArray<A>
  readonly values: () => ReadonlyArray<A>
  readonly forgotten: () => number
  readonly clear: () => ReadonlyArray<A>
}

/** Keeps at most `most` values, whose sizes add up to at most `space`. The latest one is kept whatever its size. */
export const make = <A>(most: number, space = Infinity): Keep<A> => {
  let kept: Array<{ readonly value: A; readonly size: number }> = []
  let used = 0
  let forgotten = 0
  const trim = (): ReadonlyArray<A> => {
    let excess = 0
    while (kept.length - excess > 1 && (kept.length - excess > most || used > space)) {
      used -= kept[excess++]?.size ?? 0
    }
    forgotten += excess
    return kept.splice(0, excess).map(({ value }) => value)
  }
  return {
    add: (value, size = 0) => {
      kept.push({ value, size })
      used += size
      return trim()
    },
    values: () => kept.map(({ value }) => value),
    forgotten: () => forgotten,
    clear: () => {
      const cleared = kept.map(({ value }) => value)
      kept = []
      used = 0
      return cleared
    }
  }
}
