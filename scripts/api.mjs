// Writes each package's `api.md`: every export with its type, from the declarations that `tsc -b` has emitted.
// With `--check` it writes nothing, shows what is not as the file says and exits 1.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { format } from "oxfmt"

// The root's TypeScript 7 has no API to parse with.
const ts = createRequire(new URL("../internal/api-surface/package.json", import.meta.url))("typescript")

const root = fileURLToPath(new URL("..", import.meta.url))
const read = (path) => readFileSync(join(root, path), "utf8")
const style = JSON.parse(read(".oxfmtrc.json"))
const packages = ["core", "retry", "sandbox"]

const printer = ts.createPrinter({ removeComments: true })

const parse = (path) => ts.createSourceFile(path, read(path), ts.ScriptTarget.ES2022, true)

const print = (node) => printer.printNode(ts.EmitHint.Unspecified, node, node.getSourceFile())

const each = (node, visit) => {
  visit(node)
  ts.forEachChild(node, (child) => each(child, visit))
}

/** Replaces the type literals that `names` knows by their names. */
const withNames = (statement, names) =>
  ts.transform(statement, [
    (context) => (top) => {
      const visit = (node) => {
        const name = ts.isTypeLiteralNode(node) ? names.get(print(node)) : undefined
        return name ?? ts.visitEachChild(node, visit, context)
      }
      return ts.visitNode(top, visit)
    }
  ]).transformed[0]

/**
 * The compiler writes types out, so a class repeats its fields, the errors each other's, and `operations` all operations. A
 * long type literal that a module has twice gets a name, of the place where it comes first; one that is the type of a
 * constant before is `typeof` that constant.
 */
const compact = (statements) => {
  const names = new Map()
  const counts = new Map()
  const literals = (statement, visit) =>
    each(statement, (node) => ts.isTypeLiteralNode(node) && visit(print(node), node))
  for (const statement of statements) {
    literals(statement, (text) => counts.set(text, (counts.get(text) ?? 0) + 1))
  }
  return statements.flatMap((statement) => {
    const declaration = ts.isVariableStatement(statement) ? statement.declarationList.declarations[0] : undefined
    const owner = declaration?.name.getText() ?? statement.name?.getText()
    const own = declaration?.type !== undefined && ts.isTypeLiteralNode(declaration.type) ? print(declaration.type) : ""
    const written = (node) => printer.printNode(ts.EmitHint.Unspecified, node, statement.getSourceFile())
    const aliases = []
    literals(statement, (text, node) => {
      const around = ts.findAncestor(node.parent, ts.isTypeLiteralNode)
      const isPartOfAnother = around !== undefined && counts.get(print(around)) === counts.get(text)
      if (counts.get(text) === 1 || isPartOfAnother || text.length < 80 || names.has(text) || text === own) return
      const alias = ts.factory.createIdentifier(`${owner}_${aliases.length + 1}`)
      aliases.push(ts.factory.createTypeAliasDeclaration([], alias, undefined, withNames(node, names)))
      names.set(text, ts.factory.createTypeReferenceNode(alias))
    })
    const lines = [...aliases, withNames(statement, names)].map(written)
    if (own !== "") names.set(own, ts.factory.createTypeQueryNode(ts.factory.createIdentifier(owner)))
    return lines
  })
}

/** `export {}`, and what the file imports: which name comes from where is the same all over the repository. */
const isDeclaration = (node) => !ts.isImportDeclaration(node) && !ts.isExportDeclaration(node)

const isOfInternal = (node) => node.moduleSpecifier?.text.startsWith("./internal/") ?? false

const declarationFile = (node) => node.moduleSpecifier.text.replace(/\.js$/, ".d.ts")

const nameOf = (node) => (ts.isVariableStatement(node) ? node.declarationList.declarations[0] : node).name?.getText()

/** A module's declarations, those that it exports from `internal` among them. */
const declarations = (dist, source) =>
  source.statements.flatMap((node) => {
    if (!ts.isExportDeclaration(node) || !isOfInternal(node)) return isDeclaration(node) ? [node] : []
    const names = new Set(node.exportClause.elements.map((element) => element.name.text))
    return parse(`${dist}/${declarationFile(node)}`).statements.filter((other) => names.has(nameOf(other)))
  })

