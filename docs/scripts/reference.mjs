// Writes `reference/`: a page for each module from its docstrings, and the README of each package as its overview.
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { Application, Converter, ReflectionKind } from "typedoc"
import { MarkdownTheme, MarkdownThemeContext } from "typedoc-plugin-markdown"
import ts from "typescript"

const packages = ["core", "retry", "sandbox", "jobs"]
const docs = fileURLToPath(new URL("..", import.meta.url))
const root = fileURLToPath(new URL("../..", import.meta.url))
const out = `${docs}reference`

const read = (path) => readFileSync(`${root}${path}`, "utf8")

/** Maps the statement of an export to its declaration as in the source, without the implementation. */
const signatures = new Map()

const withoutDoc = (node) => node.getText().replace(/^export /, "")

/** The heritage of a class, without the identifier of its schema and the fields, which are listed in the table below it. */
const heritage = (node) => {
  const literals = []
  const collect = (child) =>
    ts.isObjectLiteralExpression(child) ? literals.push(child) : ts.forEachChild(child, collect)
  const clauses = node.heritageClauses ?? []
  clauses.forEach((clause) => ts.forEachChild(clause, collect))
  const text = clauses.map((clause) => clause.getText()).join(" ")
  return literals
    .reduce((shortened, literal) => shortened.replace(literal.getText(), "{ … }"), text)
    .replace(/\s+/g, " ")
    .replace(/([<(]) | (?=[>)])/g, "$1")
    .replace(/\("@effect-certifier\/[^"]*"\)\(/, "(…)(")
}

const flags =
  ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias | ts.TypeFormatFlags.MultilineObjectLiterals

/** Whether the declaration refers to something that is not exported. */
const isSelfContained = (node, checker) => {
  const hidden = (name) =>
    (checker.getSymbolAtLocation(name)?.declarations ?? []).some((declaration) => {
      if (ts.isImportSpecifier(declaration) || ts.isNamespaceImport(declaration)) {
        const from = ts.findAncestor(declaration, ts.isImportDeclaration).moduleSpecifier.text
        return from.startsWith("./internal/")
      }
      return ts.isVariableDeclaration(declaration) && !ts.getCombinedModifierFlags(declaration)
    })
  let found = true
  const visit = (child) => {
    if (ts.isIdentifier(child) && hidden(child)) found = false
    ts.forEachChild(child, visit)
  }
  visit(node.type)
  return found
}

const alias = (node, checker) => {
  if (isSelfContained(node, checker)) return withoutDoc(node)
  const named = ts.isTypeReferenceNode(node.type) && checker.getSymbolAtLocation(node.type.typeName)?.declarations?.[0]
  if (named && ts.isInterfaceDeclaration(named)) return withoutDoc(named)
  const type = named?.type
    ? named.type.getText()
    : checker.typeToString(checker.getTypeAtLocation(node.name), node, flags)
  return `type ${node.name.getText()} = ${type}`
}

const constant = (node, checker) => {
  const name = node.name.getText()
  if (node.type !== undefined) return `const ${name}: ${node.type.getText()}`
  const type = checker.getTypeAtLocation(node.name)
  if (type.getCallSignatures().length === 0 || type.getConstructSignatures().length > 0) return withoutDoc(node.parent)
  const { initializer } = node
  if (ts.isCallExpression(initializer) && initializer.expression.getText() === "Operation.make") {
    const arrow = flags | ts.TypeFormatFlags.WriteArrowStyleSignature
    return `const ${name}: ${checker.signatureToString(type.getCallSignatures()[0], node, arrow)}`
  }
  if (ts.isArrowFunction(initializer) && initializer.type !== undefined) {
    const before = initializer
      .getSourceFile()
      .text.slice(initializer.getStart(), initializer.equalsGreaterThanToken.end)
    return `const ${name}: ${before.replace(/\):([^]*)=>$/, ") =>$1").trim()}`
  }
  return `const ${name}: ${checker.typeToString(type, node, flags)}`
}

const signature = (node, checker) => {
  // One of several constants that are declared together.
  if (ts.isBindingElement(node)) return withoutDoc(ts.findAncestor(node, ts.isVariableStatement))
  if (ts.isVariableDeclaration(node)) return constant(node, checker)
  if (ts.isClassDeclaration(node)) return `class ${node.name.getText()} ${heritage(node)}`
  if (ts.isTypeAliasDeclaration(node)) return alias(node, checker)
  if (ts.isFunctionDeclaration(node)) {
    const start = node.getStart()
    const text = node.getSourceFile().text.slice(start, node.body === undefined ? node.end : node.body.getStart())
    return text.replace(/^export /, "").trim()
  }
  return withoutDoc(node)
}

/** Links the names in a docstring that this reference documents: `Module`, `Module.name`, `name()`, `someName`. */
const linked = (context, model, text) =>
  text.replace(/(```[^]*?```)|`([A-Za-z]+)(?:\.([A-Za-z]+))?(\(\))?`/g, (all, block, first, second, call) => {
    if (block !== undefined) return all
    // A word such as `retry` is ambiguous.
    if (second === undefined && call === undefined && !/[A-Z]/.test(first)) return all
    const page = context.page.model
    const find = (parent, name) => parent?.children?.find((child) => child.name === name)
    // TypeDoc numbers its anchors by its own layout; here, the anchor of an export is its name.
    const urlOf = (target) =>
      target.kind === ReflectionKind.Module
        ? context.urlTo(target)
        : `${target.parent === page ? "" : context.urlTo(target.parent)}#${target.name}`
    const modules = context.page.project.children ?? []
    const isNear = ({ name }) => name.split("/")[0] === page.name.split("/")[0]
    const module = [...modules.filter(isNear), ...modules].find(({ name }) => name.split("/")[1] === first)
    const target = second === undefined ? (find(page, first) ?? module) : (find(module, second) ?? find(page, first))
    return target === undefined || target === model || target === page ? all : `[${all}](${urlOf(target)})`
  })

/** The first comment of a file, as in `scripts/codegen.mjs`; TypeDoc would require a tag that the sources do not have. */
const moduleText = ({ name }) =>
  (/^\/\*\*((?:(?!\*\/)[^])*)\*\/\n(?=\n|import\b)/.exec(read(`packages/${name.replace("/", "/src/")}.ts`))?.[1] ?? "")
    .replace(/^ ?\* ?/gm, "")
    .replace(/^@[^]*/m, "")
    .trim()

class Context extends MarkdownThemeContext {
  constructor(...args) {
    super(...args)
    const { comment } = this.partials
    const text = (about, model) =>
      about === undefined ? "" : linked(this, model, comment(about, { showTags: false }).trim())
    const examples = (model) =>
      (model?.blockTags ?? [])
        .filter(({ tag }) => tag === "@example")
        .map(({ content }) => this.helpers.getCommentParts(content))
    const since = (model) =>
      (model?.blockTags ?? [])
        .filter(({ tag }) => tag === "@since")
        .map(({ content }) => `<p class="since">Since ${this.helpers.getCommentParts(content)}</p>`)

    /** The fields that a class gets from its schema, which are not in its signature. */
    const fields = (model) => {
      if (model.kind !== ReflectionKind.Class) return []
      const own = (model.children ?? []).filter(
        (child) =>
          (child.kind === ReflectionKind.Property || child.kind === ReflectionKind.Accessor) &&
          !child.flags.isStatic &&
          !child.name.startsWith("_")
      )
      if (own.length === 0) return []
      const cell = (value) => value.replaceAll("|", "\\|").replace(/\s+/g, " ")
      const rows = own.map((child) => {
        const type = child.type ?? child.getSignature?.type
        return `| \`${child.name}\` | \`${cell(String(type))}\` | ${cell(text(child.comment, child))} |`
      })
      return [["| field | type | meaning |", "| --- | --- | --- |", ...rows].join("\n")]
    }

    this.partials.member = (model) => {
      if (model.kind === ReflectionKind.Project) return ""
      const about = model.comment ?? model.signatures?.[0]?.comment
      if (!signatures.has(model)) throw new Error(`${model.getFullName()} has no declaration that this script knows`)
      if (since(about).length === 0) throw new Error(`${model.getFullName()} has no docstring with @since`)
      return [
        text(about, model),
        `\`\`\`ts\n${signatures.get(model)}\n\`\`\``,
        ...fields(model),
        ...examples(about),
        ...since(about)
      ].join("\n\n")
    }
    this.partials.memberTitle = (model) => `${model.name} {#${model.name}}`
    const inherited = this.partials.memberWithGroups
    this.partials.memberWithGroups = (model, options) => {
      if (model.kind !== ReflectionKind.Module) return inherited(model, options)
      const [pkg, name] = model.name.split("/")
      const path = `@effect-certifier/${pkg}`
      const isInBarrel = read(`packages/${pkg}/src/index.ts`).includes(`/${name}.js"`)
      for (const category of model.categories ?? []) {
        category.title = category.title.charAt(0).toUpperCase() + category.title.slice(1)
      }
      const line = isInBarrel ? `import { ${name} } from "${path}"` : `import * as ${name} from "${path}/${name}"`
      return [
        linked(this, model, moduleText(model)),
        `\`\`\`ts\n${line}\n\`\`\``,
        this.partials.body(model, options)
      ].join("\n\n")
    }
  }
}

class Theme extends MarkdownTheme {
  getRenderContext(page) {
    return new Context(this, page, this.application.options)
  }
}

const exportSpecifier = (module, name) =>
  module?.exports?.get(name)?.declarations?.find((declaration) => ts.isExportSpecifier(declaration))

const app = await Application.bootstrapWithPlugins({
  plugin: ["typedoc-plugin-markdown"],
  tsconfig: `${docs}tsconfig.reference.json`,
  entryPoints: packages.map((name) => `${root}packages/${name}/src/[A-Z]*.ts`),
  logLevel: "Warn",
  treatWarningsAsErrors: true,
  // Compiled by `pnpm check`, with the compiler that the packages are written for.
  skipErrorChecking: true,
  readme: "none",
  disableSources: true,
  excludeExternals: true,
  excludePrivate: true,
  categorizeByGroup: false,
  defaultCategory: "other",
  categoryOrder: [
    "constructors",
    "layers",
    "combinators",
    "policies",
    "testing",
    "tags",
    "models",
    "schemas",
    "errors"
  ],
  sort: ["source-order"],
  validation: { notExported: false, invalidLink: true },
  outputFileStrategy: "modules",
  hidePageHeader: true,
  hideBreadcrumbs: true,
  entryFileName: "index",
  pageTitleTemplates: { module: ({ name }) => name.split("/")[1], index: () => "Reference" },
  theme: "docs",
  out
})
app.renderer.defineTheme("docs", Theme)
app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
  if (reflection.parent?.kind !== ReflectionKind.Module) return
  const wanted = {
    [ReflectionKind.TypeAlias]: ts.isTypeAliasDeclaration,
    [ReflectionKind.Interface]: ts.isInterfaceDeclaration,
    [ReflectionKind.Class]: ts.isClassDeclaration
  }[reflection.kind]
  const declarations = context.getSymbolFromReflection(reflection)?.declarations ?? []
  const isValue = (found) =>
    ts.isVariableDeclaration(found) || ts.isFunctionDeclaration(found) || ts.isBindingElement(found)
  const node = declarations.find(wanted ?? isValue)
  if (node === undefined) return
  const text = signature(node, context.checker)
  const declared = node.name?.getText()
  signatures.set(
    reflection,
    declared === reflection.name ? text : text.replace(`const ${declared}:`, `const ${reflection.name}:`)
  )
  if (ts.isBindingElement(node)) {
    reflection.comment = context.getNodeComment(ts.findAncestor(node, ts.isVariableStatement), false)
  }
  // Exported by a clause that has the docstring, such as `export { remove as delete }`.
  const specifier = exportSpecifier(context.getSymbolFromReflection(reflection.parent), reflection.name)
  if (specifier !== undefined && reflection.comment === undefined) {
    const comment = context.getNodeComment(specifier, false)
    reflection.comment = comment
    for (const each of reflection.signatures ?? []) each.comment ??= comment
  }
})
app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
  for (const module of project.children ?? []) {
    module.name = module.name.replace("/src/", "/")
    // A schema and the type of the same name are documented together.
    const isType = ({ kind }) => kind === ReflectionKind.TypeAlias || kind === ReflectionKind.Interface
    for (const type of (module.children ?? []).filter(isType)) {
      const schema = module.children?.find((other) => other.name === type.name && !isType(other))
      if (schema === undefined) continue
      signatures.set(schema, `${signatures.get(schema)}\n\n${signatures.get(type)}`)
      project.removeReflection(type)
    }
  }
})

