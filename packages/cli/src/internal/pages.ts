// Written by `scripts/codegen.mjs`.
import type { Entry, Page } from "./help.js"

const limit: Entry = { name: "--limit NUMBER", text: "The maximum number of results" }
const verbose: Entry = { name: "-v, --verbose", text: "Shows each request on standard error, without secrets" }
const sandbox: Entry = { name: "--sandbox [URL]", text: "Sends requests to a sandbox, which needs no access token; default: http://127.0.0.1:4010" }
const tokenFile: Entry = { name: "--token-file FILE", text: "A file with the access token; default: CERTIFIER_ACCESS_TOKEN, or a prompt" }
const json: Entry = { name: "--json", text: "Prints one JSON document" }
const jsonl: Entry = { name: "--jsonl", text: "Prints one JSON value per line" }
const group: Entry = { name: "GROUP", text: "The name of a group, or its id" }
const design: Entry = { name: "--design DESIGN", text: "The name of a design, or its id; repeated for several, in their order" }
const learningEventUrl: Entry = { name: "--learning-event-url URL", text: "The page of the learning event, for digital wallets" }
const yes: Entry = { name: "-y, --yes", text: "Skips the confirmation, for scripts" }
const file: Entry = { name: "FILE", text: "The groups file, as written by `certifier groups pull`" }
const prune: Entry = { name: "--prune", text: "Also deletes the groups that are not in the file" }
const credential: Entry = { name: "CREDENTIAL", text: "The id of a credential, its public link, or the email address of its recipient" }
const issueDate: Entry = { name: "--issue-date DATE", text: "When it counts as issued, as YYYY-MM-DD" }
const expiryDate: Entry = { name: "--expiry-date DATE", text: "When it expires, as YYYY-MM-DD" }
const attribute: Entry = { name: "--attribute KEY=VALUE", text: "The value of a custom attribute; can be repeated" }
const database: Entry = { name: "--database URL", text: "A PostgreSQL database instead of a local file, for jobs on several machines; default: CERTIFIER_DATABASE_URL" }
const credential2: Entry = { name: "CREDENTIAL...", text: "The ids of credentials, their public links, or the email addresses of their recipients" }
const job: Entry = { name: "JOB", text: "The id of a job, as certifier jobs list shows it" }