/** What a module names from `internal` is a part of the surface as well, though it has another home. */
const internals = (dist, source, exported) => {
  const isExported = ({ importClause: { namedBindings } }) =>
    ts.isNamedImports(namedBindings) && namedBindings.elements.every((element) => exported.has(element.name.text))
  const files = new Map(
    source.statements
      .filter((node) => ts.isImportDeclaration(node) && isOfInternal(node) && !isExported(node))
      .map((node) => {
        const { namedBindings } = node.importClause
        if (!ts.isNamespaceImport(namedBindings)) {
          throw new Error(`${source.fileName}: import ${node.moduleSpecifier.text} as a namespace`)
        }
        return [namedBindings.name.text, declarationFile(node)]
      })
  )
  const found = new Map()
  each(source, (node) => {
    if (ts.isImportTypeNode(node) && node.argument.literal.text.includes("internal/")) {
      throw new Error(`${source.fileName}: the compiler had to name ${node.argument.literal.text}`)
    }
    if (ts.isQualifiedName(node) && files.has(node.left.getText())) {
      const file = files.get(node.left.getText())
      const declared = parse(`${dist}/${file}`).statements.find((other) => other.name?.text === node.right.text)
      if (declared === undefined) throw new Error(`${source.fileName}: ${node.getText()} is not a type of its own`)
      found.set(node.getText(), declared)
    }
  })
  return [...found].map(([name, node]) => `// ${name}\n${print(node)}`)
}

const section = (dist, name) => {
  const source = parse(`${dist}/${name}.d.ts`)
  const declared = declarations(dist, source)
  const text = [...compact(declared), ...internals(dist, source, new Set(declared.map(nameOf)))]
    .join("\n\n")
    .replaceAll(/import\("(?:effect|@effect\/[a-z-]+)\/(\w+)"\)\./g, "$1.")
  return `## ${name}\n\n\`\`\`ts\n${text}\n\`\`\`\n`
}

/** As `package.json` exports them: by the sources, as a build leaves the files of modules that are gone. */
const modules = (name) =>
  readdirSync(join(root, `packages/${name}/src`))
    .filter((file) => /^[A-Z]\w*\.ts$/.test(file))
    .map((file) => file.slice(0, -".ts".length))
    .toSorted()

const page = async (name) => {
  const text = [
    `# The public API of @effect-certifier/${name}\n`,
    "Written by `npx -y pnpm api`; CI compares it. What changes here changes for the package's users.\n",
    ...modules(name).map((module) => section(`packages/${name}/dist`, module))
  ].join("\n")
  const { code, errors } = await format("api.md", text, { ...style, overrides: undefined, ignorePatterns: undefined })
  if (errors.length > 0) throw new Error(`packages/${name}/api.md: ${errors[0].message}`)
  return code
}

/** The lines that only one of two texts has: enough to see what happened, git shows the rest. */
const difference = (before, after) => {
  const lines = (text) => text.split("\n").filter((line) => line.trim() !== "")
  const only = (sign, some, others) => {
    const known = new Set(lines(others))
    return lines(some)
      .filter((line) => !known.has(line))
      .map((line) => `  ${sign} ${line}`)
  }
  const changed = [...only("-", before, after), ...only("+", after, before)]
  return changed.length > 0 ? changed.slice(0, 40).join("\n") : "  the same lines in another order"
}

const stale = []
for (const name of packages) {
  const path = `packages/${name}/api.md`
  const before = existsSync(join(root, path)) ? read(path) : ""
  const after = await page(name)
  if (before !== after) stale.push({ path, before, after })
}

if (process.argv.includes("--check")) {
  for (const { after, before, path } of stale) {
    console.error(`not what the package exports: ${path}\n${difference(before, after)}`)
  }
  if (stale.length > 0) {
    console.error("If that is meant: `npx -y pnpm api`, and say it to the users with `npx -y pnpm changeset`.")
    process.exitCode = 1
  }
} else {
  for (const { after, path } of stale) {
    writeFileSync(join(root, path), after)
    console.log(`wrote ${path}`)
  }
}
