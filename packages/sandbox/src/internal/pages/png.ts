import * as Effect from "effect/Effect"
import { readFile } from "node:fs/promises"
import { createRequire } from "node:module"

/** The packages that render are optional, and are not loaded before the first image is requested. */
const load = async () => {
  const { initWasm, Resvg } = await import("@resvg/resvg-wasm")
  const { resolve } = createRequire(import.meta.url)
  const [wasm, ...fonts] = await Promise.all([
    readFile(resolve("@resvg/resvg-wasm/index_bg.wasm")),
    readFile(resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"))
  ])
  await initWasm(wasm)
  return (svg: string): Uint8Array => {
    const image = new Resvg(svg, { font: { fontBuffers: fonts, defaultFontFamily: "DejaVu Sans" } })
    const rendered = image.render()
    // Both are memory of WebAssembly, which is not collected.
    try {
      return rendered.asPng()
    } finally {
      rendered.free()
      image.free()
    }
  }
}

let loaded: ReturnType<typeof load> | undefined

/** An SVG image as PNG; fails if the optional packages that render are not installed. */
export const render = (svg: string): Effect.Effect<Uint8Array, unknown> =>
  Effect.tryPromise(async () => (await (loaded ??= load()))(svg))
