/** Where a defect comes from, without its message, which can hold the data of an item. */
export const framesOf = (defect: unknown): string => {
  if (!(defect instanceof Error)) return typeof defect
  const frames = (defect.stack ?? "").split("\n").filter((line) => line.startsWith("    at "))
  return [defect.name, ...frames].join("\n")
}
