import * as Effect from "effect/Effect"
import { readFile } from "node:fs/promises"
import { createRequire } from "node:module"
import * as Fonts from "./fonts.js"
import * as Picture from "./picture.js"

/** The packages that render are optional, and are not loaded before the first image is requested. */
const load = async (otherFonts: ReturnType<typeof Fonts.onMachine>) => {
  const { initWasm, Resvg } = await import("@resvg/resvg-wasm")
  const { resolve } = createRequire(import.meta.url)
  const [wasm, own] = await Promise.all([
    readFile(resolve("@resvg/resvg-wasm/index_bg.wasm")),
    Fonts.read(resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"))
  ])
  await initWasm(wasm)
  return async (picture: Picture.Picture): Promise<Uint8Array> => {
    const others = await otherFonts(Fonts.missingIn(`${picture.name}${picture.title}`, own))
    const fonts = [own, ...others]
    const legible = (text: string) => Picture.shorten(Fonts.legible(text, fonts), 80)
    const svg = Picture.svg({ ...picture, name: legible(picture.name), title: legible(picture.title) })
    const fontBuffers = await Promise.all(fonts.map(({ path }) => readFile(path)))
    const image = new Resvg(svg, { font: { fontBuffers, defaultFontFamily: "DejaVu Sans" } })
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

/** A picture as PNG; fails if the optional packages that render are not installed. */
export const render = (picture: Picture.Picture): Effect.Effect<Uint8Array, unknown> =>
  Effect.tryPromise(async () => (await (loaded ??= load(Fonts.onMachine())))(picture))
