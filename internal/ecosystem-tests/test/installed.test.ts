import { build } from "esbuild"
import { chromium } from "playwright-core"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, readdirSync } from "node:fs"
import { cp, mkdir, writeFile } from "node:fs/promises"
import { createServer, request as ask } from "node:http"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { Readable } from "node:stream"
import { fileURLToPath } from "node:url"
import { assert, beforeAll, describe, inject, it } from "vitest"
import versions from "../versions.json" with { type: "json" }
import { npmInstall, run } from "./support/run.js"
import { alias, hasRuntimes } from "./support/setup.js"

const browsers = [
  "/usr/bin/chromium",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe"
]

const fixture = fileURLToPath(new URL("../fixture", import.meta.url))
const tool = (name: string, version: string, file: string) => join(inject("tools"), alias(name, version), file)

const outcome = "updated Financial Markets, then CertifierNotFound"
const outcomeOfServer = `${outcome}, in 3 requests\n`

const packages = ["core", "retry", "sandbox", "jobs"].map((name) => `@effect-certifier/${name}`)

/** The command line is installed separately, see below. */
const isProgram = (tarball: string) => /certifier-cli-/.test(tarball)

/** The engine of jobs needs newer versions of the peers than the lowest. */
const packagesAt = (end: "lowest" | "newest") => (end === "newest" ? packages : packages.slice(0, -1))

/** Every entry of the packages that are installed in a folder. */
const entriesIn = (folder: string, names: ReadonlyArray<string>) =>
  names.flatMap((name) => [
    name,
    ...readdirSync(join(folder, "node_modules", name, "dist"))
      .flatMap((file) => /^([A-Z]\w*)\.js$/.exec(file)?.[1] ?? [])
      .map((module) => `${name}/${module}`)
  ])

/** Waits up to thirty seconds for a matching line of a stream. */
const line = async (stream: Readable, pattern: RegExp): Promise<string> => {
  const lines = createInterface({ input: stream })
  const seen: Array<string> = []
  const timer = setTimeout(() => lines.close(), 30_000)
  try {
    for await (const text of lines) {
      seen.push(text)
      const found = pattern.exec(text)?.[1]
      if (found !== undefined) return found
    }
  } finally {
    clearTimeout(timer)
  }
  throw new Error(`no line is ${pattern}:\n${seen.join("\n")}`)
}

/** Runs a process while its output on a stream is used. */
const whileRunning = async <A>(
  file: string,
  args: ReadonlyArray<string>,
  { cwd, pattern, fd = 1 }: { readonly cwd: string; readonly pattern: RegExp; readonly fd?: 1 | 3 },
  use: (found: string) => Promise<A>
): Promise<A> => {
  const child = spawn(file, args, { cwd, stdio: ["ignore", "pipe", "inherit", "pipe"] })
  const ended = once(child, "close")
  try {
    const stream = child.stdio[fd]
    if (!(stream instanceof Readable)) throw new Error(`${file} has no stream ${fd}`)
    return await use(await line(stream, pattern))
  } finally {
    child.kill("SIGKILL")
    await ended
  }
}

/** On Windows, npm links an executable with a shell script. */
const executable =
  process.platform === "win32"
    ? "node_modules/@effect-certifier/sandbox/dist/bin.js"
    : "node_modules/.bin/effect-certifier-sandbox"

/** Starts the executable of the installed sandbox, like a user. */
const withSandbox = <A>(cwd: string, use: (url: string) => Promise<A>): Promise<A> =>
  whileRunning(
    process.execPath,
    [executable, "--port", "0", "--fault", "429"],
    { cwd, pattern: /^Certifier sandbox: (\S+)/ },
    use
  )

