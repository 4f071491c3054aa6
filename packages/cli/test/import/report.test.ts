import * as Credential from "@effect-certifier/core/Credential"
import * as Issuance from "@effect-certifier/core/Issuance"
import * as CertifierError from "@effect-certifier/core/CertifierError"
import * as Option from "effect/Option"
import { parse } from "csv-parse/sync"
import { describe, expect, it } from "vitest"
import * as Columns from "../../src/internal/import/columns.js"
import * as Report from "../../src/internal/import/report.js"

const result = (name: string, fields: Partial<Report.Result> = {}): Report.Result => ({
  seq: 0,
  item: { groupId: "g", recipient: { name, email: "ada@example.com" } },
  state: "done",
  attempts: 1,
  result: Option.none(),
  error: Option.none(),
  ...fields
})

const cells = (one: Report.Result) =>
  Report.cells({ job: "import-1", result: one, line: 2, publicBase: undefined, hint: (text) => text })

const created = {
  credentialId: Credential.CredentialId.make("01k0crd00000000000000000c1"),
  publicId: Credential.PublicId.make("6f1d2c3b-4a59-4e68-8b77-0123456789ab")
}

describe("the report", () => {
  it.each([
    [
      "done",
      { result: Option.some({ id: created.credentialId, publicId: created.publicId }) },
      ["done", created.credentialId, `https://credsverse.com/credentials/${created.publicId}`, "", ""]
    ],
    ["pending", { state: "pending" }, ["pending", "", "", "", "To resume: certifier jobs resume import-1"]],
    [
      "failed",
      { state: "failed", error: Option.some(new CertifierError.NotFound({ operation: "createCredential" })) },
      [
        "failed",
        "",
        "",
        new CertifierError.NotFound({ operation: "createCredential" }).message,
        "Nothing was mailed. Correct the cause, then: certifier jobs retry import-1 --failed"
      ]
    ]
  ] as const)("shows an item that is %s", (_, fields, expected) =>
    expect(cells(result("Ada", fields))).toEqual(["2", "Ada", "ada@example.com", ...expected])
  )

  it("advises asking the recipient if it is unknown whether a mail was sent", () => {
    const step = Issuance.Send.make({ ...created, attemptedAt: Option.none() })
    const error = new Issuance.Uncertain({ step, reason: "NoDeliveryState", found: [], failures: [] })
    const [, , , state, id, , , advice] = cells(result("Ada", { state: "unknown", error: Option.some(error) }))
    expect([state, id, advice]).toEqual([
      "unknown",
      created.credentialId,
      "Ask the recipient whether the mail arrived. To mail once more: certifier jobs retry import-1 --unknown"
    ])
  })

  it.each(["=cmd()", "-Ada", "+1", "@SUM(A1)", "\ttab", "\rreturn", '=HYPERLINK("http://x";"y")'])(
    "prefixes %j, which remains unchanged in the credential",
    (name) => {
      const [row] = parse(Report.toCsv([cells(result(name))], ";"), { delimiter: ";", record_delimiter: "\r\n" })
      expect(row?.[1]).toBe(`'${name}`)
      const columns = [{ title: "name", field: "name" as const }]
      expect(Columns.toFields("g", columns, [name]).recipient.name).toBe(name.trim())
    }
  )

  it("does not prefix cells that a spreadsheet reads as text", () =>
    expect(Report.toCsv([['Ada, "Lin" & Söhne', "2026-01-15"]], ",")).toBe('"Ada, ""Lin"" & Söhne","2026-01-15"\r\n'))
})
