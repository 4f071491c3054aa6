/** One quirk; its default is one of its values. */
export const quirk = <const Value extends string>(definition: {
  readonly question: string
  readonly evidence: string
  readonly default: NoInfer<Value>
  readonly values: { readonly [K in Value]: string }
}): {
  readonly question: string
  readonly evidence: string
  readonly default: Value
  readonly values: { readonly [K in Value]: string }
} => definition
