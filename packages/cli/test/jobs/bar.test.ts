import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import { describe, expect, it } from "vitest"
import * as Bar from "../../src/internal/jobs/bar.js"
import * as Operations from "../../src/internal/jobs/operations.js"
import * as State from "../../src/internal/jobs/state.js"

const counts: Bar.Counts = {
  total: 400,
  done: 117,
  failed: 2,
  unknown: 1,
  rate: 1,
  remaining: Option.some(Duration.seconds(280))
}

describe("the bar", () => {
  it.each([
    [80, "[=========                    ]  120/400  2 failed  1 unknown  4:40 left  1.0/s"],
    [40, "[==     ]  120/400  2 failed  1 unknown"],
    [20, "[==      ]  120/400"],
    [8, "[==    ]"]
  ])("shows in %i columns the parts that fit", (columns, line) => expect(Bar.line(counts, columns)).toBe(line))

  it("is narrower than the terminal, and shows the progress", () => {
    for (let columns = 10; columns <= 200; columns += 1) {
      for (let done = 0; done <= 400; done += 50) {
        const line = Bar.line({ ...counts, done, failed: 0, unknown: 0 }, columns)
        expect(line.length).toBeLessThan(columns)
        const { length = 0 } = /\[(=*) *\]/.exec(line)?.[1] ?? {}
        const size = line.indexOf("]") - 1
        expect(length).toBe(Math.round((done / 400) * size))
      }
    }
  })

  it.each([
    [0, "0:00"],
    [9, "0:09"],
    [247, "4:07"],
    [3909, "1:05:09"]
  ])("shows %i seconds as %s", (seconds, text) => expect(Bar.clock(Duration.seconds(seconds))).toBe(text))
})

describe("the state folder", () => {
  const system = (platform: NodeJS.Platform, variables: Readonly<Record<string, string>> = {}): State.System => ({
    platform,
    home: "/home/ada",
    variable: (name) => Option.fromNullable(variables[name])
  })

  it.each([
    ["linux", {}, "/home/ada/.local/state/certifier"],
    ["linux", { XDG_STATE_HOME: "/state" }, "/state/certifier"],
    ["linux", { XDG_STATE_HOME: "relative" }, "/home/ada/.local/state/certifier"],
    ["darwin", {}, "/home/ada/Library/Application Support/certifier"],
    ["win32", { LOCALAPPDATA: "/local" }, "/local/certifier"],
    ["win32", {}, "/home/ada/AppData/Local/certifier"]
  ] as const)("on %s with %j", (platform, variables, folder) =>
    expect(State.folder(system(platform, variables))).toBe(folder)
  )
})

describe("the name of an operation", () => {
  it.each([
    { send: true, baseUrl: Option.none() },
    { send: false, baseUrl: Option.some("http://127.0.0.1:4010") }
  ])("contains the kind of the job and its service", (kind) =>
    expect(Operations.kindOf(Operations.nameOf(kind))).toEqual(Option.some(kind))
  )

  it("is not recognized if it is from another program", () =>
    expect(Operations.kindOf("issueCredential")).toEqual(Option.none()))
})