/** Serves a page and, under `/api`, the sandbox, on one origin, because the API does not allow pages of other origins. */
const withPage = async <A>(script: string, api: string, use: (url: string) => Promise<A>): Promise<A> => {
  const server = createServer((request, response) => {
    const path = request.url ?? "/"
    if (!path.startsWith("/api/")) {
      const [type, body] =
        path === "/bundle.js"
          ? ["text/javascript", script]
          : ["text/html", '<script type="module" src="/bundle.js"></script>']
      return void response.writeHead(200, { "content-type": type }).end(body)
    }
    const { headers, method } = request
    const passed = ask(
      `${api}${path.slice("/api".length)}`,
      { headers, ...(method === undefined ? {} : { method }) },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      }
    )
    passed.on("error", (error) => response.destroy(error))
    return void request.pipe(passed)
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  try {
    const address = server.address()
    if (address === null || typeof address === "string") throw new Error("a TCP server has no port")
    return await use(`http://127.0.0.1:${address.port}`)
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

const bundle = async (cwd: string, entry: string): Promise<string> => {
  const { outputFiles, warnings } = await build({
    absWorkingDir: cwd,
    entryPoints: [entry],
    bundle: true,
    format: "esm",
    platform: "browser",
    write: false
  })
  assert.deepStrictEqual(warnings, [])
  return outputFiles[0]?.text ?? ""
}

const workerConfig = (baseUrl: string) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker.js", esModule = embed "worker.js")],
      compatibilityDate = "2025-01-01",
      bindings = [(name = "BASE_URL", text = "${baseUrl}")],
      globalOutbound = "loopback"
    )),
    (name = "loopback", network = (allow = ["local"]))
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
`

const servers = [
  ["the Node of this test", process.execPath, []] as const,
  ...(hasRuntimes
    ? [
        ...versions.runtimes.Node.map((release) => ["Node", release, []] as const),
        ...versions.runtimes.Bun.map((release) => ["Bun", release, []] as const),
        ...versions.runtimes.Deno.map((release) => ["Deno", release, ["run", "--allow-all"]] as const)
      ].map(([name, { file, version }, args]) => [`${name} ${version}`, tool(name, version, file), args] as const)
    : [])
]
const nodes = servers.filter(([name]) => name.includes("Node"))

/** Both, unless the environment names one. */
const ends = (["lowest", "newest"] as const).filter((end) => (process.env["PEERS"] ?? end) === end)

describe.each(ends)("with the %s peers", (end) => {
  const folder = join(inject("folder"), end)
  const browser = browsers.find((path) => existsSync(path))

  const compile = (version: string, project: string) =>
    run(process.execPath, [tool("TypeScript", version, "bin/tsc"), "-p", project], { cwd: folder })

  beforeAll(async () => {
    await mkdir(folder)
    await cp(fixture, folder, { recursive: true })
    await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }')
    const peers = Object.entries({ ...versions.peers[end], ...versions.besides[end] })
    await npmInstall(folder, [
      ...inject("tarballs").filter(
        (tarball) => !isProgram(tarball) && (end === "newest" || !/certifier-jobs-/.test(tarball))
      ),
      ...peers.map(([name, version]) => `${name}@${version}`),
      `@types/node@${versions.typesOfNode}`
    ])
    const modules = entriesIn(folder, packagesAt(end)).map((entry, index) => `export * as m${index} from "${entry}"\n`)
    await writeFile(join(folder, "modules.ts"), modules.join(""))
    await compile(versions.typescript.import.at(-1) ?? "", "tsconfig.json")
    await compile(versions.typescript.require.at(-1) ?? "", "tsconfig.require.json")
  })

  it.each(versions.typescript.import)("compiles in a strict program with TypeScript %s", async (version) => {
    await compile(version, "tsconfig.json")
  })

  it.each(versions.typescript.require)("compiles in a strict CommonJS program with TypeScript %s", async (version) => {
    await compile(version, "tsconfig.require.json")
  })

  it.each(servers)("runs on %s", async (_, file, args) => {
    const { stderr, stdout } = await run(file, [...args, "dist/main.js"], { cwd: folder })
    assert.strictEqual(stdout, outcomeOfServer, stderr)
  })

  it.each(nodes)("runs on %s in CommonJS", async (_, file) => {
    const { stdout } = await run(file, ["dist/require.cjs"], { cwd: folder })
    assert.strictEqual(stdout, outcomeOfServer)
  })

  it.each(nodes)("loads every public module on %s, and no internal one", async (_, file) => {
    const { stdout } = await run(
      file,
      [
        "--input-type=module",
        "--eval",
        `await import("./dist/modules.js")
         console.log(await import("@effect-certifier/core/internal/run").catch((error) => error.code))`
      ],
      { cwd: folder }
    )
    assert.strictEqual(stdout, "ERR_PACKAGE_PATH_NOT_EXPORTED\n")
  })

  it.runIf(hasRuntimes).each(versions.runtimes.workerd)("runs on workerd", async ({ file, version }) => {
    await writeFile(join(folder, "dist", "worker.js"), await bundle(folder, "dist/worker.js"))
    const text = await withSandbox(folder, async (sandbox) => {
      await writeFile(join(folder, "dist", "worker.capnp"), workerConfig(sandbox))
      return whileRunning(
        tool("workerd", version, file),
        ["serve", "--control-fd=3", "dist/worker.capnp"],
        { cwd: folder, pattern: /"event":"listen".*"port":(\d+)/, fd: 3 },
        (port) =>
          fetch(`http://127.0.0.1:${port}`, { signal: AbortSignal.timeout(30_000) }).then((answer) => answer.text())
      )
    })
    assert.strictEqual(text, outcome)
  })

  it("runs in a browser", async () => {
    assert.isDefined(browser, "There is no Chromium: sh .ci/services")
    const script = await bundle(folder, "dist/browser.js")
    const chrome = await chromium.launch({ executablePath: browser ?? "", args: ["--no-sandbox", "--disable-gpu"] })
    try {
      const text = await withSandbox(folder, (sandbox) =>
        withPage(script, sandbox, async (url) => {
          const page = await chrome.newPage()
          await page.goto(url, { timeout: 30_000 })
          return page.evaluate("window.outcome")
        })
      )
      assert.strictEqual(text, outcome)
    } finally {
      await chrome.close()
    }
  })
})

