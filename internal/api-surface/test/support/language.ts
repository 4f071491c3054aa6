import { fileURLToPath } from "node:url"
import ts from "typescript"

const fixtures = fileURLToPath(new URL("../../fixtures/", import.meta.url))
const root = fileURLToPath(new URL("../../../../", import.meta.url))

export interface Editor {
  /** The hover text of an editor at the end of an expression, or of the function that it calls. */
  readonly hover: (expression: string) => string
  /** Each statement of a file with a comment before it, the comment, and the compiler's messages. */
  readonly verdicts: (file: string) => ReadonlyArray<Verdict>
}

export interface Verdict {
  readonly comment: string
  readonly statement: string
  readonly messages: ReadonlyArray<string>
}

const withoutPaths = (text: string) => text.replaceAll(root, "").replaceAll(/packages\/(\w+)\/dist\//g, "$1/")

/** The language service of TypeScript 5.9 (7 has no API), on the published declarations. `preamble` precedes each hover. */
export const editor = (preamble: string, hovers: ReadonlyArray<string>): Editor => {
  const { config } = ts.readConfigFile(`${fixtures}tsconfig.json`, ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, fixtures)
  const scratch = `${fixtures}scratch.ts`
  const offsets = new Map<string, number>()
  let text = preamble
  for (const expression of hovers) {
    // For a call, the hover of its function.
    offsets.set(expression, text.length + expression.replace(/\(.*/, "").length)
    text += `${expression}\n`
  }
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [scratch, `${fixtures}wrong.ts`],
    getScriptVersion: () => "",
    getScriptSnapshot: (path) => {
      const content = path === scratch ? text : ts.sys.readFile(path)
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content)
    },
    getCurrentDirectory: () => fixtures,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (path) => path === scratch || ts.sys.fileExists(path),
    readFile: ts.sys.readFile,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    ...(ts.sys.realpath === undefined ? {} : { realpath: ts.sys.realpath })
  })
  const said = (path: string) => [...service.getSyntacticDiagnostics(path), ...service.getSemanticDiagnostics(path)]
  const messageOf = (diagnostic: ts.Diagnostic) =>
    withoutPaths(`TS${diagnostic.code}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n")}`)

  return {
    hover: (expression) => {
      const wrong = said(scratch).map(messageOf)
      if (wrong.length > 0) throw new Error(wrong.join("\n"))
      const info = service.getQuickInfoAtPosition(scratch, offsets.get(expression) ?? -1)
      return withoutPaths(ts.displayPartsToString(info?.displayParts))
    },
    verdicts: (file) => {
      const path = `${fixtures}${file}`
      const source = service.getProgram()?.getSourceFile(path)
      if (source === undefined) throw new Error(`${path} can't be read`)
      const diagnostics = said(path)
      return source.statements.flatMap((statement) => {
        const comment = /^\s*\/\/ (.*)\n/.exec(statement.getFullText())?.[1]
        if (comment === undefined || ts.isImportDeclaration(statement)) return []
        const messages = diagnostics
          .filter(({ start = -1 }) => start >= statement.getStart() && start < statement.end)
          .map((diagnostic) => {
            const { length = 0, start = 0 } = diagnostic
            const [underlined, ...more] = source.text.slice(start, start + length).split("\n")
            return `at ${underlined}${more.length > 0 ? " …" : ""}\n${messageOf(diagnostic)}`
          })
        return [{ comment, statement: statement.getText(), messages }]
      })
    }
  }
}
