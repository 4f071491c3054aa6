import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"

/** Effect's default tracer, and the spans that it has created. */
export const recording = (): { readonly spans: ReadonlyArray<Tracer.Span>; readonly tracer: Tracer.Tracer } => {
  const spans: Array<Tracer.Span> = []
  const native = Effect.runSync(Effect.tracer)
  const tracer = Tracer.make({
    span: (...args) => {
      const span = native.span(...args)
      spans.push(span)
      return span
    },
    context: (execute, fiber) => native.context(execute, fiber)
  })
  return { spans, tracer }
}
