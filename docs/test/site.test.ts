import axe from "axe-core"
import { type Browser, chromium, type Page } from "playwright-core"
import { once } from "node:events"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { createServer, type Server } from "node:http"
import { extname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, assert, beforeAll, describe, it } from "vitest"

declare global {
  interface Window {
    readonly axe: typeof axe
  }
}

const root = fileURLToPath(new URL("../..", import.meta.url))
const dist = fileURLToPath(new URL("../.vitepress/dist", import.meta.url))
const executablePath = ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((path) => existsSync(path))

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".json": "application/json"
}

/** Serves static files, as any host does. */
const serve = (): Server =>
  createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost")
    const file = join(dist, pathname.endsWith("/") ? `${pathname}index.html` : pathname)
    if (!file.startsWith(dist) || !existsSync(file)) return response.writeHead(404).end()
    return response.writeHead(200, { "content-type": types[extname(file)] ?? "text/plain" }).end(readFileSync(file))
  }).listen(0, "127.0.0.1")

let server: Server
let browser: Browser
let base: string

beforeAll(async () => {
  assert.isTrue(existsSync(join(dist, "index.html")), "The site is not built: npx -y pnpm docs:build")
  assert.isDefined(executablePath, "There is no Chromium: sh .ci/services")
  server = serve()
  await once(server, "listening")
  const address = server.address()
  base = `http://127.0.0.1:${typeof address === "object" ? address?.port : address}`
  browser = await chromium.launch({
    executablePath: executablePath ?? "",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync"
    ]
  })
})

afterAll(async () => {
  await browser.close()
  server.close()
})

interface Trouble {
  readonly external: Array<string>
  readonly errors: Array<string>
}

/** A page that records requests to other hosts and errors on the console, which must not happen. */
const open = async (width: number): Promise<Page & { trouble: Trouble }> => {
  const context = await browser.newContext({ viewport: { width, height: 844 }, reducedMotion: "reduce" })
  const page = await context.newPage()
  const trouble: Trouble = { external: [], errors: [] }
  await context.route("**", (route) => {
    const url = route.request().url()
    if (url.startsWith(base)) return route.continue()
    trouble.external.push(url)
    return route.abort()
  })
  page.on("console", (message) => message.type() === "error" && trouble.errors.push(message.text()))
  page.on("pageerror", (error) => trouble.errors.push(String(error)))
  page.on("response", (response) => response.ok() || trouble.errors.push(`${response.status()} ${response.url()}`))
  return Object.assign(page, { trouble })
}

/** Waits until the page reacts to keys and clicks. */
const visit = async (page: Page, path: string): Promise<void> => {
  await page.goto(base + path)
  await page.waitForFunction(() => "__vue_app__" in (document.querySelector("#app") ?? {}))
}

interface Seen {
  readonly links: ReadonlyArray<string>
  readonly anchors: ReadonlySet<string>
}

