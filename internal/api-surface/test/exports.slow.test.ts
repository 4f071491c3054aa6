import { createHash } from "node:crypto"
import { readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"
import ts from "typescript"
import { expect, it } from "vitest"

const root = fileURLToPath(new URL("../../../", import.meta.url))
const packages = readdirSync(`${root}packages`)

const modulesOf = (name: string) =>
  readdirSync(`${root}packages/${name}/src`).flatMap((file) => /^([A-Z]\w*)\.ts$/.exec(file)?.[1] ?? [])

const declarationsOf = (name: string, module: string) => `${root}packages/${name}/dist/${module}.d.ts`

const program = ts.createProgram(
  packages.flatMap((name) => modulesOf(name).map((module) => declarationsOf(name, module))),
  {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    strict: true,
    skipLibCheck: true,
    types: []
  }
)
const checker = program.getTypeChecker()
const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope

/** A line that fits on a screen. The rest is replaced by a digest, so that changes are detected. */
const short = (text: string): string => {
  const line = text.replaceAll(/import\("[^"]*"\)\./g, "").replaceAll(/\s+/g, " ")
  if (line.length <= 240) return line
  return `${line.slice(0, 220)} … ${createHash("sha256").update(line).digest("hex").slice(0, 8)}`
}

const typeOf = (type: ts.Type, more = 0) => checker.typeToString(type, undefined, flags | more)

/** The members of every error and class of Effect. */
const inherited = new Set(["name", "stack", "cause", "pipe", "toString", "toJSON"])

/** The fields of a class or an interface, by name: their types are in the digest. */
const fields = (type: ts.Type): string => {
  const own = checker.getPropertiesOfType(type).filter(({ name }) => !name.startsWith("__@") && !inherited.has(name))
  const types = own.map((field) => `${field.name}: ${typeOf(checker.getTypeOfSymbol(field))}`).join("; ")
  const names = own.map(({ flags, name }) => (flags & ts.SymbolFlags.Optional ? `${name}?` : name)).join(", ")
  const digest = createHash("sha256")
    .update(types.replaceAll(/import\("[^"]*"\)\./g, ""))
    .digest("hex")
    .slice(0, 8)
  return `{ ${names} } ${digest}`
}

const lines = (exported: ts.Symbol): ReadonlyArray<string> => {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
  const { name } = exported
  const declared = checker.getDeclaredTypeOfSymbol(symbol)
  if (symbol.flags & ts.SymbolFlags.Class) return [`class ${name} ${fields(declared)}`]
  return [
    ...(symbol.flags & ts.SymbolFlags.Value ? [short(`${name}: ${typeOf(checker.getTypeOfSymbol(symbol))}`)] : []),
    ...(symbol.flags & ts.SymbolFlags.Interface ? [`interface ${name} ${fields(declared)}`] : []),
    ...(symbol.flags & ts.SymbolFlags.TypeAlias
      ? [short(`type ${name} = ${typeOf(declared, ts.TypeFormatFlags.InTypeAlias)}`)]
      : [])
  ]
}

const section = (name: string, module: string): string => {
  const file = program.getSourceFile(declarationsOf(name, module))
  const symbol = file && checker.getSymbolAtLocation(file)
  if (symbol === undefined) throw new Error(`${name}/${module} is not compiled: npx -y pnpm check`)
  const exported = checker.getExportsOfModule(symbol).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return `## ${name}/${module}\n\n\`\`\`\n${exported.flatMap(lines).join("\n")}\n\`\`\`\n`
}

it("every export and its type", async () => {
  const text = [
    "# Every export\n",
    "Accept an intended change with `npx -y pnpm api`, and describe it with `npx -y pnpm changeset`.\n",
    ...packages.flatMap((name) => modulesOf(name).map((module) => section(name, module)))
  ].join("\n")
  await expect(text).toMatchFileSnapshot("../exports.md")
})