const project = await app.convert()
if (project === undefined) throw new Error("the sources could not be read")
await app.generateOutputs(project)
if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exit(1)

for (const name of packages) {
  // Links in the README are relative to the folder of the package.
  const readme = read(`packages/${name}/README.md`).replace(/\]\((?!#|[a-z]+:)([^)]+)\)/g, (all, link) =>
    link.startsWith("../../docs/")
      ? `](../../${link.slice("../../docs/".length)})`
      : `](../../../packages/${name}/${link})`
  )
  writeFileSync(`${out}/${name}/index.md`, readme)
}
const modules = (name) =>
  (project.children ?? [])
    .filter((module) => module.name.startsWith(`${name}/`))
    .map((module) => {
      const file = module.name.slice(name.length + 1)
      const [about] = moduleText(module).split(/\.(?= |\n|$)/)
      return `| [${file}](${module.name}.md) | ${about.replace(/\s+/g, " ")} |`
    })
const tables = packages.map((name) =>
  [
    `## [@effect-certifier/${name}](${name}/index.md)`,
    "",
    "| module | description |",
    "| --- | --- |",
    ...modules(name),
    ""
  ].join("\n")
)
writeFileSync(
  `${out}/index.md`,
  ["# Reference", "", "The modules of each package, from their docstrings.", "", ...tables].join("\n")
)
