import * as Options from "@effect/cli/Options"
import * as Leaf from "../leaf.js"
import * as Flags from "./flags.js"

export const importFile = Leaf.calling(
  "import",
  {
    file: Flags.arg("FILE", "A CSV file. The titles of its columns: name, email, issue_date, expiry_date, attributes"),
    group: Options.text("group").pipe(
      Options.withPseudoName("GROUP"),
      Options.withDescription("The name of the group to issue in, or its id")
    ),
    send: Options.boolean("send").pipe(Options.withDescription("Mails each credential to its recipient")),
    map: Options.text("map").pipe(
      Options.withPseudoName("COLUMN=FIELD"),
      Options.withDescription(
        "Assigns a field to a column whose title is not recognized; - ignores the column; repeated for several"
      ),
      Options.repeated
    ),
    report: Flags.text(
      "report",
      "FILE",
      "Where to write the result of each row; default: people.report.csv for people.csv"
    ),
    database: Flags.database,
    yes: Flags.yes
  },
  {
    description:
      "Issues a credential to each person of a file. Checks all rows and asks for confirmation first. " +
      "The same command continues an interrupted import.",
    examples: [
      'certifier credentials import people.csv --group "First Aid 2026" --send',
      'certifier credentials import people.csv --group "First Aid 2026" --map "Full name=name" --map notes=-'
    ]
  },
  async () => (await import("../actions/credentialsImport.js")).run,
  async () => (await import("../actions/jobsRun.js")).checkDatabase
)
