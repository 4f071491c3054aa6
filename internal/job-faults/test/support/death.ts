import { Effect, Layer, Tracer } from "effect"
import type { Own, Settings } from "./settings.js"

/** The statements of the ledger whose start or end marks each point. */
const statements: Readonly<Record<Own, { readonly text: RegExp; readonly at: "start" | "end" }>> = {
  "before intent": { text: /SET state = 'sent'/, at: "start" },
  "after intent": { text: /SET state = 'sent'/, at: "end" },
  "before outcome": { text: /SET state = \S+, result/, at: "start" },
  "before start": { text: /SET state = 'running', total/, at: "start" }
}

/** Observes the spans of statements, and kills the process with `kill -9` when it passes a point for the nth time. */
export const layer = ({ death }: Settings): Layer.Layer<never> => {
  if (death === null) return Layer.empty
  const { at, text } = statements[death.point]
  let passes = 0
  const pass = () => {
    passes += 1
    if (passes === death.passes) process.kill(process.pid, "SIGKILL")
  }
  return Layer.unwrapEffect(
    Effect.map(Effect.tracer, (inner) =>
      Layer.setTracer(
        Tracer.make({
          context: (run, fiber) => inner.context(run, fiber),
          span: (...options) => {
            const span = inner.span(...options)
            const attribute = span.attribute.bind(span)
            const end = span.end.bind(span)
            let isPoint = false
            span.attribute = (key, value) => {
              attribute(key, value)
              if (key !== "db.query.text" || typeof value !== "string" || !text.test(value)) return
              if (at === "start") pass()
              isPoint = true
            }
            span.end = (time, exit) => {
              end(time, exit)
              if (isPoint && at === "end") pass()
            }
            return span
          }
        })
      )
    )
  )
}