describe("the command line, in a folder with nothing else", () => {
  const folder = join(inject("folder"), "cli")
  const bin = join("node_modules", "@effect-certifier", "cli", "dist", "bin.js")

  beforeAll(async () => {
    await mkdir(folder)
    await writeFile(join(folder, "package.json"), '{ "private": true }')
    await npmInstall(folder, inject("tarballs"))
  })

  it("is a command that npx finds", async () => {
    const { stdout } = await run("npx", ["--no-install", "certifier", "--version"], { cwd: folder })
    assert.match(stdout, /^\d+\.\d+\.\d+/)
  })

  it.each(nodes)("lists the groups of the sandbox that it starts, on %s", async (_, file) => {
    const { stdout } = await whileRunning(
      file,
      [bin, "sandbox", "--port", "0"],
      { cwd: folder, pattern: /^Certifier sandbox: (\S+)/ },
      (url) => run(file, [bin, "groups", "list", "--sandbox", url, "--jsonl"], { cwd: folder })
    )
    assert.match(stdout, /^\{"id":"01g90279gp5sbmfek7wymcsvec","name":"Financial Markets",/)
  })

  it("shows help without loading the commands", async () => {
    await writeFile(
      join(folder, "loaded.mjs"),
      `import { register } from "node:module"
       register("data:text/javascript," + encodeURIComponent(
         "export const load = (url, context, next) => { if (url.startsWith('file:')) console.error(url); return next(url, context) }"
       ))`
    )
    const { stderr, stdout } = await run(process.execPath, ["--import", "./loaded.mjs", bin, "--help"], { cwd: folder })
    assert.match(stdout, /^Digital certificates and badges/)
    assert.deepStrictEqual(
      stderr.split("\n").flatMap((url) => /cli\/dist\/(.*)$/.exec(url)?.[1] ?? (/node_modules/.test(url) ? url : [])),
      ["bin.js", "internal/completions.js", "internal/help.js", "internal/pages.js", "internal/wrap.js"]
    )
  })
})
