import { build, type Metafile, type Plugin } from "esbuild"
import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"

const resolveDir = fileURLToPath(new URL("../../fixtures", import.meta.url))

export interface Bundle {
  readonly text: string
  /** Bytes, minified. */
  readonly minified: number
  /** Bytes, minified and gzipped. */
  readonly gzipped: number
  /** The files of this repository with code in the bundle, such as `core/src/Group.ts`. */
  readonly files: ReadonlyArray<string>
  /** The imports from `external`. */
  readonly imports: ReadonlyArray<string>
}

const filesOf = (metafile: Metafile): ReadonlyArray<string> =>
  Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([path]) => /packages\/((?:core|retry)\/src\/.*)$/.exec(path)?.[1] ?? [])
    .toSorted()

/** Appends code to a source of this repository, such as `core/src/Groups.ts`, in the bundle. */
export const appending = (file: string, code: string): Plugin => ({
  name: "appending",
  setup: (builder) => {
    builder.onLoad({ filter: new RegExp(`packages/${file.replaceAll(".", "\\.")}$`) }, async ({ path }) => ({
      contents: `${await readFile(path, "utf8")}\n${code}`,
      loader: "ts"
    }))
  }
})

/** A module, bundled for browsers. */
export const bundle = async (
  contents: string,
  options: {
    readonly external?: ReadonlyArray<string>
    readonly plugins?: ReadonlyArray<Plugin>
    /** Keeps names, because minified names depend on all parsed code. */
    readonly keepsNames?: boolean
  } = {}
): Promise<Bundle> => {
  const { metafile, outputFiles } = await build({
    stdin: { contents, resolveDir, loader: "ts" },
    absWorkingDir: fileURLToPath(new URL("../../../..", import.meta.url)),
    external: [...(options.external ?? [])],
    plugins: [...(options.plugins ?? [])],
    bundle: true,
    minifyIdentifiers: options.keepsNames !== true,
    minifySyntax: true,
    minifyWhitespace: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "silent"
  })
  const text = outputFiles.map((file) => file.text).join("")
  return {
    text,
    minified: Buffer.byteLength(text),
    gzipped: gzipSync(text, { level: 9 }).length,
    files: filesOf(metafile),
    imports: Object.values(metafile.outputs)
      .flatMap((output) => output.imports.filter(({ external }) => external).map(({ path }) => path))
      .toSorted()
  }
}
