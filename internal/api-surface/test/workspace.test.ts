import { existsSync, readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"

const root = fileURLToPath(new URL("../../../", import.meta.url))

/** The direct dependencies that each published package may have; their dependencies are allowed as well. */
const arrows: Readonly<Record<string, ReadonlyArray<string>>> = {
  core: [],
  retry: ["core"],
  sandbox: ["core"],
  jobs: ["retry"],
  cli: ["jobs", "sandbox"]
}

interface Room {
  readonly folder: string
  readonly name: string
  /** The names of all dependencies in the manifest, of any kind. */
  readonly needs: ReadonlyArray<string>
}

const namesOf = (value: unknown): ReadonlyArray<string> =>
  typeof value === "object" && value !== null ? Object.keys(value) : []

const roomIn = (folder: string): Room => {
  const manifest: Readonly<Record<string, unknown>> = JSON.parse(readFileSync(`${root}${folder}/package.json`, "utf8"))
  const kinds = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"]
  return { folder, name: String(manifest["name"]), needs: kinds.flatMap((kind) => namesOf(manifest[kind])) }
}

const folders = (readFileSync(`${root}pnpm-workspace.yaml`, "utf8").match(/^packages:\n((?: {2}- .*\n)+)/m)?.[1] ?? "")
  .trimEnd()
  .split("\n")
  .map((line) => line.replace(/^ {2}- /, ""))
  .flatMap((pattern) => {
    if (!pattern.endsWith("/*")) return [pattern]
    const parent = pattern.slice(0, -"/*".length)
    return readdirSync(`${root}${parent}`).map((child) => `${parent}/${child}`)
  })
  .filter((folder) => existsSync(`${root}${folder}/package.json`))

const rooms = folders.map(roomIn)
const byName = new Map(rooms.map((room) => [room.name, room]))
const within = ({ needs }: Room) => needs.flatMap((name) => byName.get(name) ?? [])

/** Every cycle from a room back to itself, as the names along it. */
const cyclesOf = (room: Room, path: ReadonlyArray<Room> = []): ReadonlyArray<string> => {
  if (room === path[0]) return [[...path, room].map(({ name }) => name).join(" -> ")]
  if (path.includes(room)) return []
  return within(room).flatMap((next) => cyclesOf(next, [...path, room]))
}

const below = (name: string): ReadonlyArray<string> =>
  (arrows[name] ?? []).flatMap((direct) => [direct, ...below(direct)])

describe("the workspace", () => {
  it("is read completely", () => {
    expect(folders).toEqual(expect.arrayContaining(["packages/core", "examples", "internal/bench", "docs"]))
  })

  it("has no cycle, including devDependencies and peerDependencies", () => {
    expect(rooms.flatMap((room) => cyclesOf(room))).toEqual([])
  })

  it.each(rooms.filter(({ folder }) => folder.startsWith("packages/")))("$folder imports only downwards", (room) => {
    const allowed = below(room.folder.slice("packages/".length)).map((name) => `packages/${name}`)
    expect(
      within(room)
        .map(({ folder }) => folder)
        .filter((folder) => !allowed.includes(folder))
    ).toEqual([])
  })

  it("publishes the packages in packages, and no others", () => {
    const published = folders.filter(
      (folder) => !JSON.parse(readFileSync(`${root}${folder}/package.json`, "utf8")).private
    )
    expect(published).toEqual(folders.filter((folder) => folder.startsWith("packages/")))
  })

  it("imports the list of all operations only for the sandbox, and in tests", () => {
    const sources = ["packages/core/src", "packages/retry/src", "examples/src", "internal/bench/src"].flatMap(
      (folder) =>
        readdirSync(`${root}${folder}`, { recursive: true, encoding: "utf8" })
          .filter((file) => file.endsWith(".ts") && !/^(index|CertifierApi)\.ts$/.test(file))
          .map((file) => `${folder}/${file}`)
    )
    expect(sources.length).toBeGreaterThan(40)
    const imports = /^import [^"]*(?:\bCertifierApi\b[^"]*"|"[^"]*\/CertifierApi(?:\.js)?")/m
    expect(sources.filter((file) => imports.test(readFileSync(`${root}${file}`, "utf8")))).toEqual([])
  })
})
