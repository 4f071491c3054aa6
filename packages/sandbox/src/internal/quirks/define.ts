/** One quirk; its default is one of its values. */
export const quirk = <const Values extends Readonly<Record<string, string>>>(definition: {
  readonly question: string
  readonly evidence: string
  readonly default: NoInfer<keyof Values & string>
  readonly values: Values
}): {
  readonly question: string
  readonly evidence: string
  readonly default: keyof Values & string
  readonly values: Values
} => definition
