import * as Attribute from "@effect-certifier/core/Attribute"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import * as Check from "../../src/internal/import/check.js"
import * as Columns from "../../src/internal/import/columns.js"
import * as JobId from "../../src/internal/import/jobId.js"
import * as Summary from "../../src/internal/import/summary.js"

const attributes = Schema.decodeSync(Schema.Array(Attribute.Attribute))([
  { id: "1", tag: "custom.mentor", name: "Mentor of the class", type: "text", isDefault: false },
  { id: "2", tag: "recipient.name", name: "Recipient", type: "text", isDefault: true }
])

const header = (
  titles: ReadonlyArray<string>,
  map: Readonly<Record<string, string>> = {},
  listed = true,
  send = true
) =>
  Columns.fromHeader({
    header: titles,
    attributes: listed ? Option.some(attributes) : Option.none(),
    map: new Map(Object.entries(map)),
    send
  })

const fieldsOf = (result: ReturnType<typeof header>) =>
  Either.map(result, (columns) => columns.map(({ field }) => field))

describe("the header", () => {
  it.each([
    [
      ["name", "email", "issue_date", "expiry_date"],
      ["name", "email", "issue_date", "expiry_date"]
    ],
    [
      ["Full Name", "E-Mail", "Issue Date", "expiryDate"],
      ["name", "email", "issue_date", "expiry_date"]
    ],
    [
      ["recipient.name", "recipient.email", "mentor", ""],
      ["name", "email", "custom.mentor", undefined]
    ],
    [
      ["Name", "Email", "custom.mentor"],
      ["name", "email", "custom.mentor"]
    ],
    [
      ["Name", "Email", "mentor of the class"],
      ["name", "email", "custom.mentor"]
    ]
  ])("%j", (titles, fields) => expect(fieldsOf(header(titles))).toEqual(Either.right(fields)))

  it("is mapped by --map, which can ignore columns", () =>
    expect(fieldsOf(header(["Wer", "email", "Notes", "By"], { wer: "name", notes: "-", By: "mentor" }))).toEqual(
      Either.right(["name", "email", undefined, "custom.mentor"])
    ))

  it("needs no email address if nothing is mailed", () =>
    expect(fieldsOf(header(["name"], {}, true, false))).toEqual(Either.right(["name"])))

  it("can contain keys of attributes if the service does not list attributes", () => {
    expect(fieldsOf(header(["name", "email", "custom.tutor"], {}, false))).toEqual(
      Either.right(["name", "email", "custom.tutor"])
    )
    expect(Either.isLeft(header(["name", "email", "tutor"], {}, false))).toBe(true)
  })

  it("reports all of its faults", () => {
    const faults = Either.getOrElse(
      Either.flip(header(["e-mail", "mail", "shoe size", "x"], { gone: "name", x: "y" })),
      () => []
    )
    expect(faults.map(({ column, problem }) => `${column} ${problem}`)).toEqual([
      "mail maps to email, and so does the column e-mail",
      'shoe size is not a known field. The attributes are: custom.mentor. To ignore the column: --map "shoe size=-"',
      "x is mapped to y, which is not a known field. The attributes are: custom.mentor.",
      "gone is in --map, but the file has no such column",
      'name is missing. If it has another title: --map "TITLE=name"'
    ])
  })
})

const columns = Either.getOrThrow(
  header(["Name", "Email", "Issue Date", "Expiry", "Mentor", ""], { expiry: "expiry_date" })
)

const checks: Check.Checks = { groupId: "01g90279gp5sbmfek7wymcsvec", columns, send: true }

const faultsOf = (rows: ReadonlyArray<ReadonlyArray<string>>, send = true) => {
  const seen = new Check.Seen()
  const faults = rows.flatMap((cells, at) => Check.row({ ...checks, send }, { cells, line: at + 2 }, seen))
  return { faults: faults.map(Check.sentence), seen }
}

describe("rows", () => {
  it("are decoded without empty cells and surrounding spaces", () =>
    expect(Columns.toFields("g", columns, [" Ada Example ", "ada@example.com", "2026-01-15", "", " Lin "])).toEqual({
      groupId: "g",
      recipient: { name: "Ada Example", email: "ada@example.com" },
      issueDate: "2026-01-15",
      customAttributes: { "custom.mentor": "Lin" }
    }))

  it("report all of their faults with their lines", () => {
    const { faults } = faultsOf([
      ["Ada", "ada@example.com"],
      ["", "no-address", "31.01.2026"],
      ["Lin", "lin@example.com", "2026-02-01", "2026-01-01", "", "stray"],
      ["Ada again", "ADA@example.com"],
      ["Zed", ""]
    ])
    expect(faults).toEqual([
      "Line 3: Name is empty.\n",
      'Line 3: Email "no-address" is not an email address.\n',
      'Line 3: Issue Date "31.01.2026" is not a date as YYYY-MM-DD.\n',
      'Line 4: 6 "stray" is in a column without a title.\n',
      'Line 4: Expiry "2026-01-01" is before issueDate.\n',
      'Line 5: Email "ADA@example.com" is the same person as in line 2.\n',
      "Line 6: Email is empty.\n"
    ])
  })

  it("are distinguished by name if there are no email addresses", () => {
    const { faults } = faultsOf([["Ada"], ["Lin"], [" ada"]], false)
    expect(faults).toEqual(['Line 4: Name "ada" is the same person as in line 2.\n'])
  })
})

describe("the id of a job", () => {
  const identity = { digest: "d", groupId: "g", send: true, map: new Map([["a", "b"]]), baseUrl: undefined }

  it("is the same for the same content, group and options", () =>
    expect(JobId.make(identity)).toBe(JobId.make({ ...identity, map: new Map(identity.map) })))

  it.each([
    { digest: "e" },
    { groupId: "h" },
    { send: false },
    { map: new Map() },
    { baseUrl: "http://127.0.0.1:4010" }
  ])("differs with %j", (change) => expect(JobId.make({ ...identity, ...change })).not.toBe(JobId.make(identity)))
})

describe("the summary", () => {
  it.each([
    [1, "less than a minute"],
    [400, "about 7 minutes"],
    [100_000, "about 27:46 hours"]
  ])("for %i people", (rows, time) =>
    expect(Summary.text({ file: "people.csv", group: "First Aid 2026", rows, send: true, requestsPerSecond: 3 })).toBe(
      [
        "Group    First Aid 2026",
        `File     people.csv: ${rows} ${rows === 1 ? "person" : "people"}, no faults`,
        `Issues   ${rows} ${rows === 1 ? "credential" : "credentials"}`,
        `Mails    ${rows}`,
        `Takes    ${time}, at 3 requests a second`
      ].join("\n")
    )
  )
})
