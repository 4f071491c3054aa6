// Publishes what is committed: `npx -y pnpm release`, or with `--dry-run` everything up to that point. All of it happens in a
// clone of its own, so that no file which is not committed gets into a tarball, and a dry run leaves nothing behind.
import { execFileSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"

const { values } = parseArgs({ options: { "dry-run": { type: "boolean", default: false } } })
const dry = values["dry-run"]
const root = fileURLToPath(new URL("..", import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "effect-certifier-release-"))
const clone = join(folder, "clone")
const tarballs = join(folder, "tarballs")

const minutes = (count) => count * 60_000
const run = (cwd, file, ...args) => execFileSync(file, args, { cwd, stdio: "inherit", timeout: minutes(10) })
const read = (cwd, file, ...args) => execFileSync(file, args, { cwd, encoding: "utf8", timeout: minutes(2) }).trim()
const pnpm = (...args) => run(clone, "npx", "-y", "pnpm", ...args)
const say = (text) => console.log(`\n== ${text}`)

const pending = () =>
  readdirSync(join(clone, ".changeset")).filter((file) => file.endsWith(".md") && file !== "README.md")

/** The part of a package's changelog that is about one version. */
const changes = (name, version) => {
  const text = readFileSync(join(clone, "packages", name, "CHANGELOG.md"), "utf8")
  const [, part] = text.split(`\n## ${version}\n`)
  if (part === undefined) {
    throw new Error(`packages/${name}/CHANGELOG.md says nothing about ${version}`)
  }
  return part.split("\n## ")[0].trim()
}

/** What an interrupted release has published already is not published again. */
const isPublished = (id) => {
  try {
    return read(folder, "npm", "view", id, "version") !== ""
  } catch (error) {
    if (String(error.message).includes("E404")) {
      return false
    }
    throw error
  }
}

const release = () => {
  const dirty = read(root, "git", "status", "--porcelain")
  if (dirty !== "") {
    throw new Error(`Commit or remove these first:\n${dirty}`)
  }

  say(`${dry ? "A dry run of a" : "A"} release of ${read(root, "git", "log", "-1", "--format=%h %s")}`)
  run(root, "git", "clone", "--quiet", "--shared", root, clone)
  pnpm("install", "--frozen-lockfile", "--prefer-offline", "--reporter=silent")

  if (pending().length > 0) {
    if (!dry) {
      throw new Error(`Run \`npx -y pnpm version-packages\` and commit: ${pending().join(", ")} not applied yet`)
    }
    say("Versions and changelogs, as `npx -y pnpm version-packages` will write them")
    pnpm("version-packages")
  }

  say("Check")
  pnpm("check")

  say("Pack")
  run(clone, process.execPath, "scripts/pack.mjs", tarballs)
  // `core` comes first: the others ask for it.
  const packages = ["core", "retry", "sandbox"].map((name) => {
    const { name: scoped, version } = JSON.parse(readFileSync(join(clone, "packages", name, "package.json"), "utf8"))
    return {
      id: `${scoped}@${version}`,
      tarball: join(tarballs, `effect-certifier-${name}-${version}.tgz`),
      name,
      version
    }
  })

  for (const { id, name, tarball, version } of packages) {
    say(id)
    console.log(changes(name, version))
    pnpm("--filter", "@effect-certifier/ecosystem-tests", "exec", "publint", tarball, "--strict")
    if (dry) {
      run(folder, "npm", "publish", tarball, "--access", "public", "--dry-run", "--loglevel=error")
    } else if (isPublished(id)) {
      console.log("is published already")
    } else {
      run(folder, "npm", "publish", tarball, "--access", "public")
    }
  }

  for (const { id } of packages) {
    if (dry) {
      say(`Would be tagged: ${id}`)
    } else if (read(root, "git", "tag", "--list", id) === "") {
      run(root, "git", "tag", "--annotate", id, "--message", id)
    }
  }
  say(dry ? "Nothing was published, nothing was written" : "Published. Now: git push --follow-tags")
}

try {
  release()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