/** The texts of the help. */
export const pages: Page = {
  name: "certifier",
  description: "Digital certificates and badges of Certifier, from a terminal.",
  examples: ["certifier sandbox", "certifier groups list --sandbox"],
  values: [],
  options: [],
  children: [
    {
      name: "groups",
      description: "The groups that credentials are issued in.",
      examples: ["certifier groups list", "certifier groups pull > groups.yaml"],
      values: [],
      options: [],
      children: [
        {
          name: "list",
          description: "Lists the groups.",
          examples: ["certifier groups list", "certifier groups list --limit 10 --json"],
          values: [],
          options: [limit, verbose, sandbox, tokenFile, json, jsonl],
          children: []
        },
        {
          name: "get",
          description: "Shows a group.",
          examples: [
            "certifier groups get \"First Aid 2026\"",
            "certifier groups get 01g90279gp5sbmfek7wymcsvec --json"
          ],
          values: [group],
          options: [verbose, sandbox, tokenFile, json, jsonl],
          children: []
        },
        {
          name: "create",
          description: "Creates a group.",
          examples: ["certifier groups create \"First Aid 2026\" --design \"Blue certificate\""],
          values: [{ name: "NAME", text: "The name of the new group" }],
          options: [design, learningEventUrl, verbose, sandbox, tokenFile, json, jsonl],
          children: []
        },
        {
          name: "update",
          description: "Changes a group. A new name or new designs also change the credentials issued from it before.",
          examples: ["certifier groups update \"First Aid 2026\" --name \"First Aid 2027\""],
          values: [group],
          options: [
            { name: "--name NAME", text: "The new name" },
            design,
            learningEventUrl,
            verbose,
            sandbox,
            tokenFile,
            json,
            jsonl
          ],
          children: []
        },
        {
          name: "delete",
          description: "Deletes a group, after confirmation.",
          examples: [
            "certifier groups delete \"First Aid 2025\"",
            "certifier groups delete \"First Aid 2025\" --yes"
          ],
          values: [group],
          options: [yes, verbose, sandbox, tokenFile, json, jsonl],
          children: []
        },
        {
          name: "pull",
          description: "Prints the groups of the workspace as a file to edit.",
          examples: ["certifier groups pull > groups.yaml", "certifier groups pull --into groups.yaml"],
          values: [],
          options: [
            { name: "--into FILE", text: "A file to update; its comments and its order are kept" },
            verbose,
            sandbox,
            tokenFile,
            json,
            jsonl
          ],
          children: []
        },
        {
          name: "plan",
          description: "Shows what apply would change, field by field, and changes nothing.",
          examples: ["certifier groups plan groups.yaml", "certifier groups plan --exit-code groups.yaml"],
          values: [file],
          options: [
            prune,
            { name: "--exit-code", text: "Exits with 2 if there is something to change, and with 0 otherwise" },
            verbose,
            sandbox,
            tokenFile,
            json,
            jsonl
          ],
          children: []
        },
        {
          name: "apply",
          description: "Applies a groups file to the workspace, after confirmation.",
          examples: ["certifier groups apply groups.yaml", "certifier groups apply --prune groups.yaml"],
          values: [file],
          options: [
            prune,
            yes,
            { name: "--yes-delete", text: "Confirms what --prune deletes, for scripts; --yes does not" },
            verbose,
            sandbox,
            tokenFile,
            json,
            jsonl
          ],
          children: []
        }
      ]
    },
    {
      name: "credentials",
      description: "Certificates and badges of people.",
      examples: [
        "certifier credentials list --group \"First Aid 2026\"",
        "certifier credentials get ada@example.com"
      ],
      values: [],
      options: [],
      children: [
        {
          name: "list",
          description: "Lists the credentials.",
          examples: [
            "certifier credentials list",
            "certifier credentials list --group \"First Aid 2026\" --jsonl"
          ],
          values: [],
          options: [
            { name: "--group GROUP", text: "Only those of one group" },
            limit,
            verbose,
            sandbox,
            tokenFile,
            json,
            jsonl
          ],
          children: []
        },
        {
          name: "search",
          description: "Finds credentials that match all conditions.",
          examples: [
            "certifier credentials search --group \"First Aid 2026\" --status issued",
            "certifier credentials search --email @example.com --expires-to 2026-12-31",
            "certifier credentials search --filter '{\"NOT\":[{\"status\":{\"equals\":\"draft\"}}]}'"
          ],
          values: [],
          options: [
            { name: "--group GROUP", text: "In this group" },
            { name: "--name TEXT", text: "The recipient's name contains this" },
            { name: "--email TEXT", text: "The recipient's email address contains this" },
            { name: "--status VALUE", text: "In this state; repeated for several (draft, scheduled, issued, expired)" },
            { name: "--issued-from DATE", text: "Issued on this day or later" },
            { name: "--issued-to DATE", text: "Issued on this day or earlier" },
            { name: "--expires-from DATE", text: "Expires on this day or later" },
            { name: "--expires-to DATE", text: "Expires on this day or earlier" },
            { name: "--filter JSON", text: "More conditions, in the format of the API" },
            { name: "--sort VALUE", text: "The order (id, createdAt, updatedAt, issueDate, expiryDate)" },
            { name: "--desc", text: "In descending order; requires --sort" },
            limit,
            verbose,
            sandbox,
            tokenFile,
            json,
            jsonl
          ],
          children: []
        },
        {
          name: "get",
          description: "Shows a credential.",
          examples: [
            "certifier credentials get ada@example.com",
            "certifier credentials get 01k0crd00000000000000000c1 --json"
          ],
          values: [credential],
          options: [verbose, sandbox, tokenFile, json, jsonl],
          children: []
        },
        {
          name: "designs",
          description: "Lists the pictures and PDFs of a credential. Right after issuing there may be none yet.",
          examples: ["certifier credentials designs ada@example.com"],
          values: [credential],
          options: [verbose, sandbox, tokenFile, json, jsonl],
          children: []
        },
        {
          name: "create",
          description: "Creates a credential, as a draft unless --issue or --send is given.",
          examples: [
            "certifier credentials create --group \"First Aid 2026\" --name \"Ada Example\"",
            "certifier credentials create --group \"First Aid 2026\" --name \"Ada Example\" --email ada@example.com --send"
          ],
          values: [],
          options: [
            { name: "--group GROUP", text: "The name of the group, or its id" },
            { name: "--name NAME", text: "The name of the recipient" },
            { name: "--email EMAIL", text: "The email address of the recipient; required for mailing" },
            issueDate,
            expiryDate,
            attribute,
            { name: "--issue", text: "Also issues it" },
            { name: "--send", text: "Issues it and mails it, after confirmation" },
            yes,
            verbose,
            sandbox,
            tokenFile,
            json,
            jsonl
          ],
          children: []
        },
        {
          name: "import",
          description: "Issues a credential to each person of a file. Checks all rows and asks for confirmation first. The same command continues an interrupted import.",
          examples: [
            "certifier credentials import people.csv --group \"First Aid 2026\" --send",
            "certifier credentials import people.csv --group \"First Aid 2026\" --map \"Full name=name\" --map notes=-"
          ],
          values: [
            { name: "FILE", text: "A CSV file. The titles of its columns: name, email, issue_date, expiry_date, attributes" }
          ],
          options: [
            { name: "--group GROUP", text: "The name of the group to issue in, or its id" },
            { name: "--send", text: "Mails each credential to its recipient" },
            { name: "--map COLUMN=FIELD", text: "Assigns a field to a column whose title is not recognized; - ignores the column; repeated for several" },
            { name: "--report FILE", text: "Where to write the result of each row; default: people.report.csv for people.csv" },
            database,
            yes,
            verbose,
            sandbox,
            tokenFile,
            json,
            jsonl
          ],
          children: []
        },
        {
          name: "update",
          description: "Changes a credential. Fields without an option stay unchanged.",
          examples: ["certifier credentials update ada@example.com --name \"Ada Lovelace\""],
          values: [credential],
          options: [
            { name: "--name NAME", text: "The new name of the recipient" },
            { name: "--email EMAIL", text: "The new email address of the recipient" },
            issueDate,
            expiryDate,
            { name: "--no-expiry", text: "Removes the expiry date" },
            attribute,
            verbose,
            sandbox,
            tokenFile,
            json,
            jsonl
          ],
          children: []
        },
        {
          name: "issue",
          description: "Issues drafts, without mailing them. Issued credentials stay unchanged.",
          examples: ["certifier credentials issue ada@example.com"],
          values: [credential2],
          options: [verbose, sandbox, tokenFile, json, jsonl],
          children: []
        },
        {
          name: "send",
          description: "Mails issued credentials to their recipients, after confirmation. Each run sends another mail.",
          examples: [
            "certifier credentials send ada@example.com",
            "certifier credentials send ada@example.com --yes"
          ],
          values: [credential2],
          options: [yes, verbose, sandbox, tokenFile, json, jsonl],
          children: []
        },
        {
          name: "delete",
          description: "Deletes credentials permanently, after confirmation.",
          examples: ["certifier credentials delete ada@example.com"],
          values: [credential2],
          options: [yes, verbose, sandbox, tokenFile, json, jsonl],
          children: []
        }
      ]
    },
    {
      name: "designs",
      description: "The designs of certificates and badges.",
      examples: ["certifier designs list"],
      values: [],
      options: [],
      children: [
        {
          name: "list",
          description: "Lists the designs.",
          examples: ["certifier designs list"],
          values: [],
          options: [limit, verbose, sandbox, tokenFile, json, jsonl],
          children: []
        },
        {
          name: "get",
          description: "Shows a design.",
          examples: ["certifier designs get \"Blue certificate\""],
          values: [{ name: "DESIGN", text: "The name of a design, or its id" }],
          options: [verbose, sandbox, tokenFile, json, jsonl],
          children: []
        }
      ]
    },
    {
      name: "interactions",
      description: "Views, downloads and shares of credentials.",
      examples: ["certifier interactions list"],
      values: [],
      options: [],
      children: [
        {
          name: "list",
          description: "Lists the interactions of recipients and guests with credentials.",
          examples: ["certifier interactions list", "certifier interactions list --credential ada@example.com"],
          values: [],
          options: [
            { name: "--credential CREDENTIAL", text: "Only those of one credential: its id, link, or recipient's email" },
            limit,
            verbose,
            sandbox,
            tokenFile,
            json,
            jsonl
          ],
          children: []
        },
        {
          name: "create",
          description: "Records an interaction. Each run records another one.",
          examples: ["certifier interactions create ada@example.com --type credential_viewed --by guest"],
          values: [credential],
          options: [
            { name: "--type VALUE", text: "The type of the interaction (credential_viewed, credential_shared_to_linkedin, credential_shared_to_facebook, credential_shared_to_twitter, credential_shared_to_messenger, credential_shared_to_whatsapp, credential_shared_to_pinterest, credential_shared_to_telegram, credential_shared_to_weibo, credential_added_to_linkedin_profile, credential_downloaded, credential_link_copied, credential_verified)" },
            { name: "--by VALUE", text: "Who did it; default: recipient (recipient, guest)" },
            { name: "--at TIME", text: "When, such as 2026-01-15T09:30:00Z; default: now" },
            verbose,
            sandbox,
            tokenFile,
            json,
            jsonl
          ],
          children: []
        }
      ]
    },
    {
      name: "attributes",
      description: "The custom attributes of credentials.",
      examples: ["certifier attributes list"],
      values: [],
      options: [],
      children: [
        {
          name: "list",
          description: "Lists the attributes. This request is undocumented and may be removed.",
          examples: ["certifier attributes list"],
          values: [],
          options: [limit, verbose, sandbox, tokenFile, json, jsonl],
          children: []
        }
      ]
    },
    {
      name: "email-templates",
      description: "The texts of the mails to recipients.",
      examples: ["certifier email-templates list"],
      values: [],
      options: [],
      children: [
        {
          name: "list",
          description: "Lists the email templates. This request is undocumented and may be removed.",
          examples: ["certifier email-templates list"],
          values: [],
          options: [limit, verbose, sandbox, tokenFile, json, jsonl],
          children: []
        }
      ]
    },
    {
      name: "jobs",
      description: "Imports, which can be resumed after an interruption.",
      examples: ["certifier jobs list", "certifier jobs resume import-0123456789ab"],
      values: [],
      options: [],
      children: [
        {
          name: "list",
          description: "Lists the jobs, newest first, also while one is running.",
          examples: ["certifier jobs list", "certifier jobs list --json"],
          values: [],
          options: [database, json, jsonl],
          children: []
        },
        {
          name: "show",
          description: "Shows the progress of a job, also while it is running.",
          examples: ["certifier jobs show import-0123456789ab --follow"],
          values: [job],
          options: [{ name: "--follow", text: "Shows its progress until it ends or pauses" }, database, json, jsonl],
          children: []
        },
        {
          name: "pause",
          description: "Pauses a running job. Requests in flight are completed, and no more are sent.",
          examples: ["certifier jobs pause import-0123456789ab"],
          values: [job],
          options: [database, json, jsonl],
          children: []
        },
        {
          name: "resume",
          description: "Resumes a job that was interrupted, paused or cancelled.",
          examples: ["certifier jobs resume import-0123456789ab"],
          values: [job],
          options: [database, verbose, sandbox, tokenFile, json, jsonl],
          children: []
        },
        {
          name: "cancel",
          description: "Cancels a job. Requests in flight are completed, and no more are sent.",
          examples: ["certifier jobs cancel import-0123456789ab"],
          values: [job],
          options: [database, json, jsonl],
          children: []
        },
        {
          name: "retry",
          description: "Retries the failed items of a job, or those with an unknown outcome.",
          examples: ["certifier jobs retry import-0123456789ab --failed"],
          values: [job],
          options: [
            { name: "--failed", text: "Retries the failed items: nothing was mailed for them" },
            { name: "--unknown", text: "Retries items with an unknown outcome: a person can receive a second mail" },
            yes,
            database,
            verbose,
            sandbox,
            tokenFile,
            json,
            jsonl
          ],
          children: []
        },
        {
          name: "report",
          description: "Writes the result of each row of a job, as CSV.",
          examples: ["certifier jobs report import-0123456789ab --output people.report.csv"],
          values: [job],
          options: [
            { name: "--output FILE", text: "Where to write it; default: standard output" },
            database,
            json,
            jsonl
          ],
          children: []
        },
        {
          name: "remove",
          description: "Deletes the stored data of a job that is not running. Credentials stay unchanged.",
          examples: ["certifier jobs remove import-0123456789ab"],
          values: [job],
          options: [yes, database, json, jsonl],
          children: []
        },
        {
          name: "worker",
          description: "Runs the jobs of a PostgreSQL database until it is stopped. Run only one worker, or set the same CERTIFIER_REDIS_URL for all workers, so that they share the rate limit.",
          examples: ["certifier jobs worker --database postgres://certifier@db:5432/certifier"],
          values: [],
          options: [
            database,
            { name: "--host ADDRESS", text: "The address at which other workers reach this one; default: 127.0.0.1" },
            { name: "--port PORT", text: "The port at which other workers reach this one; default: 34431" },
            verbose,
            sandbox,
            tokenFile,
            json,
            jsonl
          ],
          children: []
        }
      ]
    },
    {
      name: "webhooks",
      description: "The requests that Certifier sends to your own server.",
      examples: ["certifier webhooks verify body.json --signature 5f8a…"],
      values: [],
      options: [],
      children: [
        {
          name: "verify",
          description: "Checks that Certifier sent a request to a webhook, and prints its event.",
          examples: [
            "certifier webhooks verify body.json --signature 5f8a… --secret-file secret.txt",
            "certifier webhooks verify --signature 5f8a… < body.json"
          ],
          values: [{ name: "FILE", text: "The body of the request, unchanged; default: standard input" }],
          options: [
            { name: "--signature HEX", text: "The value of the header X-Webhook-Signature" },
            { name: "--secret-file FILE", text: "A file with the secret of the webhook; default: CERTIFIER_WEBHOOK_SECRET" },
            json,
            jsonl
          ],
          children: []
        }
      ]
    },
    {
      name: "sandbox",
      description: "Runs a local sandbox of Certifier: nothing is issued or mailed for real.",
      examples: [
        "certifier sandbox",
        "certifier sandbox --port 4020 --fault 429",
        "certifier groups list --sandbox"
      ],
      values: [],
      options: [
        { name: "--port PORT", text: "The port to listen on; 0 for a free one" },
        { name: "--host ADDRESS", text: "The address to listen on; by default, only this machine reaches the sandbox" },
        { name: "--data FILE", text: "A file that persists what is stored, an SQLite database; created if it does not exist. Requires the package @effect/sql-libsql" },
        { name: "--import FILE", text: "A JSON file written by --export, whose objects replace what is stored" },
        { name: "--export FILE", text: "Writes what is stored to a JSON file, or to standard output for '-', and exits" },
        { name: "--rate-limit NUMBER", text: "Requests per second on average; 0 for no limit" },
        { name: "--burst NUMBER", text: "Requests at once after a pause; default: the value of --rate-limit, or as the quirk rateLimitBurst says" },
        { name: "--retry-after VALUE", text: "The form of Retry-After in a 429; default: seconds (seconds, date, absent)" },
        { name: "--fault FAULT", text: "A fault for the next request: a status, a code of the error table, JSON, or one of reset, reset-head, reset-body, close, close-start, stall, stall-head, stall-body, slow-body, slow, malformed-json, html-502, large-body; 'reset*3' applies to the next three requests, 'reset@10%' to one in ten, 'sendCredential:500+applied' to one operation, which is processed. Can be repeated" },
        { name: "--quirk QUIRK", text: "What the sandbox does where the vendor's documentation leaves it open, such as 'issueTwice=conflict'; --list-quirks lists all. Can be repeated" },
        { name: "--list-quirks", text: "Lists all quirks and exits" },
        { name: "--experimental", text: "Serves the three operations that the vendor does not document" },
        { name: "--seed SEED", text: "The seed of faults with a probability; the same seed gives the same faults" },
        { name: "--webhook URL", text: "A URL that receives the events of webhooks. Can be repeated" },
        { name: "--webhook-secret SECRET", text: "The secret of the webhook, or one for each. Default: the environment variable CERTIFIER_WEBHOOK_SECRET, which other users of this machine can't see" },
        { name: "--webhook-way VALUE", text: "Delivers events differently than documented: twice, in another order, with the members of the JSON in another order, or without the whole objects. Can be repeated (doubled, out-of-order, reordered, bare)" },
        { name: "--webhook-delay DURATION", text: "The time between a change and the first attempt to deliver its event, such as '2 seconds'" },
        { name: "--webhook-speed FACTOR", text: "How many times faster than documented events are redelivered: with 4800, the first 80 minutes become one second" },
        { name: "--public-url URL", text: "The URL under which others reach the sandbox, for links and images" },
        { name: "--control-token TOKEN", text: "The token that the control endpoints and the console require. Default: none if only this machine can connect, otherwise a random one that is printed at the start" }
      ],
      children: []
    }
  ]
}