describe("the documentation site", () => {
  it("has no dead link, no error, no request to another host and no page wider than a phone", async () => {
    const page = await open(390)
    const pages = new Map<string, Seen>()
    const wide: Array<string> = []
    const queue = ["/"]
    for (const path of queue) {
      await visit(page, path)
      const { anchors, links, overflow } = await page.evaluate(() => ({
        links: [...document.querySelectorAll("a[href]")].map((link) => (link as HTMLAnchorElement).href),
        anchors: [...document.querySelectorAll("[id]")].map(({ id }) => id),
        overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth
      }))
      if (overflow > 0) wide.push(`${path} by ${overflow} px`)
      const inner = links.filter((link) => link.startsWith(base)).map((link) => link.slice(base.length))
      pages.set(path, { links: inner, anchors: new Set(anchors) })
      for (const link of inner) {
        const [target = ""] = link.split("#")
        if (!queue.includes(target) && /(\/|\.html)$/.test(target)) queue.push(target)
      }
    }

    const dead = [...pages].flatMap(([path, { links }]) =>
      links.flatMap((link) => {
        const [target = "", anchor = ""] = link.split("#")
        const seen = pages.get(target)
        const isAlive = seen !== undefined && (anchor === "" || seen.anchors.has(decodeURIComponent(anchor)))
        return isAlive ? [] : [`${path} -> ${link}`]
      })
    )
    assert.deepStrictEqual({ dead, wide, ...page.trouble }, { dead: [], wide: [], external: [], errors: [] })
    assert.isAbove(pages.size, 30)
    await page.context().close()
  })

  it("finds a module by keyboard alone, without a network", async () => {
    const page = await open(1280)
    await visit(page, "/")
    await page.keyboard.press("Control+k")
    await page.waitForSelector(".VPLocalSearchBox input:focus")
    await page.keyboard.type("RetryBudget")
    await page.waitForSelector(".VPLocalSearchBox .result")
    await page.keyboard.press("Enter")
    await page.waitForURL("**/reference/retry/RetryBudget.html*")
    await page.getByRole("heading", { level: 1, name: /^RetryBudget/ }).waitFor()
    await page.keyboard.press("Control+k")
    await page.waitForSelector(".VPLocalSearchBox input:focus")
    await page.keyboard.press("Escape")
    await page.waitForSelector(".VPLocalSearchBox", { state: "detached" })
    assert.deepStrictEqual(page.trouble, { external: [], errors: [] })
    await page.context().close()
  })

  it("links each guide to the next one, and each page to its source", async () => {
    const page = await open(1280)
    const seen: Array<string> = []
    let path: string | undefined = "/guides/getting-started.html"
    while (path?.startsWith("/guides/") === true && seen.length < 50) {
      seen.push(path)
      await visit(page, path)
      const href = await page.getByRole("link", { name: "Edit this page" }).getAttribute("href")
      const [, source] = /\/edit\/main\/(.*)$/.exec(href ?? "") ?? []
      assert.isTrue(existsSync(join(root, source ?? "none")), `${path}: ${href}`)
      const next = page.locator("a.pager-link.next")
      path = (await next.count()) === 0 ? undefined : ((await next.getAttribute("href")) ?? undefined)
    }
    const guides = readdirSync(join(root, "docs/guides")).map((file) => `/guides/${file.replace(/\.md$/, ".html")}`)
    assert.sameMembers(seen, guides)
    for (const generated of ["/reference/core/Group.html", "/reference/retry/"]) {
      await visit(page, generated)
      const href = await page.getByRole("link", { name: "Edit this page" }).getAttribute("href")
      assert.isTrue(existsSync(join(root, href?.split("/edit/main/")[1] ?? "none")), `${generated}: ${href}`)
    }
    await page.context().close()
  })

  it("has a list of all its pages for language models", () => {
    const links = [...readFileSync(join(dist, "llms.txt"), "utf8").matchAll(/^- \[.+\]\((.*)\): .+\.$/gm)].map(
      ([, link = ""]) => link
    )
    const pages = readdirSync(dist, { recursive: true, encoding: "utf8" })
      .filter((file) => /^(guides|reference|decisions)\/.*\.html$/.test(file))
      .map((file) => `/${file}`)
    assert.sameMembers(links, pages)
    assert.include(readFileSync(join(dist, "llms-full.txt"), "utf8"), "CertifierClient.updateGroup(")
  })

  it("works by keyboard: a link skips the navigation, and the focus is visible", async () => {
    const page = await open(1280)
    await visit(page, "/guides/errors.html")
    const focused = () =>
      page.evaluate(() => {
        const element = document.activeElement
        const style = element === null ? undefined : getComputedStyle(element)
        const box = element?.getBoundingClientRect()
        return {
          isBody: element === document.body,
          text: element?.textContent?.trim() ?? "",
          isSeen: style?.outlineStyle !== "none" && (box?.width ?? 0) > 1 && (box?.height ?? 0) > 1,
          isInMain: element?.closest("main, #VPContent") !== null
        }
      })
    await page.keyboard.press("Tab")
    assert.include(await focused(), { text: "Skip to content", isSeen: true })
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    assert.isTrue((await focused()).isInMain)
    const stops: Array<string> = []
    const unseen: Array<string> = []
    // Until the focus has moved from the page to the controls of the browser.
    for (let current = await focused(); !current.isBody && stops.length < 200; current = await focused()) {
      stops.push(current.text)
      if (!current.isSeen) unseen.push(current.text)
      await page.keyboard.press("Tab")
    }
    assert.includeMembers(stops, ["reference"])
    assert.deepStrictEqual(unseen, [])
    await page.context().close()
  })

  it("has a menu on a phone that opens and closes by keyboard", async () => {
    const page = await open(390)
    await visit(page, "/guides/errors.html")
    const menu = page.getByRole("button", { name: /^Menu$/ })
    await menu.focus()
    await page.keyboard.press("Enter")
    await page.getByRole("link", { name: "Other transports" }).first().waitFor()
    await page.keyboard.press("Escape")
    await page.waitForSelector(".VPSidebar.open", { state: "detached" })
    assert.deepStrictEqual(page.trouble, { external: [], errors: [] })
    await page.context().close()
  })

  it("has diagrams in the colours of the page, whatever the colour scheme of the system is", async () => {
    /** Two pixels of the background of the first diagram. */
    const background = async (colorScheme: "light" | "dark", isSwitched: boolean) => {
      const page = await open(1280)
      await page.emulateMedia({ colorScheme })
      await visit(page, "/guides/getting-started.html")
      if (isSwitched) await page.locator("button.VPSwitchAppearance").first().click()
      // The page is loaded with the stored choice, so no transition is running.
      await visit(page, "/guides/getting-started.html")
      const diagram = page.locator(".vp-doc img").first()
      await diagram.evaluate((image: HTMLImageElement) => image.decode())
      await diagram.scrollIntoViewIfNeeded()
      const box = await diagram.boundingBox()
      assert.isNotNull(box)
      const pixels = await page.screenshot({ clip: { x: box.x + 8, y: box.y + 60, width: 2, height: 2 } })
      await page.context().close()
      return pixels.toString("base64")
    }
    const light = await background("light", false)
    const dark = await background("dark", false)
    assert.notStrictEqual(light, dark)
    assert.strictEqual(await background("light", true), dark)
    assert.strictEqual(await background("dark", true), light)
  })

  it.each(["light", "dark"] as const)("passes axe in %s mode", async (colorScheme) => {
    const page = await open(1280)
    await page.emulateMedia({ colorScheme })
    const objections: Array<string> = []
    for (const path of ["/", "/guides/errors.html", "/reference/", "/reference/core/Group.html"]) {
      await visit(page, path)
      await page.addScriptTag({ content: axe.source })
      const { violations } = await page.evaluate(() =>
        // The search button shows its shortcut, which is not part of its name.
        window.axe.run({ rules: { "label-content-name-mismatch": { enabled: false } } })
      )
      for (const { id, nodes } of violations) {
        objections.push(...nodes.map(({ target }) => `${path}: ${id}: ${String(target)}`))
      }
    }
    assert.deepStrictEqual(objections, [])
    await page.context().close()
  })
})
