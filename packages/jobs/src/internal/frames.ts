/** The stack of a defect without its message, which can contain the data of an item. */
export const framesOf = (defect: unknown): string => {
  if (!(defect instanceof Error)) return typeof defect
  const frames = (defect.stack ?? "").split("\n").filter((line) => line.startsWith("    at "))
  return [defect.name, ...frames].join("\n")
}
